"""Form fields of amounts. What may be written, and what is answered otherwise, is decided in tenants.parsing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kube.quantities import format_bytes, format_cpu
from tenants.parsing import parse_resources


class QuantityField(forms.CharField):
    """Text to an int and back: `read` raises ValidationError, `write` is canonical. Empty is 0 where the field is not required."""

    def __init__(self, read: Callable[[str], int], write: Callable[[int], str], **options: Any) -> None:
        self.read, self.write = read, write
        # Not stripped: " 2" is answered, not silently understood.
        super().__init__(**{"strip": False, "max_length": 40, **options})

    def clean(self, value: Any) -> int:
        """Millicores, bytes or cards."""
        text = super().clean(value)
        try:
            return self.read(text) if text else 0
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def prepare_value(self, value: Any) -> Any:
        """The canonical text of a number; what a person typed stays as it was typed."""
        return self.write(value) if isinstance(value, int) else value


def cpu_field(**options: Any) -> QuantityField:
    """Cores or millicores."""
    return QuantityField(lambda text: parse_resources({"cpu": text}).cpu, format_cpu, **options)


def bytes_field(**options: Any) -> QuantityField:
    """Memory or storage."""
    return QuantityField(lambda text: parse_resources({"memory": text}).memory, format_bytes, **options)


def cards_field(**options: Any) -> QuantityField:
    """Whole cards."""
    return QuantityField(lambda text: parse_resources({"gpus": {"any": text}}).gpus.get("any", 0), str, **options)
