"""From a folder to a model: an MLflow model as python_function, else a pickle of scikit-learn."""

import importlib
from pathlib import Path
from typing import Any

from sandbox.model_server.model import Column, Model

PICKLES = ("*.joblib", "*.pkl", "*.pickle")


def load(name: str, folder: Path) -> Model:
    """Load it; raises what loading raises, and FileNotFoundError when there is no model in the folder."""
    found = sorted(folder.rglob("MLmodel"), key=lambda path: len(path.parts))
    if found:
        return _load_mlflow(name, found[0].parent)
    pickles = [path for pattern in PICKLES for path in sorted(folder.rglob(pattern))]
    if not pickles:
        raise FileNotFoundError(f"no model in {folder}: it holds neither an MLmodel file nor {', '.join(PICKLES)}")
    if len(pickles) > 1:
        raise RuntimeError(f"{len(pickles)} models in {folder} ({', '.join(path.name for path in pickles)}): keep one")
    return _load_pickle(name, pickles[0])


def _load_mlflow(name: str, folder: Path) -> Model:
    pyfunc = importlib.import_module("mlflow.pyfunc")
    model = pyfunc.load_model(str(folder), suppress_warnings=True)
    signature = model.metadata.signature
    inputs = _columns(signature.inputs) if signature and signature.inputs else []
    outputs = _columns(signature.outputs) if signature and signature.outputs else []
    return Model(name, "mlflow", model.predict, inputs, outputs)


def _load_pickle(name: str, path: Path) -> Model:
    model: Any = importlib.import_module("joblib").load(path)
    if not callable(getattr(model, "predict", None)):
        raise TypeError(f"{path.name} holds a {type(model).__name__}, which has no predict()")
    return Model(name, "sklearn", model.predict, _fitted(model))


def _columns(schema: Any) -> list[Column]:
    if schema.is_tensor_spec():
        return [Column(each.name or "", each.type.name, tuple(each.shape), each.required) for each in schema.inputs]
    return [Column(each.name or "", getattr(each.type, "name", str(each.type)), None, each.required) for each in schema.inputs]


def _fitted(model: Any) -> list[Column]:
    """The columns that scikit-learn remembers from the table that it was fitted with; their types it does not."""
    return [Column(str(each), "any") for each in getattr(model, "feature_names_in_", [])]
