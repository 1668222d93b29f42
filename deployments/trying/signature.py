"""What a version of a model takes, by the signature and the input example that were logged with it."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from registry.models import ModelVersion

# The data types of MLflow's columns and tensors in the words of the Open Inference Protocol.
COLUMNS = {"boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64"}
TENSORS = {
    "bool": "BOOL",
    **{f"{sign}int{bits}": f"{sign.upper()}INT{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": f"FP{bits}" for bits in (16, 32, 64)},
}
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Input:
    """One column, or one tensor (`shape` is set, -1 for any length). `kind` is MLflow's word for its type."""

    name: str
    kind: str
    required: bool = True
    shape: tuple[int, ...] | None = None

    @property
    def datatype(self) -> str:
        """In the words of the Open Inference Protocol; BYTES for texts and whatever has no other."""
        return (COLUMNS if self.shape is None else TENSORS).get(self.kind, "BYTES")


@dataclass(frozen=True)
class Signature:
    """`inputs` are all columns of a table, or all tensors; none when nothing was logged."""

    inputs: tuple[Input, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether it takes rows of named columns."""
        return bool(self.inputs) and all(each.shape is None and each.name for each in self.inputs)


def signature_of(version: ModelVersion | None) -> Signature:
    """What was logged of the version; whatever cannot be understood counts as not logged."""
    told = (version.signature or {}).get("inputs") if version else None
    if not isinstance(told, list) or len(told) > MOST_COLUMNS:
        return Signature()
    found = [_input(each) for each in told]
    return Signature(tuple(each for each in found if each)) if all(found) else Signature()


def example_of(version: ModelVersion | None, signature: Signature) -> dict[str, Any]:
    """The first row of the input example by column, or the whole of each tensor by its name ("" for the only one); {} without one."""
    given = version.input_example if version else None
    if isinstance(given, dict) and isinstance(given.get("columns"), list) and isinstance(given.get("data"), list) and given["data"]:
        row = given["data"][0]
        return dict(zip(map(str, given["columns"]), row, strict=False)) if isinstance(row, list) else {}
    if isinstance(given, dict) and "inputs" in given:
        given = given["inputs"]
    if isinstance(given, dict):
        return {str(name): value for name, value in islice(given.items(), MOST_COLUMNS)}
    if isinstance(given, list) and given and isinstance(given[0], dict):
        return {str(name): value for name, value in given[0].items()}
    only = signature.inputs[0].name if len(signature.inputs) == 1 else ""
    return {only: given} if isinstance(given, list) else {}


def _input(told: Any) -> Input | None:
    if not isinstance(told, dict):
        return None
    name, required = str(told.get("name") or ""), told.get("required") is not False
    if told.get("type") != "tensor":
        return Input(name, str(told.get("type") or ""), required)
    spec = told.get("tensor-spec") or {}
    shape = spec.get("shape")
    if not isinstance(shape, list) or not all(isinstance(length, int) for length in shape):
        return None
    return Input(name, str(spec.get("dtype") or ""), required, tuple(shape))
