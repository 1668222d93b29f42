"""The V1 protocol of KServe: instances in, predictions out."""

from typing import Any

import numpy as np
import pandas as pd

from sandbox.model_server.bad_input import BadInput
from sandbox.model_server.model import Model
from sandbox.model_server.tables import table_of_rows


def read(model: Model, body: Any) -> Any:
    """What the model's predict takes; raises BadInput."""
    rows = _rows(body)
    if model.has_table:
        return table_of_rows(model, rows)
    if all(isinstance(row, dict) for row in rows):
        return {name: np.asarray([row[name] for row in rows]) for name in rows[0]} if model.inputs else pd.DataFrame.from_records(rows)
    try:
        array = np.asarray(rows)
    except ValueError as error:
        raise BadInput(f"`instances` are not all of one shape: {error}") from error
    kind = model.inputs[0].kind if len(model.inputs) == 1 else None
    return _in_kind(array, kind)


def write(result: Any) -> dict[str, Any]:
    """The answer."""
    return {"predictions": plain(result)}


def plain(result: Any) -> Any:
    """A result as JSON has it."""
    if isinstance(result, pd.DataFrame):
        return [{str(name): plain(value) for name, value in row.items()} for row in result.to_dict(orient="records")]
    if isinstance(result, pd.Series | np.ndarray):
        return plain(result.tolist())
    if isinstance(result, np.generic):
        return result.item()
    if isinstance(result, dict):
        return {str(name): plain(value) for name, value in result.items()}
    if isinstance(result, list | tuple):
        return [plain(value) for value in result]
    return result


def _rows(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        raise BadInput('send a JSON object: {"instances": [...]}')
    rows = body.get("instances", body.get("inputs"))
    if not isinstance(rows, list) or not rows:
        raise BadInput('`instances` must be a list with one item per row: {"instances": [[...], [...]]}')
    return rows


def _in_kind(array: np.ndarray, kind: str | None) -> np.ndarray:
    if kind is None or kind in ("object", "any") or array.dtype == np.dtype(kind):
        return array
    if array.dtype.kind not in "biuf":
        raise BadInput(f"the values must be numbers ({kind})")
    converted = array.astype(kind)
    if np.dtype(kind).kind in "iu" and not np.array_equal(converted, array):
        raise BadInput(f"a value is no {kind}")
    return converted
