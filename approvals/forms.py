"""The words that people add to a request; the numbers belong to its kind."""

from django import forms
from django.utils.translation import gettext_lazy as _


class VerdictForm(forms.Form):
    """A decision about the version that was seen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Needed to reject or to ask for changes; the team reads it.")}),
    )
    confirmed = forms.BooleanField(required=False)


class CommentForm(forms.Form):
    """A comment."""

    body = forms.CharField(label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class WithdrawForm(forms.Form):
    """Taking a request back."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class RejectionForm(forms.Form):
    """One reason for the rejection of several requests."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The team of each request reads it."),
        error_messages={"required": _("Say why, so that the team knows what to do.")},
    )
