"""A loaded model: what it takes, what it gives, and its own predict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """One input or output: `kind` is a data type of MLflow (double, long, string, ...) or of numpy (float64, ...).

    `shape` is that of a tensor with -1 where it may vary, None for a column of a table.
    """

    name: str
    kind: str
    shape: tuple[int, ...] | None = None
    required: bool = True


@dataclass(frozen=True)
class Model:
    """`predict` takes a DataFrame, an array or a dictionary of arrays, as the model's own; `platform` is mlflow or sklearn.

    `inputs` and `outputs` are empty where the model has no signature.
    """

    name: str
    platform: str
    predict: Callable[[Any], Any]
    inputs: Sequence[Column] = ()
    outputs: Sequence[Column] = ()

    @property
    def has_table(self) -> bool:
        """Whether its inputs are columns of a table."""
        return bool(self.inputs) and all(each.shape is None for each in self.inputs)
