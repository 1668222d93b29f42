"""Which runtime serves a model."""

from typing import Any

import pytest

from sandbox.serving.problems import SpecProblem
from sandbox.serving.runtimes import choose
from tests.sandbox.serving.making import RUNTIMES


def _model(name: str, **more: Any) -> dict[str, Any]:
    version = {"version": more.pop("version")} if "version" in more else {}
    return {"modelFormat": {"name": name, **version}, **more}


def _own(name: str, **spec: Any) -> dict[str, Any]:
    formats = [{"name": "mlflow", "autoSelect": True, "priority": 1}]
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "kserve-container"}], "supportedModelFormats": formats, **spec}}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (_model("mlflow"), "kserve-mlserver"),
        (_model("sklearn", protocolVersion="v1"), "kserve-sklearnserver"),
        (_model("sklearn", protocolVersion="v2"), "kserve-mlserver"),
        (_model("sklearn", runtime="kserve-sklearnserver"), "kserve-sklearnserver"),
        (_model("xgboost", protocolVersion="v1"), "kserve-xgbserver"),
        (_model("tensorflow", version="2", protocolVersion="v1"), "kserve-tensorflow-serving"),
        (_model("onnx"), "kserve-tritonserver"),
        (_model("pytorch"), "kserve-torchserve"),
        (_model("huggingface"), "kserve-huggingfaceserver"),
    ],
)
def test_the_builtin_runtime_that_knows_the_format_is_chosen(model: dict[str, Any], name: str) -> None:
    found = choose(model, [], RUNTIMES)
    assert (found.name, found.is_cluster) == (name, True)


def test_a_runtime_of_the_namespace_goes_first() -> None:
    found = choose(_model("mlflow"), [_own("mine")], RUNTIMES)
    assert (found.name, found.is_cluster) == ("mine", False)
    assert choose(_model("mlflow"), [_own("mine", disabled=True)], RUNTIMES).name == "kserve-mlserver"


@pytest.mark.parametrize(
    ("model", "own", "reason"),
    [
        (_model("catboost"), [], "NoSupportingRuntime"),
        (_model("mlflow", version="9"), [], "NoSupportingRuntime"),
        (_model("mlflow", protocolVersion="v1"), [], "NoSupportingRuntime"),
        (_model("mlflow", runtime="nobody"), [], "RuntimeNotRecognized"),
        (_model("mlflow", runtime="off"), [_own("off", disabled=True)], "RuntimeDisabled"),
        (_model("xgboost", runtime="mine"), [_own("mine")], "NoSupportingRuntime"),
        (_model("mlflow", runtime="empty"), [_own("empty", containers=[])], "InvalidPredictorSpec"),
    ],
)
def test_what_no_runtime_serves_is_told(model: dict[str, Any], own: list[Any], reason: str) -> None:
    with pytest.raises(SpecProblem) as problem:
        choose(model, own, RUNTIMES)
    assert problem.value.reason == reason
