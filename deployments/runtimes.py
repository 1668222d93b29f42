"""Which runtime fits a version of a model, by the flavors in which it was saved."""

from deployments.spec import Runtime
from registry.models import ModelVersion

# The first that a version has decides. Whatever MLflow saved as a Python function, its own runtime can load.
BY_FLAVOR: dict[str, Runtime] = {
    "python_function": "mlflow",
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "tensorflow": "tensorflow",
    "keras": "tensorflow",
    "pytorch": "torchserve",
    "onnx": "triton",
    "transformers": "vllm",
}


def proposed_runtime(version: ModelVersion | None) -> Runtime:
    """The runtime to begin with; MLflow's own where the flavors say nothing, since the model is in its registry."""
    flavors = version.flavors if version else {}
    return next((runtime for flavor, runtime in BY_FLAVOR.items() if flavor in flavors), "mlflow")
