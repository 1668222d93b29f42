"""What KServe brings along: kinds, config, runtimes, and who fetches models. Made from the files in objects/."""

import json
from pathlib import Path
from typing import Any

import yaml

from sandbox.serving.config import INITIALIZER_IMAGE, STANDARD
from sandbox.serving.names import CONFIG, GATEWAY, GROUP, NAMESPACE, Object

OBJECTS = Path(__file__).parent / "objects"
MLFLOW = "mlflow"
PATH_TEMPLATE = "/serving/{{ .Namespace }}/{{ .Name }}"
HOST_TEMPLATE = "{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}"


def definitions() -> list[Object]:
    """The CustomResourceDefinitions."""
    return _read("definitions")


def runtimes() -> list[Object]:
    """The ClusterServingRuntimes."""
    identity = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "ClusterServingRuntime"}
    return [{**identity, **each} for each in _read("runtimes")]


def storage_containers(mlflow: str) -> list[Object]:
    """The ClusterStorageContainers; `mlflow` is the address of the MLflow server, empty if there is none."""
    identity = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "ClusterStorageContainer"}
    found = [{**identity, **each} for each in _read("storage")]
    for each in found:
        if each["metadata"]["name"] == MLFLOW and mlflow:
            env = [{"name": "MLFLOW_TRACKING_URI", "value": mlflow}]
            each["spec"] = {**each["spec"], "container": {**each["spec"]["container"], "env": env}}
    return found


def config_map(domain: str) -> Object:
    """inferenceservice-config; `domain` is HOST:PORT of the ingress."""
    initializer = {"image": INITIALIZER_IMAGE, "memoryRequest": "100Mi", "memoryLimit": "1Gi", "cpuRequest": "100m", "cpuLimit": "1"}
    sections = {
        "deploy": {"defaultDeploymentMode": STANDARD},
        "ingress": {
            "enableGatewayApi": False,
            "kserveIngressGateway": f"{NAMESPACE}/{GATEWAY}",
            "ingressDomain": domain,
            "domainTemplate": HOST_TEMPLATE,
            "pathTemplate": PATH_TEMPLATE,
            "urlScheme": "http",
            "disableIstioVirtualHost": True,
            "disableIngressCreation": True,
        },
        "storageInitializer": {**initializer, "enableDirectPvcVolumeMount": True, "enableModelcar": False},
        "credentials": {"storageSpecSecretName": "storage-config", "storageSecretNameAnnotation": f"{GROUP}/storageSecretName"},
        "autoscaler": {"scaleUpStabilizationWindowSeconds": "0", "scaleDownStabilizationWindowSeconds": "300"},
        "metricsAggregator": {"enableMetricAggregation": "false", "enablePrometheusScraping": "false"},
        "service": {"serviceClusterIPNone": False},
        "security": {"autoMountServiceAccountToken": True},
    }
    data = {name: json.dumps(section, indent=2) for name, section in sections.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": CONFIG, "namespace": NAMESPACE}, "data": data}


def with_domain(config: Object, domain: str) -> Object:
    """The same ConfigMap with another address of the ingress, whatever else was changed in it."""
    data = config.get("data") or {}
    ingress = {**json.loads(data.get("ingress") or "{}"), "ingressDomain": domain}
    return {**config, "data": {**data, "ingress": json.dumps(ingress, indent=2)}}


def _read(name: str) -> list[Object]:
    found: Any = yaml.safe_load((OBJECTS / f"{name}.yaml").read_text())
    return list(found)
