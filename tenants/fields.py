"""Form fields of amounts. What may be written, and what is answered otherwise, is decided in tenants.parsing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kube.quantities import format_bytes, format_cpu
from tenants.parsing import parse_resources


class QuantityField(forms.CharField):
    """Text to an int and back. Empty is 0 where the field is not required."""

    def __init__(self, **options: Any) -> None:
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

    def read(self, text: str) -> int:
        """The number behind a text. Raises ValidationError."""
        raise NotImplementedError

    def write(self, value: int) -> str:
        """The text of a number."""
        return str(value)


class CpuField(QuantityField):
    """Cores or millicores."""

    def read(self, text: str) -> int:
        return parse_resources({"cpu": text}).cpu

    def write(self, value: int) -> str:
        return format_cpu(value)


class BytesField(QuantityField):
    """Memory or storage."""

    def read(self, text: str) -> int:
        return parse_resources({"memory": text}).memory

    def write(self, value: int) -> str:
        return format_bytes(value)


class CardsField(QuantityField):
    """Whole cards."""

    def read(self, text: str) -> int:
        return parse_resources({"gpus": {"any": text}}).gpus.get("any", 0)
