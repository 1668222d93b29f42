"""A small operator written with kopf, run by `kopf run`: mirrors replicas into ConfigMaps, holds ConfigMaps back, sizes Widgets."""

from typing import Any

import kopf
from kubernetes import client, config

config.load_kube_config()
core = client.CoreV1Api()


@kopf.on.startup()
def configure(settings: kopf.OperatorSettings, **_: Any) -> None:
    """No pauses after errors: the tests kill the API server."""
    settings.networking.error_backoffs = [0.2] * 100
    settings.batching.error_delays = [0.2] * 100
    settings.posting.enabled = True


@kopf.on.resume("apps", "v1", "deployments")
@kopf.on.create("apps", "v1", "deployments")
@kopf.on.update("apps", "v1", "deployments", field="spec.replicas")
def mirror(name: str, namespace: str, spec: kopf.Spec, body: kopf.Body, **_: Any) -> None:
    """Keep a ConfigMap of the Deployment's name equal to its replicas."""
    mirrored: dict[str, Any] = {"metadata": {"name": name}, "data": {"replicas": str(spec["replicas"])}}
    kopf.append_owner_reference(mirrored, owner=body)
    try:
        core.create_namespaced_config_map(namespace, mirrored)
    except client.ApiException as error:
        if error.status != 409:
            raise kopf.TemporaryError(str(error), delay=0.2) from error
        core.patch_namespaced_config_map(name, namespace, mirrored)


@kopf.on.delete("", "v1", "configmaps", labels={"held": "yes"})
def let_go(name: str, namespace: str, meta: kopf.Meta, body: kopf.Body, **_: Any) -> None:
    """Let a held ConfigMap go once it is allowed."""
    if "may-go" not in meta.annotations:
        kopf.warn(body, reason="Held", message="may not go yet")
        raise kopf.TemporaryError(f"{namespace}/{name} is held", delay=0.2)


@kopf.on.create("example.org", "v1", "widgets")
@kopf.on.update("example.org", "v1", "widgets", field="spec.size")
def size(spec: kopf.Spec, patch: kopf.Patch, **_: Any) -> None:
    """Say a Widget's size in its status."""
    patch.status["size"] = spec["size"] * 2
