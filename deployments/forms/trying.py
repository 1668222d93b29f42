"""The form with which a deployment is tried: a field for each column or tensor of the model's signature, or the whole body as JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from deployments.spec import Protocol
from deployments.trying.bodies import body_of
from deployments.trying.limits import LARGEST_QUESTION
from deployments.trying.signature import Input, Signature
from deployments.trying.values import parse_value, written

TRUTHS = (("true", _("true")), ("false", _("false")))
NUMERIC = ("integer", "long", "float", "double")


class InputField(forms.CharField):
    """One column or tensor: text to the value that the model takes, None where nothing is written."""

    def __init__(self, given: Input, **options: Any) -> None:
        self.given = given
        label = given.name or _("Input")
        super().__init__(label=label, required=given.required, strip=False, max_length=LARGEST_QUESTION, widget=_widget(given), **options)
        self.help_text = given.kind if given.shape is None else f"{given.kind} {list(given.shape)}"

    def clean(self, value: Any) -> Any:
        """Raises ValidationError, telling what to write."""
        return parse_value(self.given, super().clean(value))


class FieldsForm(forms.Form):
    """Fields are called `input_<number>`: the names of columns are the model's and may be anything."""

    def __init__(self, data: Mapping[str, Any] | None, *, signature: Signature, example: Mapping[str, Any]) -> None:
        self.signature = signature
        initial = {
            f"input_{number}": written(example[each.name])
            for number, each in enumerate(signature.inputs)
            if example.get(each.name) is not None
        }
        super().__init__(data, initial=initial)
        for number, each in enumerate(signature.inputs):
            self.fields[f"input_{number}"] = InputField(each)

    @property
    def values(self) -> dict[str, Any]:
        """By the names of the signature."""
        return {each.name: self.cleaned_data.get(f"input_{number}") for number, each in enumerate(self.signature.inputs)}

    def body(self, protocol: Protocol) -> dict[str, Any]:
        """The question. Only for a valid form; raises ValidationError for lists that are not even."""
        try:
            return body_of(protocol, self.signature, self.values)
        except (ValueError, TypeError):
            raise ValidationError(_("The lists are not of the same length.")) from None


class BodyForm(forms.Form):
    """The whole question as JSON."""

    body = forms.CharField(
        label=_("Question as JSON"),
        strip=False,
        max_length=LARGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "mono"}),
    )


def _widget(given: Input) -> forms.Widget:
    if given.shape is not None:
        return forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "mono"})
    if given.kind == "boolean":
        return forms.Select(choices=TRUTHS if given.required else (("", ""), *TRUTHS))
    mode = {"inputmode": "decimal"} if given.kind in NUMERIC else {}
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **mode})
