"""Tables as the model's signature wants them: columns by name, in its types where nothing is lost by it."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sandbox.model_server.bad_input import BadInput
from sandbox.model_server.model import Column, Model

WHOLE = {"integer": np.int32, "long": np.int64}
REAL = {"float": np.float32, "double": np.float64}


def table_of_rows(model: Model, rows: Sequence[Any]) -> pd.DataFrame:
    """From a list of objects, or of lists in the order of the columns; raises BadInput."""
    if all(isinstance(row, Mapping) for row in rows):
        return fitted(model, pd.DataFrame.from_records(rows))
    width = len(model.inputs)
    wrong = next((row for row in rows if not isinstance(row, list) or len(row) != width), None)
    if wrong is not None:
        has = f"{len(wrong)} values" if isinstance(wrong, list) else repr(wrong)
        raise BadInput(f"a row has {has}: send objects, or lists of {width} values in the order {_names(model)}")
    return fitted(model, pd.DataFrame(rows, columns=[each.name for each in model.inputs]))


def fitted(model: Model, table: pd.DataFrame) -> pd.DataFrame:
    """The columns of the signature in its types; raises BadInput for one that is missing or cannot be converted."""
    missing = [each.name for each in model.inputs if each.required and each.name not in table.columns]
    if missing:
        raise BadInput(f"missing columns: {', '.join(missing)}. The model takes {_names(model)}")
    present = [each for each in model.inputs if each.name in table.columns]
    return pd.DataFrame({each.name: _cast(table[each.name], each) for each in present}, index=table.index)


def _cast(values: pd.Series, column: Column) -> pd.Series:
    try:
        return _CASTS.get(column.kind, _keep)(values, column.kind)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadInput(f"column {column.name} must be {column.kind}: {error}") from error


def _whole(values: pd.Series, kind: str) -> pd.Series:
    if values.isna().any():
        raise ValueError("a value is missing, which whole numbers cannot be")
    numbers = _numbers(values)
    if not (numbers == numbers.astype(WHOLE[kind])).all():
        raise ValueError("a value is no whole number of that size")
    return numbers.astype(WHOLE[kind])


def _real(values: pd.Series, kind: str) -> pd.Series:
    return _numbers(values).astype(REAL[kind])


def _boolean(values: pd.Series, kind: str) -> pd.Series:
    if not values.map(lambda value: isinstance(value, bool | np.bool_)).all():
        raise ValueError("write true or false")
    return values.astype(bool)


def _text(values: pd.Series, kind: str) -> pd.Series:
    if not values.map(lambda value: value is None or isinstance(value, str)).all():
        raise ValueError("write texts")
    return values.astype(object)


def _moment(values: pd.Series, kind: str) -> pd.Series:
    return pd.to_datetime(values)


def _bytes(values: pd.Series, kind: str) -> pd.Series:
    return values.map(lambda value: base64.b64decode(value, validate=True) if isinstance(value, str) else value)


def _keep(values: pd.Series, kind: str) -> pd.Series:
    return values


def _numbers(values: pd.Series) -> pd.Series:
    return values if values.dtype.kind in "iuf" else pd.to_numeric(values.map(_no_text))


def _no_text(value: Any) -> Any:
    if isinstance(value, str | bool):
        raise ValueError(f"{value!r} is no number")
    return value


_CASTS = {"integer": _whole, "long": _whole, "float": _real, "double": _real, "boolean": _boolean}
_CASTS |= {"string": _text, "datetime": _moment, "binary": _bytes}


def _names(model: Model) -> str:
    return ", ".join(f"{each.name} ({each.kind})" for each in model.inputs)
