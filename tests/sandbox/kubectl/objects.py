"""Manifests that the kubectl suite applies."""

from typing import Any

Object = dict[str, Any]


def config_map(name: str = "a", **data: str) -> Object:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def pod(name: str = "a", **spec: Any) -> Object:
    """A pod of one container."""
    labels = {"app": name}
    containers = [{"name": "main", "image": "example.org/app:1"}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": {"containers": containers, **spec}}


def deployment(name: str = "web", replicas: int = 1) -> Object:
    """A Deployment of one container."""
    template = {"metadata": {"labels": {"app": name}}, "spec": pod()["spec"]}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
