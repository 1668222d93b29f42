"""Tensors of the Open Inference Protocol as arrays, and back."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np

from sandbox.model_server.bad_input import BadInput

TYPES: dict[str, Any] = {
    "BOOL": np.bool_,
    **{f"UINT{bits}": getattr(np, f"uint{bits}") for bits in (8, 16, 32, 64)},
    **{f"INT{bits}": getattr(np, f"int{bits}") for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": getattr(np, f"float{bits}") for bits in (16, 32, 64)},
    "BYTES": object,
}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items() if kind is not object}
# How the data types of MLflow are called in the protocol.
OF_COLUMNS = {"boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64"}


def array_of(tensor: Any) -> np.ndarray:
    """The array of one input; raises BadInput."""
    if not isinstance(tensor, Mapping):
        raise BadInput("each of `inputs` must be an object with name, shape, datatype and data")
    missing = [key for key in ("name", "shape", "datatype", "data") if key not in tensor]
    if missing:
        raise BadInput(f"an input lacks {', '.join(missing)}")
    kind = TYPES.get(tensor["datatype"])
    if kind is None:
        raise BadInput(f"input {tensor['name']}: datatype {tensor['datatype']!r} is none of {', '.join(TYPES)}")
    try:
        values = np.asarray(_decoded(tensor) if kind is object else tensor["data"], dtype=None if kind is not object else object)
        return _exact(values, kind).reshape([int(each) for each in tensor["shape"]])
    except (ValueError, TypeError, OverflowError) as error:
        raise BadInput(
            f"input {tensor['name']}: data do not fit shape {tensor['shape']} and datatype {tensor['datatype']}: {error}"
        ) from error


def tensor_of(name: str, values: Any) -> dict[str, Any]:
    """One output, its data flat and in the order of rows."""
    array = np.asarray(values)
    kind = NAMES.get(array.dtype)
    if kind is None:
        array = array.astype(object)
        data: Any = [value if isinstance(value, str) or value is None else str(value) for value in array.ravel()]
        return {"name": name, "shape": list(array.shape), "datatype": "BYTES", "parameters": {"content_type": "str"}, "data": data}
    return {
        "name": name,
        "shape": list(array.shape),
        "datatype": kind,
        "parameters": {"content_type": "np"},
        "data": array.ravel().tolist(),
    }


def datatype_of(kind: str) -> str:
    """The protocol's name of a data type of MLflow or numpy."""
    if kind in OF_COLUMNS:
        return OF_COLUMNS[kind]
    try:
        return NAMES.get(np.dtype(kind), "BYTES")
    except TypeError:
        return "BYTES"


def _exact(values: np.ndarray, kind: Any) -> np.ndarray:
    """In that type, unless whole numbers would lose something."""
    if kind is object:
        return values
    if values.dtype == object or values.dtype.kind in "US":
        raise ValueError("the values are not all numbers")
    if kind is np.bool_ and values.dtype != np.bool_:
        raise ValueError("write true or false")
    converted = values.astype(kind)
    if np.issubdtype(kind, np.integer) and not np.array_equal(converted, values):
        raise ValueError("a value is no whole number of that size")
    return converted


def _decoded(tensor: Mapping[str, Any]) -> list[Any]:
    """Texts; with the content type base64 the bytes that they stand for."""
    flat: list[Any] = np.asarray(tensor["data"], dtype=object).ravel().tolist()
    if (tensor.get("parameters") or {}).get("content_type") != "base64":
        return flat
    try:
        return [base64.b64decode(value, validate=True) for value in flat]
    except (binascii.Error, TypeError) as error:
        raise ValueError(f"no base64: {error}") from error
