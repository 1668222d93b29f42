"""InferenceServices and what stands around them, as the tests of pure functions need them."""

from typing import Any

from sandbox.serving.builtin import config_map, runtimes, storage_containers
from sandbox.serving.config import Config, read_config
from sandbox.serving.names import GROUP

Object = dict[str, Any]
CONFIG: Config = read_config(config_map("192.0.2.7:31000"))
RUNTIMES = runtimes()
STORAGE = storage_containers("http://mlflow.example:5000")
URI = "mlflow-artifacts:/1/models/m-1/artifacts"


def inference_service(
    predictor: Object | None = None, *, canary: list[Object] | None = None, status: Object | None = None, **notes: str
) -> Object:
    """One named `iris` in `team`, served from MLflow; `notes` are annotations, their names without the group."""
    spec: Object = {"predictor": {"model": {"modelFormat": {"name": "mlflow"}, "storageUri": URI}} | (predictor or {})}
    if canary is not None:
        spec["canary"] = canary
    annotations = {f"{GROUP}/{name}": value for name, value in notes.items()}
    metadata = {"name": "iris", "namespace": "team", "uid": "u-1", "generation": 1, "annotations": annotations}
    item = {"apiVersion": f"{GROUP}/v1beta1", "kind": "InferenceService", "metadata": metadata, "spec": spec}
    return item | ({"status": status} if status else {})


def canary(name: str, percent: int, **predictor: Any) -> Object:
    """An entry of spec.canary."""
    return {"trafficPercent": percent, "predictor": {"name": name, **predictor}}


def pod(
    name: str, template: str, *, ready: bool = False, ended: Object | None = None, running: bool = False, label: str = "isvc.iris-predictor"
) -> Object:
    """A pod of a predictor whose main container runs, is ready, or ended so."""
    state: Object = {"waiting": {"reason": "CrashLoopBackOff"}} if ended else {"running": {}} if running or ready else {"waiting": {}}
    main = {"name": "kserve-container", "state": state, "lastState": {"terminated": ended} if ended else {}}
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    return {
        "metadata": {
            "name": name,
            "namespace": "team",
            "uid": name,
            "labels": {"pod-template-hash": template, "app": label},
            "annotations": {},
        },
        "spec": {"containers": [{"name": "kserve-container", "ports": [{"containerPort": 8080}]}]},
        "status": {"conditions": conditions, "containerStatuses": [main], "podIP": "192.0.2.7"},
    }
