"""A form of one revision: what it offers, what its fields say, what speaks against that. Subclasses say where it goes."""

import shlex
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from deployments.actions.ask import subject_for
from deployments.checks import Finding, findings
from deployments.checks.subject import Subject
from deployments.forms import offers
from deployments.forms.fields import SpecFields
from deployments.outlook import RoomLine, room_lines
from deployments.parsing import parse_follows, parse_spec, written_spec
from deployments.policies import approval_reasons
from deployments.runtimes import proposed_runtime
from deployments.spec import DeploymentSpec, Source
from deployments.wish import DeploymentWish, Trial
from registry.models import ModelAlias, ModelVersion
from tenants.models import Namespace

# The form's field where a finding or a problem has another name.
FIELDS = {"version": "pick", "alias": "pick"}
PLAIN = (
    *("protocol", "cpu_request", "cpu_limit", "memory_request", "memory_limit", "flavor", "gpus", "minimum", "maximum"),
    *("cpu_target", "memory_target", "concurrency", "rps", "up_seconds", "down_seconds", "env", "command", "args", "port"),
    *("ready_path", "startup_seconds", "spread", "min_available", "exposure", "strategy"),
)
# A change of these changes what other fields offer.
STEERING = ("namespace", "model", "pick")
ADVANCED = (
    *("env", "command", "args", "port", "ready_path", "startup_seconds", "spread", "min_available", "strategy", "protocol"),
    *("up_seconds", "down_seconds"),
)
UNUSUAL = ("env", "command", "args", "ready_path", "spread", "min_available")


