"""The model server answers with the model's own predictions, in both protocols, and says what is wrong with an input."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.local.images import KNOWN
from sandbox.nodes.address import machine_address
from tests.sandbox.serving.asking import ask

pytestmark = [pytest.mark.registry, pytest.mark.xdist_group("model-server")]
IMAGE = "sandbox.slipway.dev/model-server:1"
COLUMNS = ["sepal", "width", "petal", "length"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Models as MLflow and as joblib save them: of a table with several types, of a matrix, of none."""
    import joblib
    import mlflow
    import numpy as np
    import pandas as pd
    from mlflow.models import infer_signature
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LogisticRegression

    top = tmp_path_factory.mktemp("models")
    rng = np.random.default_rng(7)
    table = pd.DataFrame(rng.normal(size=(80, 4)), columns=COLUMNS)
    classes = np.where(table.sum(axis=1) > 0, "big", "small")
    classifier = LogisticRegression().fit(table, classes)
    mixed = pd.DataFrame({"age": rng.integers(18, 90, 80), "income": rng.normal(size=80), "member": rng.integers(0, 2, 80).astype(bool)})
    forest = RandomForestRegressor(5, random_state=1).fit(mixed, mixed["age"] * 2.0)
    matrix = LogisticRegression().fit(table.to_numpy(), classes)
    for name, model, data in (("table", classifier, table), ("mixed", forest, mixed), ("matrix", matrix, table.to_numpy())):
        signature = infer_signature(data, model.predict(data))
        mlflow.sklearn.save_model(model, str(top / name), signature=signature, serialization_format="cloudpickle", pip_requirements=[])
    (top / "plain").mkdir()
    joblib.dump(classifier, top / "plain" / "model.joblib")
    return {name: top / name for name in ("table", "mixed", "matrix", "plain")}


@pytest.fixture(scope="module")
def apps(folders: dict[str, Path]) -> dict[str, Any]:
    from sandbox.model_server.app import App
    from sandbox.model_server.loading import load

    return {name: App(load("m", folder)) for name, folder in folders.items()}


def _own(folder: Path, data: Any) -> list[Any]:
    """The model's own predictions."""
    import joblib
    import mlflow

    model = joblib.load(folder / "model.joblib") if folder.name == "plain" else mlflow.pyfunc.load_model(str(folder))
    return model.predict(data).tolist()


@pytest.mark.parametrize("name", ["table", "matrix", "plain"])
def test_predictions_are_the_models_own(apps: dict[str, Any], folders: dict[str, Path], name: str) -> None:
    import numpy as np
    import pandas as pd

    rows = np.random.default_rng().normal(size=(40, 4))
    expected = _own(folders[name], rows if name == "matrix" else pd.DataFrame(rows, columns=COLUMNS))
    assert len(set(expected)) == 2
    first = ask(apps[name], "POST", "/v1/models/m:predict", {"instances": rows.tolist()})
    assert first.code == 200 and first.body == {"predictions": expected}
    tensor = {"name": "x", "shape": list(rows.shape), "datatype": "FP64", "data": rows.ravel().tolist()}
    second = ask(apps[name], "POST", "/v2/models/m/infer", {"id": "7", "inputs": [tensor]})
    (output,) = second.body["outputs"]
    assert (second.body["id"], output["datatype"], output["shape"], output["data"]) == ("7", "BYTES", [40], expected)


def test_columns_go_by_name_and_in_their_types(apps: dict[str, Any], folders: dict[str, Path]) -> None:
    import pandas as pd

    table = pd.DataFrame({"age": [30, 77], "income": [1.5, -2.0], "member": [True, False]})
    expected = _own(folders["mixed"], table)
    rows = [{"income": 1.5, "member": True, "age": 30}, {"member": False, "age": 77, "income": -2}]
    assert ask(apps["mixed"], "POST", "/v1/models/m:predict", {"instances": rows}).body["predictions"] == expected
    kinds = {"income": "FP32", "member": "BOOL", "age": "INT32"}
    inputs = [{"name": name, "shape": [2], "datatype": kind, "data": table[name].tolist()} for name, kind in kinds.items()]
    answer = ask(apps["mixed"], "POST", "/v2/models/m/infer", {"inputs": inputs})
    assert answer.body["outputs"][0]["data"] == expected and answer.body["outputs"][0]["datatype"] == "FP64"


def test_it_tells_what_it_takes(apps: dict[str, Any]) -> None:
    told = ask(apps["mixed"], "GET", "/v2/models/m").body
    assert [(each["name"], each["datatype"]) for each in told["inputs"]] == [("age", "INT64"), ("income", "FP64"), ("member", "BOOL")]
    assert told["platform"] == "mlflow" and ask(apps["plain"], "GET", "/v2/models/m").body["platform"] == "sklearn"


