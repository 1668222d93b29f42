"""The body of a question in either protocol, from values by column or by tensor."""

from collections.abc import Iterator, Mapping
from typing import Any

from deployments.spec import Protocol
from deployments.trying.signature import Input, Signature

# What a tensor without a name is called: servers take the only one by any name.
ONLY = "input-0"


def body_of(protocol: Protocol, signature: Signature, values: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a table, or whole tensors as nested lists; a column without a value is left out. Raises ValueError for uneven lists."""
    given = [each for each in signature.inputs if values.get(each.name) is not None]
    if signature.is_table:
        return _row_v1(given, values) if protocol == "v1" else _row_v2(given, values)
    return _tensors_v1(given, values) if protocol == "v1" else {"inputs": [_tensor(each, values[each.name]) for each in given]}


def _row_v1(inputs: list[Input], values: Mapping[str, Any]) -> dict[str, Any]:
    return {"instances": [{each.name: values[each.name] for each in inputs}]}


def _row_v2(inputs: list[Input], values: Mapping[str, Any]) -> dict[str, Any]:
    columns = [{"name": each.name, "shape": [1], "datatype": each.datatype, **_text(each), "data": [values[each.name]]} for each in inputs]
    return {"parameters": {"content_type": "pd"}, "inputs": columns}


def _text(given: Input) -> dict[str, Any]:
    return {"parameters": {"content_type": "str"}} if given.datatype == "BYTES" else {}


def _tensors_v1(inputs: list[Input], values: Mapping[str, Any]) -> dict[str, Any]:
    if len(inputs) == 1:
        return {"instances": values[inputs[0].name]}
    rows = zip(*(values[each.name] for each in inputs), strict=True)
    return {"instances": [{each.name: value for each, value in zip(inputs, row, strict=True)} for row in rows]}


def _tensor(given: Input, nested: Any) -> dict[str, Any]:
    shape = _shape(nested)
    return {"name": given.name or ONLY, "shape": shape, "datatype": given.datatype, **_text(given), "data": list(_flat(nested, len(shape)))}


def _shape(nested: Any) -> list[int]:
    """Of nested lists that are all as long as each other. Raises ValueError."""
    if not isinstance(nested, list):
        return []
    shapes = [_shape(each) for each in nested]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("lists of different lengths")
    return [len(nested), *(shapes[0] if shapes else [])]


def _flat(nested: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield nested
        return
    for each in nested:
        yield from _flat(each, depth - 1)
