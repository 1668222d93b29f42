"""The small forms of what is pressed on a deployment: share, promotion, deletion, an approver's replicas."""

from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from approvals.models import Request
from deployments.forms.fields import NUMBER, text
from deployments.forms.trial import TrialFields, trial_initial
from deployments.models import ModelDeployment
from deployments.request_kind import CHANGEABLE, with_replicas
from deployments.wish import DeploymentWish
from tenants.environments import Environment
from tenants.models import Namespace

GRACES = ((0, _("none: its objects go now")), (600, _("10 minutes")), (3600, _("an hour")), (86400, _("a day")), (604800, _("a week")))


class ShareForm(forms.Form):
    """The candidate's share, about the share that was seen."""

    share = forms.IntegerField(min_value=0, max_value=100)
    seen_share = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Words for the history, where somebody wants to say some."""

    reason = forms.CharField(required=False, max_length=2000)


class DeleteForm(forms.Form):
    """The deployment's name, typed again, and how long its objects are kept."""

    confirm = forms.CharField(label=_("Name of the deployment"), max_length=40, strip=False)
    grace_seconds = forms.ChoiceField(label=_("Grace"), choices=GRACES, required=False)

    @property
    def grace(self) -> int:
        """In seconds."""
        return int(self.cleaned_data["grace_seconds"] or 0)


class FollowForm(forms.Form):
    """The alias to follow, of those that the model has; empty to follow none. Whether it can be followed the action says."""

    alias = forms.CharField(label=_("Follow the alias"), required=False, max_length=255, widget=forms.Select)

    def __init__(self, data: Any = None, *, deployment: ModelDeployment) -> None:
        super().__init__(data, initial={"alias": deployment.follows})
        version = deployment.revision.model_version if deployment.revision else None
        known = list(version.model.aliases.values_list("name", flat=True)) if version else []
        # One that the registry has lost meanwhile is followed still: it may come back.
        self.aliases = known if deployment.follows in ("", *known) else [deployment.follows, *known]
        self.fields["alias"].widget.choices = [("", _("none")), *((name, name) for name in self.aliases)]


class PromoteForm(TrialFields):
    """To which namespace of the team, and how it begins there."""

    namespace = forms.ModelChoiceField(Namespace.objects.none(), label=_("To"), empty_label=None)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, deployment: ModelDeployment, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {**trial_initial(None), **self.initial}
        self.fields["namespace"].queryset = targets_of(deployment)  # type: ignore[attr-defined]
        self.fields["namespace"].label_from_instance = lambda row: f"{row.name} · {row.get_environment_display()} · {row.cluster}"  # type: ignore[attr-defined]
        self.conflict = ""

    @property
    def chosen(self) -> Namespace | None:
        """The namespace that stands in the field; the first that is offered while none does."""
        offered, key = self.fields["namespace"].queryset, str(self["namespace"].value() or "")  # type: ignore[attr-defined]
        known = key.isascii() and key.isdigit() and len(key) < 18
        found: Namespace | None = (offered.filter(pk=int(key)).first() if known else None) or offered.first()
        return found


def targets_of(deployment: ModelDeployment) -> Any:
    """The other standing namespaces of the team: those of the next environment first, then the later ones, then the earlier."""
    order = [choice.value for choice in Environment]
    here = order.index(deployment.namespace.environment)
    ranked = [*order[here + 1 :], order[here], *order[:here]]
    rank = Case(*(When(environment=name, then=Value(place)) for place, name in enumerate(ranked)), output_field=IntegerField())
    rows = Namespace.objects.standing().filter(team=deployment.namespace.team_id, deletion_requested_at__isnull=True)
    return rows.exclude(pk=deployment.namespace_id).select_related("cluster", "team").alias(rank=rank).order_by("rank", "name")


class DecisionForm(forms.Form):
    """The replicas that an approver grants."""

    minimum = text(_("Replicas at least"), **NUMBER)
    maximum = text(_("Replicas at most"), **NUMBER)

    def __init__(self, data: Any = None, *, request_row: Request) -> None:
        self.asked = DeploymentWish.load(request_row.requested)
        scaling = self.asked.spec.scaling
        super().__init__(data, initial={"minimum": scaling.minimum, "maximum": scaling.maximum})
        self.wanted = self.asked

    def clean(self) -> dict[str, Any]:
        """The wish with these numbers; one that was left empty stays as asked."""
        written = {name: self.cleaned_data[name] for name in CHANGEABLE if self.cleaned_data.get(name)}
        self.wanted = with_replicas(self.asked, written)
        return self.cleaned_data
