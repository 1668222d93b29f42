"""A request for a deployment as its page shows it: what changes, why somebody decides, what a yes would leave, what became of it."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.kind_pages import Amount, Change, KindPage, Steps
from approvals.models import Request
from clusters.models import Cluster, GpuFlavor
from clusters.wording import LABELS
from deployments.actions.ask import subject_for
from deployments.forms.steps import DecisionForm
from deployments.models import Revision
from deployments.outlook import room_lines
from deployments.policies import approval_reasons, may_retry
from deployments.request_kind import CHANGEABLE, namespace_of
from deployments.spec import DeploymentSpec
from deployments.wish import DeploymentWish
from deployments.wording import EXPOSURES, PROTOCOLS, RUNTIMES, SPREADS, STRATEGIES, source_words, targets_words, trial_words

# Label, key of the unit, and how it is read from a spec; lines of the first kind are always shown, the others where they differ.
Line = tuple["str | Promise", str, Callable[[DeploymentSpec], Any]]
MAIN: tuple[Line, ...] = (
    (_("Model"), "text", lambda spec: source_words(spec.source)),
    (_("Runtime"), "text", lambda spec: RUNTIMES[spec.runtime]),
    (_("CPU of a replica"), "cpu", lambda spec: spec.size.cpu_request),
    (_("Memory of a replica"), "memory", lambda spec: spec.size.memory_request),
    (_("Cards of a replica"), "gpu", lambda spec: spec.size.gpus),
)
REPLICAS: dict[str, "str | Promise"] = {"minimum": _("Replicas at least"), "maximum": _("Replicas at most")}
REST: tuple[Line, ...] = (
    (_("Scaled by"), "text", lambda spec: targets_words(spec.scaling)),
    (_("Reached"), "text", lambda spec: EXPOSURES[spec.exposure]),
    (_("CPU at most"), "cpu", lambda spec: spec.size.cpu_limit),
    (_("Memory at most"), "memory", lambda spec: spec.size.memory_limit),
    (_("GPU"), "text", lambda spec: spec.size.flavor),
    (_("Protocol"), "text", lambda spec: PROTOCOLS[spec.protocol]),
    (_("When pods are exchanged"), "text", lambda spec: STRATEGIES[spec.strategy]),
    (_("Spread"), "text", lambda spec: SPREADS[spec.spread]),
    (_("Keep at least"), "count", lambda spec: spec.min_available),
    (_("Environment"), "text", lambda spec: ", ".join(variable.name for variable in spec.env)),
    (_("Command"), "text", lambda spec: " ".join((*spec.command, *spec.args))),
)


class DeploymentRequestPage(KindPage):
    """Registered for the kind "deployment"."""

    name = "deployment"

    def form(self, request: Request, data: Any = None) -> DecisionForm:
        form = DecisionForm(data, request_row=request)
        for field in form.fields.values():
            # The inputs stand in the table of what changes, their form beside it.
            field.widget.attrs |= {
                "form": "decision",
                "hx-post": reverse("request_weigh", args=[request.pk]),
                "hx-target": "#outlook-lines",
                "hx-trigger": "change, input changed delay:500ms",
                "hx-include": "#decision",
                "data-number": "",
            }
        return form

    def wanted(self, form: forms.Form) -> dict[str, Any]:
        return cast(DecisionForm, form).wanted.dump()

    def changes(self, request: Request, form: forms.Form | None) -> list[Change]:
        asked = DeploymentWish.load(request.requested)
        decided = DeploymentWish.load(request.decided).spec if request.decided else None
        stands = DeploymentSpec.load(request.original["spec"]) if request.original else None
        lines = [_change(line, stands, asked.spec, decided) for line in MAIN]
        lines += [_replicas(name, stands, asked.spec, decided, form) for name in CHANGEABLE]
        rest = [_change(line, stands, asked.spec, decided) for line in REST]
        lines += [line for line in rest if (line.asked != line.stands if stands else line.asked)]
        if asked.trial:
            lines.append(Change(_("Begins"), "text", None, trial_words(asked.trial)))
        if asked.follows:
            lines.append(Change(_("Follows the alias"), "text", None, asked.follows))
        return [line for line in lines if line.asked or line.stands or line.field]

    def reasons(self, request: Request) -> list[str]:
        wish = DeploymentWish.load(request.requested)
        try:
            namespace = namespace_of(wish)
        except ValidationError as gone:
            return gone.messages
        return approval_reasons(namespace, wish, subject_for(namespace, wish).version)

    def outlook(self, request: Request, form: forms.Form | None) -> list[Any]:
        wish = DeploymentWish.load(request.in_force)
        if isinstance(form, DecisionForm) and form.is_bound and form.is_valid():
            wish = form.wanted
        try:
            return list(room_lines(subject_for(namespace_of(wish), wish)))
        except ValidationError:
            return []

    def steps(self, request: Request, user: User) -> Steps:
        revision = Revision.objects.select_related("deployment__namespace__team").filter(request=request).first()
        if revision is None:
            return Steps()
        row = revision.deployment
        retry = reverse("deployment_retry", args=[row.pk]) if may_retry(user, row) and not row.deleted_at else ""
        stands = not row.deleted_at and (row.revision_id == revision.pk or row.rollouts.running().filter(candidate=revision).exists())
        url = reverse("deployment_detail", args=[row.pk])
        return Steps(row.inventory, row.name, url, retry if stands else "", row.holder, ended=not stands)

    def revise_url(self, request: Request) -> str:
        return reverse("deployment_revise", args=[request.pk])

    def where(self, request: Request) -> str:
        wish = DeploymentWish.load(request.requested)
        cluster = Cluster.objects.filter(name=wish.cluster).first()
        return f"{wish.namespace} · {cluster or wish.cluster}"

    def summaries(self, requests: list[Request]) -> dict[int, list[Amount]]:
        flavors = GpuFlavor.objects.values_list("cluster__name", "name", "display_name")
        names = {(cluster, name): words or name for cluster, name, words in flavors}
        return {row.pk: _summary(DeploymentWish.load(row.in_force), names) for row in requests}


def _change(line: Line, stands: DeploymentSpec | None, asked: DeploymentSpec, decided: DeploymentSpec | None) -> Change:
    label, key, read = line
    return Change(label, key, read(stands) if stands else None, read(asked), read(decided) if decided else None)


def _replicas(
    name: str, stands: DeploymentSpec | None, asked: DeploymentSpec, decided: DeploymentSpec | None, form: forms.Form | None
) -> Change:
    stood, wanted, given = (getattr(spec.scaling, name) if spec else None for spec in (stands, asked, decided))
    return Change(REPLICAS[name], "count", stood, wanted, given, field=form[name] if form else None)


def _summary(wish: DeploymentWish, names: dict[tuple[str, str], str]) -> list[Amount]:
    """Of all replicas together, at most."""
    size, replicas = wish.spec.size, wish.spec.scaling.maximum
    cards = [Amount(names.get((wish.cluster, size.flavor), size.flavor), "gpu", size.gpus * replicas)] if size.gpus else []
    amounts = [
        Amount(LABELS["cpu"], "cpu", size.cpu_request * replicas),
        Amount(LABELS["memory"], "memory", size.memory_request * replicas),
    ]
    return [*cards, *amounts]
