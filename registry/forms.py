"""The forms of the catalogue: strings into typed values; what they may mean the actions judge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team, User
from accounts.policies import is_admin
from registry.actions.register import Origin

MONO = {"autocapitalize": "none", "spellcheck": "false", "class": "mono"}


class OriginForm(forms.Form):
    """Where a version comes from."""

    run_id = forms.CharField(
        label=_("Run"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=MONO),
        help_text=_("The id of a finished run in MLflow."),
    )
    artifact = forms.CharField(
        label=_("Model in the run"),
        max_length=400,
        required=False,
        widget=forms.TextInput(attrs=MONO),
        help_text=_("The name under which the run logged it. Leave it empty if it logged one model only."),
    )
    source = forms.CharField(
        label=_("Or an address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs=MONO),
        help_text=_("models:/name/3, models:/name@alias, mlflow-artifacts:/…, or s3:// and gs:// below your team's prefix."),
    )
    description = forms.CharField(label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def origin(self) -> Origin:
        """The typed value of a valid form."""
        words = self.cleaned_data
        return Origin(**{name: words[name].strip() for name in ("run_id", "artifact", "source", "description")})


class NewModelForm(OriginForm):
    """A new model with its first version."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs=MONO))
    team = forms.ChoiceField(label=_("Team"), help_text=_("Its members see the model; its owners move the aliases."))
    field_order = ["name", "team"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        writes = [Membership.Role.MEMBER, Membership.Role.OWNER]
        teams = Team.objects.all() if is_admin(user) else Team.objects.filter(memberships__user=user, memberships__role__in=writes)
        common = [("-", _("Common to all"))] if is_admin(user) else []
        self.teams = {team.name: team for team in teams}
        self.fields["team"].choices = [*((name, name) for name in self.teams), *common]  # type: ignore[attr-defined]

    def chosen_team(self) -> Team | None:
        """The chosen team; None for a model that is common to all."""
        return self.teams.get(self.cleaned_data["team"])


class AliasForm(forms.Form):
    """An alias, where it is to point, and where it pointed on the page."""

    alias = forms.CharField(label=_("Alias"), max_length=63, widget=forms.TextInput(attrs={**MONO, "placeholder": "champion"}))
    version = forms.IntegerField(label=_("Version"), min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)


class AliasRemovalForm(forms.Form):
    """An alias and where it pointed on the page."""

    alias = forms.CharField(max_length=256)
    seen = forms.IntegerField(min_value=0)


class TagForm(forms.Form):
    """A tag; without a version it is the model's own."""

    key = forms.CharField(label=_("Key"), max_length=120, widget=forms.TextInput(attrs=MONO))
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
