"""What KServe's own runtimes are told and asked: model format, protocols, readiness, metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

from deployments.spec import Protocol, Runtime

# All of KServe's runtimes listen here and answer both questions here, whatever server is inside.
PORT = 8080
METRICS_PATH = "/metrics"
READY_PATH = "/v2/health/ready"


@dataclass(frozen=True)
class Server:
    """One runtime: the model format by which KServe finds it, the protocols that it speaks, where it says that it is ready.

    `name_argument` and `name_variable` are where it reads the model's name, which would else be the InferenceService's. `arguments` are
    always given. `timeout` is the longest answer in seconds. Where it `takes_arguments`, a deployment's own follow, but none of the
    `reserved`: how it is found and asked is the portal's.
    """

    format: str
    protocols: tuple[Protocol, ...]
    ready_path: str = READY_PATH
    name_argument: str = ""
    name_variable: str = ""
    arguments: tuple[str, ...] = ()
    timeout: int = 60
    takes_arguments: bool = False
    reserved: tuple[str, ...] = ()


SERVERS: Mapping[Runtime, Server] = {
    "mlflow": Server("mlflow", ("v2",), name_variable="MLSERVER_MODEL_NAME"),
    "sklearn": Server("sklearn", ("v1", "v2"), name_argument="--model_name"),
    "xgboost": Server("xgboost", ("v1", "v2"), name_argument="--model_name"),
    "tensorflow": Server("tensorflow", ("v1",), ready_path="", name_argument="--model_name"),
    "torchserve": Server("pytorch", ("v1", "v2")),
    "triton": Server("triton", ("v2",)),
    "vllm": Server(
        "huggingface",
        ("v1", "v2"),
        name_argument="--model_name",
        arguments=("--backend=vllm",),
        timeout=600,
        takes_arguments=True,
        reserved=("--model-name", "--model-id", "--model-dir", "--backend", "--host", "--port", "--http-port", "--grpc-port"),
    ),
}