class SpecForm(SpecFields):
    """After validation `subject` is what the checks looked at (None while the fields say nothing that could be), `found` what they found.

    `conflict` is the code of what contradicted it when it was sent.
    """

    # What the addresses that judge it add, to say which deployment or request it is about.
    about = ""

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.subject: Subject | None = None
        self.found: list[Finding] = []
        self.conflict = ""
        self.hushed = False
        self._offer()

    @cached_property
    def place(self) -> Namespace | None:
        """The namespace where it goes; None while none is chosen."""
        raise NotImplementedError

    @property
    def wanted_name(self) -> str:
        """What it is called."""
        raise NotImplementedError

    @property
    def pinned(self) -> Source | None:
        """The source that stands and was not touched: it is not resolved anew."""
        return None

    @property
    def trial(self) -> Trial | None:
        """How it is tried as a candidate. Raises ValidationError per field."""
        return None

    def now(self, name: str) -> str:
        """The text that stands in a field, typed or proposed; unchecked, but without what PostgreSQL keeps in no text."""
        return str(self[name].value() or "").replace("\x00", "").strip()

    @cached_property
    def version(self) -> ModelVersion | None:
        """The version that is picked, as far as the person sees it."""
        if self.now("source") not in ("", "model"):
            return None
        seen = ModelVersion.objects.visible_to(self.user).filter(model__name=self.now("model"))
        return seen.filter(number=offers.number_of(self.now("pick"))).select_related("model").first()

    @property
    def alias(self) -> str:
        """The alias by which the version is picked, if any."""
        return self.now("pick").partition("@")[2] if self.now("source") in ("", "model") else ""

    @property
    def targets(self) -> list[Any]:
        """The fields by which this cluster can scale."""
        return [self[name] for name in offers.target_names(self.place)]

    @property
    def pace(self) -> list[Any]:
        """The fields that say how calmly it scales, as far as this cluster heeds them."""
        return [self[name] for name in offers.pace_names(self.place)]

    def _offer(self) -> None:
        choices = {
            "model": offers.model_choices(self.user, self.place, self.now("model")),
            "pick": offers.pick_choices(self.user, self.now("model"), self.now("pick")),
            "runtime": offers.runtime_choices(self.version),
            "flavor": offers.flavor_choices(self.place, self.now("flavor")),
        }
        for name, offered in choices.items():
            self.fields[name].widget.choices = offered
        asks = {"hx-post": f"{reverse('deployment_check')}{self.about}", "hx-target": "#verdict", "hx-swap": "outerHTML"}
        # One after another: what steers others is not given up for what is typed meanwhile, and the last answer is of the newest values.
        asks["hx-sync"] = "closest form:queue all"
        for name, field in self.fields.items():
            field.widget.attrs |= {**asks, "hx-trigger": "change" if name in STEERING else "change, input changed delay:400ms"}

    @property
    def written(self) -> dict[str, Any]:
        """The fields as deployments.parsing reads them: those of the other sources say nothing."""
        data = self.cleaned_data
        kind = data.get("source") or "model"
        given = {name: data.get(name) for name in PLAIN}
        if kind == "image":
            return {**given, "image": data.get("image"), "runtime": "custom"}
        # What the page does not show there; arguments it does, and says where they have no place.
        given |= {"command": "", "port": "", "runtime": data.get("runtime") or proposed_runtime(self.version)}
        if kind == "uri":
            return {**given, "uri": data.get("uri")}
        number, _at, alias = str(data.get("pick") or "").partition("@")
        return {**given, "model": data.get("model"), "version": number, "alias": alias}

    def clean(self) -> dict[str, Any]:
        """Reads the fields and judges what they say, as the action will."""
        if self.place is not None:
            try:
                self.subject = subject_for(self.place, self._wish(self.place))
            except ValidationError as error:
                self.tell(error)
        if self.subject is not None:
            self.found = findings(self.subject)
            for finding in self.wrong:
                self.tell(ValidationError({finding.field or "__all__": [finding.message]}))
        return self.cleaned_data

    def _wish(self, place: Namespace) -> DeploymentWish:
        spec = parse_spec(self.written, namespace=place, user=self.user, source=self.pinned)
        follows = parse_follows(self.alias if self.cleaned_data.get("follows") else "", spec.source)
        return DeploymentWish(place.cluster.name, place.name, self.wanted_name, spec, self.trial, follows)

    @property
    def wish(self) -> DeploymentWish:
        """What is asked. Only for a valid form."""
        assert self.subject is not None  # noqa: S101 - a form without one is not valid
        return self.subject.wish

    @cached_property
    def judged(self) -> "SpecForm":
        """Itself, or, before anything was sent, what would be said if it were sent as it stands. Nothing is said of an empty one."""
        if self.is_bound:
            return self
        values = {name: self[name].value() for name in self.fields}
        looked = self.again({name: value for name, value in values.items() if value not in (None, False)})
        looked.is_valid()
        looked.hush(looked.touched(""))
        return looked

    def again(self, data: dict[str, Any]) -> "SpecForm":
        """The same form with these values sent."""
        raise NotImplementedError

    def tell(self, error: ValidationError) -> None:
        """Puts each message at its field; what has none here stands above the form."""
        for name, problems in getattr(error, "error_dict", {"__all__": error.messages}).items():
            field = FIELDS.get(name, name)
            if field not in self.fields:
                self.add_error(None, problems)
            elif field not in self.errors:
                self.add_error(field, problems)

    @cached_property
    def reasons(self) -> list[str]:
        """Why an approver decides this; empty when it starts at once, or when nothing can be said yet."""
        if self.subject is None or self.place is None:
            return []
        return approval_reasons(self.place, self.subject.wish, self.subject.version)

    @property
    def wrong(self) -> list[Finding]:
        """What cannot stand."""
        return [finding for finding in self.found if finding.level == "wrong"]

    @property
    def blocks(self) -> list[Finding]:
        """What would keep it from starting, and can be confirmed."""
        return [finding for finding in self.found if finding.level == "blocks"]

    @cached_property
    def room(self) -> list[RoomLine]:
        """What it takes of the free cards and of the namespace's quota."""
        return room_lines(self.subject) if self.subject else []

    @property
    def advanced(self) -> bool:
        """Whether something stands in the folded part that has to be seen."""
        return any(name in self.errors for name in ADVANCED) or any(self[name].value() for name in UNUSUAL)

    def touched(self, edited: str) -> set[str]:
        """The fields in which something stands, and the one that is being edited; the inputs of a variable are all of one field."""
        filled = {name for name in self.fields if self[name].value() not in (None, "", [], False)}
        return filled | {"env" if edited.startswith("env_") else edited} & set(self.fields)

    @property
    def shown(self) -> set[str]:
        """The fields that have a place on the page for what is wrong with them."""
        unseen = {"source", "confirmed", "seen_revision", "seen_version", *offers.OTHER_TARGETS[offers.target_names(self.place)]}
        unseen |= {"up_seconds"} - set(offers.pace_names(self.place))
        return set(self.fields) - unseen - (set() if self.alias else {"follows"})

    def hush(self, told: set[str]) -> None:
        """Keeps to itself what is wrong with fields that nobody has touched yet."""
        quiet = set(self.errors) - told - {"__all__"}
        self.hushed = bool(quiet)
        for name in quiet:
            del self.errors[name]
        self.found = [each for each in self.found if each.level != "wrong" or FIELDS.get(each.field, each.field) not in quiet]


def initial_of(spec: DeploymentSpec, follows: str = "") -> dict[str, Any]:
    """The form's initial values that stand for a spec."""
    written, source = written_spec(spec), spec.source
    lists = {name: shlex.join(written[name]) for name in ("command", "args")}
    port = spec.port if source.kind == "image" else ""
    pick = {"source": source.kind, "pick": _pick(source), "follows": bool(follows)}
    return {**written, **lists, **pick, "port": port, "gpus": spec.size.gpus or ""}


def _pick(source: Source) -> str:
    """With its alias only while that still names the version."""
    named = ModelAlias.objects.filter(model__name=source.model, name=source.alias, version__number=source.version)
    return f"{source.version}@{source.alias}" if source.alias and named.exists() else str(source.version or "")
