"""A pod such as KServe would make for a variant, so that a dry run tells beforehand whether the cluster would take it."""

from typing import Any

from deployments.manifests import container, predictor, security
from deployments.manifests.facts import Facts, Variant
from deployments.manifests.metadata import metadata
from deployments.manifests.names import predictor_name, service_name
from deployments.manifests.placement import placement

MODEL_PATH = "/mnt/models"
# Which image a runtime has is KServe's to say; nothing that a dry run checks depends on it.
RUNTIME_IMAGE = "kserve/model-server"
INITIALIZER_IMAGE = "kserve/storage-initializer"
INITIALIZER_RESOURCES = {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}


def representative_pod(facts: Facts, variant: Variant) -> dict[str, Any]:
    """The Pod of one replica, with the containers that KServe and Knative add; never applied."""
    name = predictor_name(facts, variant)
    labels = {
        "app": f"isvc.{name}",
        "component": "predictor",
        "serving.kserve.io/inferenceservice": service_name(facts, variant),
    }
    spec = {
        "serviceAccountName": predictor.SERVICE_ACCOUNT,
        "automountServiceAccountToken": False,
        **({"securityContext": security.of_pod()} if facts.serving.mode == "Standard" else {}),
        **placement(facts, variant),
        "containers": [_server(facts, variant), *_sidecars(facts)],
        **_storage(facts, variant),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(facts, f"{name}-trial", labels=labels), "spec": spec}


def _server(facts: Facts, variant: Variant) -> dict[str, Any]:
    source = variant.spec.source
    made = {"name": container.NAME, "image": source.image or RUNTIME_IMAGE, **container.serving(facts, variant)}
    if source.kind == "image":
        return {**made, **({"command": list(variant.spec.command)} if variant.spec.command else {})}
    claim, path = claim_of(source.uri)
    mount = {"name": "kserve-pvc-source" if claim else "kserve-provision-location", "mountPath": MODEL_PATH, "readOnly": True}
    return {**made, "volumeMounts": [{**mount, "subPath": path} if path else mount]}


def _storage(facts: Facts, variant: Variant) -> dict[str, Any]:
    """A claim is mounted as it is; everything else is fetched into an empty volume by an init container."""
    source = variant.spec.source
    if source.kind == "image":
        return {}
    claim, _path = claim_of(source.uri)
    if claim:
        return {"volumes": [{"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": claim, "readOnly": False}}]}
    initializer = {
        "name": "storage-initializer",
        "image": INITIALIZER_IMAGE,
        "args": [source.uri, MODEL_PATH],
        "resources": {kind: dict(amounts) for kind, amounts in INITIALIZER_RESOURCES.items()},
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "kserve-provision-location", "mountPath": MODEL_PATH}],
        **({"securityContext": dict(facts.serving.initializer)} if facts.serving.initializer else {}),
    }
    return {"initContainers": [initializer], "volumes": [{"name": "kserve-provision-location", "emptyDir": {}}]}


def claim_of(uri: str) -> tuple[str, str]:
    """(claim, path inside it) of a pvc:// address; two empty texts for any other."""
    scheme, _mark, rest = uri.partition("://")
    claim, _slash, path = rest.partition("/") if scheme == "pvc" else ("", "", "")
    return claim, path


def _sidecars(facts: Facts) -> list[dict[str, Any]]:
    """Knative's proxy runs beside every container, and counts."""
    if facts.serving.mode != "Knative":
        return []
    tight = {**security.of_container(), "readOnlyRootFilesystem": True}
    return [{"name": "queue-proxy", "image": "knative/queue", "resources": {"requests": {"cpu": "25m"}}, "securityContext": tight}]