V1, V2 = "/v1/models/m:predict", "/v2/models/m/infer"
FULL = {"age": 30, "income": 1.0, "member": True}


def _tensor(**changed: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "age", "shape": [1], "datatype": "INT64", "data": [3], **changed}]}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (V1, b"{", "no JSON"),
        (V1, [], "instances"),
        (V1, {"instances": []}, "instances"),
        (V1, {"instances": [[1, 2]]}, "lists of 3 values"),
        (V1, {"instances": [{"age": 1}]}, "missing columns: income, member"),
        (V1, {"instances": [{**FULL, "age": 1.5}]}, "column age must be long"),
        (V1, {"instances": [{**FULL, "age": None}]}, "column age"),
        (V1, {"instances": [{**FULL, "income": "much"}]}, "column income must be double"),
        (V1, {"instances": [{**FULL, "member": 1}]}, "true or false"),
        (V2, {"inputs": []}, "tensors"),
        (V2, {"inputs": [{"name": "age"}]}, "lacks shape, datatype, data"),
        (V2, _tensor(datatype="FP128"), "none of"),
        (V2, _tensor(shape=[2]), "do not fit shape"),
        (V2, _tensor(data=["x"]), "not all numbers"),
        (V2, _tensor(data=[1.5]), "whole number"),
        (V2, _tensor(), "missing columns"),
    ],
)
def test_a_bad_input_is_answered_with_what_to_do(apps: dict[str, Any], path: str, body: Any, words: str) -> None:
    answer = ask(apps["mixed"], "POST", path, body)
    assert answer.code == 400 and words in answer.body["error"], answer.text


def test_other_addresses(apps: dict[str, Any]) -> None:
    app = apps["table"]
    assert [ask(app, "GET", f"/v2/health/{each}").code for each in ("live", "ready")] == [200, 200]
    assert ask(app, "GET", "/v1/models").body == {"models": ["m"]} and ask(app, "GET", "/v2/models/m/ready").body["ready"] is True
    assert ask(app, "POST", "/v2/models/other/infer", {}).code == 404 and "but m" in ask(app, "GET", "/v1/models/other").body["error"]
    assert ask(app, "DELETE", "/v2/models/m/infer").code == 405 and ask(app, "GET", "/nothing").code == 404


def test_metrics_count_by_code(folders: dict[str, Path]) -> None:
    from sandbox.model_server.app import App
    from sandbox.model_server.loading import load

    app = App(load("m", folders["table"]))
    for body in ({"instances": [[1, 2, 3, 4]]}, {"instances": [[1, 2, 3, 4]]}, {"instances": "none"}):
        ask(app, "POST", V1, body)
    lines = ask(app, "GET", "/metrics").text.splitlines()
    assert f'rest_server_requests_total{{method="POST",path="{V1}",status_code="200"}} 2' in lines
    assert f'rest_server_requests_total{{method="POST",path="{V1}",status_code="400"}} 1' in lines
    assert 'model_infer_request_success_total{model="m"} 2' in lines and 'model_infer_request_failure_total{model="m"} 1' in lines
    assert 'request_predict_seconds_count{model_name="m"} 2' in lines


def _process(folder: Path) -> subprocess.Popen[str]:
    command = [*KNOWN[IMAGE], "--model_name=m", f"--model_dir={folder}"]
    environment = {"PATH": os.environ["PATH"], "HOST": machine_address(), "PORT": "0"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_broken_artifact_ends_it_with_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(b"this is no pickle")
    process = _process(tmp_path)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 1 and "Traceback" in output and "joblib" in output


def test_an_empty_folder_ends_it_too(tmp_path: Path) -> None:
    output, _ = (process := _process(tmp_path)).communicate(timeout=90)
    assert process.returncode == 1 and "no model in" in output


def test_it_ends_by_itself_after_sigterm(folders: dict[str, Path]) -> None:
    process = _process(folders["plain"])
    assert process.stdout
    try:
        end = time.monotonic() + 90
        while "listening" not in process.stdout.readline():
            assert process.poll() is None and time.monotonic() < end
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0 and "draining" in process.stdout.read()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_forked_from_has_no_threads() -> None:
    """They would be missing in the fork, and with them whoever they answer to."""
    code = "from sandbox.model_server import __main__ as server; server.warm(); import threading; print(threading.active_count())"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], timeout=90, capture_output=True, text=True)
    assert done.stdout == "1\n", done.stderr
