"""A model's signature as rows that people read: MLflow's columns, tensors, arrays and objects in one form."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 300


@dataclass(frozen=True)
class Field:
    """One column or tensor: its name (empty for one without), its type in words, whether it is needed, its default or None."""

    name: str
    kind: str
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Part:
    """Inputs, outputs or parameters; `more` counts the fields beyond the first MOST."""

    title: str | Promise
    fields: list[Field]
    more: int


def parts_of(signature: dict[str, Any]) -> list[Part]:
    """What a signature says, in order; parts that it does not have are left out."""
    titles = {"inputs": _("Inputs"), "outputs": _("Outputs"), "params": _("Parameters")}
    found = [(title, signature.get(name)) for name, title in titles.items()]
    return [
        Part(title, [_field(entry) for entry in told[:MOST]], max(0, len(told) - MOST)) for title, told in found if isinstance(told, list)
    ]


def _field(entry: Any) -> Field:
    if not isinstance(entry, dict):
        return Field("", str(entry)[:200], True)
    required = entry.get("required", not entry.get("optional", False)) and "default" not in entry
    return Field(str(entry.get("name") or ""), kind_of(entry)[:200], bool(required), entry.get("default"))


def kind_of(entry: Any) -> str:
    """A type in words: `double`, `tensor float64 [-1, 64]`, `array of string`, `object`."""
    if not isinstance(entry, dict):
        return str(entry)
    kind = str(entry.get("type", ""))
    tensor = entry.get("tensor-spec")
    if kind == "tensor" and isinstance(tensor, dict):
        return f"tensor {tensor.get('dtype', '')} {tensor.get('shape', '')}"
    if kind == "array":
        return f"array of {kind_of(entry.get('items', ''))}"
    shape = entry.get("shape")
    return f"{kind} {shape}" if shape else kind
