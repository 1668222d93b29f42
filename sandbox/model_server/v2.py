"""The Open Inference Protocol (V2): named tensors in and out."""

from typing import Any

import numpy as np
import pandas as pd

from sandbox.model_server.bad_input import BadInput
from sandbox.model_server.model import Model
from sandbox.model_server.tables import REAL, fitted
from sandbox.model_server.tensors import array_of, datatype_of, tensor_of

RESULT = "output-1"


def read(model: Model, body: Any) -> Any:
    """What the model's predict takes; raises BadInput."""
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list) or not body["inputs"]:
        raise BadInput('send a JSON object with tensors: {"inputs": [{"name": ..., "shape": [...], "datatype": "FP64", "data": [...]}]}')
    arrays = {str(each.get("name")) if isinstance(each, dict) else "": array_of(each) for each in body["inputs"]}
    if len(arrays) < len(body["inputs"]):
        raise BadInput("two inputs have the same name")
    wanted = (body.get("parameters") or {}).get("content_type")
    only = next(iter(arrays.values())) if len(arrays) == 1 else None
    if model.has_table:
        return _table(model, arrays, only)
    if wanted == "pd" or (only is None and not model.inputs):
        return pd.DataFrame({name: _column(name, array) for name, array in arrays.items()})
    return only if only is not None and not _is_named(model) else arrays


def write(model: Model, body: dict[str, Any], result: Any) -> dict[str, Any]:
    """The answer: one output for each column of a table, one for anything else."""
    if isinstance(result, pd.DataFrame):
        outputs = [tensor_of(str(name), result[name].to_numpy()) for name in result.columns]
    elif isinstance(result, dict):
        outputs = [tensor_of(str(name), values) for name, values in result.items()]
    else:
        outputs = [tensor_of(RESULT, result)]
    answer = {"model_name": model.name, "model_version": None, "outputs": outputs}
    return answer | ({"id": body["id"]} if body.get("id") else {})


def metadata(model: Model) -> dict[str, Any]:
    """What GET /v2/models/NAME tells."""
    return {
        "name": model.name,
        "versions": [],
        "platform": model.platform,
        "inputs": [_described(each, f"input-{number}") for number, each in enumerate(model.inputs, 1)],
        "outputs": [_described(each, f"output-{number}") for number, each in enumerate(model.outputs, 1)],
    }


def _described(column: Any, name: str) -> dict[str, Any]:
    shape = [-1] if column.shape is None else list(column.shape)
    return {"name": column.name or name, "datatype": datatype_of(column.kind), "shape": shape, "parameters": {"type": column.kind}}


def _table(model: Model, arrays: dict[str, np.ndarray], only: np.ndarray | None) -> pd.DataFrame:
    names = [each.name for each in model.inputs]
    # One matrix stands for all columns in their order, unless it is called like one of them.
    if only is not None and next(iter(arrays)) not in names and only.ndim == 2:
        if only.shape[1] != len(names):
            raise BadInput(f"rows have {only.shape[1]} values and must have {len(names)}: {', '.join(names)}")
        table = pd.DataFrame(only, columns=names)
        # The common case needs no look at each column.
        return table if all(REAL.get(each.kind) == only.dtype for each in model.inputs) else fitted(model, table)
    columns = {name: _column(name, array) for name, array in arrays.items()}
    if len({len(each) for each in columns.values()}) > 1:
        raise BadInput("the inputs have different numbers of rows: " + ", ".join(f"{name} {len(each)}" for name, each in columns.items()))
    return fitted(model, pd.DataFrame(columns))


def _column(name: str, array: np.ndarray) -> Any:
    if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
        return array.reshape(-1)
    raise BadInput(f"input {name} must be one column: shape [rows] or [rows, 1]")


def _is_named(model: Model) -> bool:
    return bool(model.inputs) and any(each.name for each in model.inputs)
