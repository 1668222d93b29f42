"""How KServe calls what it makes, and where it is found."""

from typing import Any

Object = dict[str, Any]
GROUP = "serving.kserve.io"
SERVICES = f"/apis/{GROUP}/v1beta1/inferenceservices"
RUNTIMES = f"/apis/{GROUP}/v1alpha1/servingruntimes"
CLUSTER_RUNTIMES = f"/apis/{GROUP}/v1alpha1/clusterservingruntimes"
STORAGE_CONTAINERS = f"/apis/{GROUP}/v1alpha1/clusterstoragecontainers"
KNATIVE_GROUP = "serving.knative.dev"
REVISIONS = f"/apis/{KNATIVE_GROUP}/v1/revisions"
NAMESPACE, CONFIG = "kserve", "inferenceservice-config"
GATEWAY = "kserve-ingress-gateway"
CONTAINER, INITIALIZER = "kserve-container", "storage-initializer"
PORT = 8080
# Labels.
OF_SERVICE, COMPONENT = f"{GROUP}/inferenceservice", "component"
APP = "app"
REVISION = f"{KNATIVE_GROUP}/revision"
# Annotations.
MODE, AUTOSCALER, STOP = f"{GROUP}/deploymentMode", f"{GROUP}/autoscalerClass", f"{GROUP}/stop"


def workload(service: str, predictor: str = "") -> str:
    """The name of the Deployment, Service and autoscaler of a predictor, which may have a name of its own."""
    return f"{service}-{predictor}-predictor" if predictor else f"{service}-predictor"


def app_label(name: str) -> str:
    """The label `app` by which a Service finds the pods of its Deployment."""
    return f"isvc.{name}"


def key_of(item: Object) -> tuple[str, str]:
    """Namespace and name."""
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


def is_stopped(service: Object) -> bool:
    """Whether its annotation says so."""
    return str((service["metadata"].get("annotations") or {}).get(STOP, "")).lower() == "true"
