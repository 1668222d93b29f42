"""The forms of an account: tokens, password, who belongs to a team."""

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.actions.tokens import DEFAULT_DAYS, LONGEST_DAYS
from accounts.models import Membership
from accounts.models.token import Scope


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Where it will be used, such as “laptop” or “nightly job”."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=Scope.choices,
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It never allows more than you may do yourself."),
    )
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS)


class MemberForm(forms.Form):
    """A person's role in a team."""

    username = forms.CharField(
        label=_("Username"), max_length=63, widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)


class OwnPasswordForm(PasswordChangeForm):
    """The former password, and the new one twice."""
