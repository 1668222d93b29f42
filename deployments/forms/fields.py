"""The fields of one revision: lines of text and choices. What they mean, and what is wrong with them, is decided in deployments.parsing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from deployments.forms.variables import VariablesField
from deployments.wording import EXPOSURES, PROTOCOLS, SOURCES, SPREADS, STRATEGIES

NUMBER: dict[str, Any] = {"inputmode": "numeric"}
MONO: dict[str, Any] = {"class": "mono", "autocapitalize": "none"}


class Text(forms.CharField):
    """A line as it is written; `optional`: whether the page says that it may be left empty."""

    def __init__(self, *, optional: bool, **options: Any) -> None:
        self.unmarked = not optional
        super().__init__(required=False, strip=False, **options)


def text(label: Any, help_text: Any = "", *, optional: bool = False, **attrs: Any) -> Text:
    """A line; `attrs` are its input's."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})
    return Text(label=label, optional=optional, max_length=2000, help_text=help_text, widget=widget)


def select(label: Any, words: Mapping[str, Any] | None = None, help_text: Any = "") -> Text:
    """One of a few; what is not offered is answered by deployments.parsing."""
    widget = forms.Select(choices=list((words or {}).items()))
    return Text(label=label, optional=False, max_length=300, help_text=help_text, widget=widget)


class SpecFields(forms.Form):
    """Names as in deployments.parsing; `pick` is a version with the alias by which it was chosen, such as "3" or "3@champion"."""

    source = forms.ChoiceField(label=_("From"), choices=list(SOURCES.items()), required=False, widget=forms.RadioSelect)
    model = select(_("Model"))
    pick = select(_("Version"), help_text=_("An alias is resolved now and pinned; the deployment remembers it."))
    follows = forms.BooleanField(label=_("Follow this alias: when it moves, the new version is proposed"), required=False)
    uri = text(_("Address"), _("s3://bucket/path of your team, or pvc://claim/path in the namespace."), **MONO)
    image = text(_("Image"), _("Such as registry.example.org/team/server:1.0. It brings its model."), **MONO)
    runtime = select(_("Runtime"))
    protocol = select(_("Protocol"), {"": _("the newest that the runtime speaks"), **PROTOCOLS})
    cpu_request = text(_("CPU"), _("What one replica is sure to get, such as 500m or 2."))
    cpu_limit = text(_("CPU at most"), optional=True)
    memory_request = text(_("Memory"), _("Such as 2Gi."))
    memory_limit = text(_("Memory at most"), _("Above it the pod is ended."), optional=True)
    flavor = select(_("GPU"))
    gpus = text(_("Cards for each replica"), optional=True, **NUMBER)
    minimum = text(_("Replicas at least"), **NUMBER)
    maximum = text(_("Replicas at most"), **NUMBER)
    cpu_target = text(_("CPU target, %"), **NUMBER)
    memory_target = text(_("Memory target, %"), **NUMBER)
    concurrency = text(_("Requests at once, target"), **NUMBER)
    rps = text(_("Requests per second, target"), **NUMBER)
    up_seconds = text(_("Seconds before more"), **NUMBER)
    down_seconds = text(_("Seconds before fewer"), **NUMBER)
    exposure = select(_("Reached"), EXPOSURES)
    env = VariablesField(label=_("Environment"), required=False, help_text=_("By reference only: values stay in the namespace."))
    ready_path = text(_("Path that says that it is ready"), _("Empty: the runtime's own."), optional=True, **MONO)
    startup_seconds = text(_("Seconds to load the model"), **NUMBER)
    spread = select(_("Spread"), SPREADS)
    min_available = text(_("Keep at least"), _("Replicas that stay when a node is emptied. Empty: no promise."), optional=True, **NUMBER)
    strategy = select(_("When pods are exchanged"), STRATEGIES)
    command = text(_("Command"), optional=True, **MONO)
    args = text(
        _("Arguments"),
        _("Of an image, or of vLLM, such as --max-model-len=4096. Quoted as in a shell; nothing is expanded."),
        optional=True,
        **MONO,
    )
    port = text(_("Port"), **NUMBER)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the history, and an approver reads it first where one decides."),
    )
    confirmed = forms.BooleanField(required=False)
