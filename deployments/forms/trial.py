"""How a change begins: it serves at once, or stands as a candidate with a share of the requests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deployments.forms.fields import NUMBER, text
from deployments.parsing import parse_trial
from deployments.wish import Trial

HOW = (("now", _("At once, for all requests")), ("trial", _("As a candidate, for a share of them")))
NAMES = ("share", "max_errors", "max_p99", "min_requests")


class TrialFields(forms.Form):
    """Names as in deployments.parsing."""

    how = forms.ChoiceField(label=_("Serve"), choices=HOW, required=False, initial="now", widget=forms.RadioSelect)
    share = text(_("Share, %"), **NUMBER)
    max_errors = text(_("Roll back above errors, %"), _("Empty: not judged."), optional=True)
    max_p99 = text(_("Roll back above p99, ms"), _("Empty: not judged."), optional=True, **NUMBER)
    min_requests = text(_("Judge after requests on each side"), **NUMBER)

    @property
    def wanted_trial(self) -> Trial | None:
        """None when it is to serve at once. Raises ValidationError per field."""
        if self.cleaned_data.get("how") != "trial":
            return None
        written = {name: self.cleaned_data.get(name) for name in NAMES}
        return parse_trial(written | {"share": written["share"] or "0"})


def trial_initial(trial: Trial | None) -> dict[str, Any]:
    """The form's initial values; a careful beginning where there is no trial yet."""
    if trial is None:
        return {"how": "now", "share": "10", "max_errors": "1", "max_p99": "", "min_requests": "100"}
    return {"how": "trial", **{name: getattr(trial, name) for name in NAMES}}
