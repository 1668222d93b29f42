"""Objects that the contract cases send."""

from typing import Any

Object = dict[str, Any]


def config_map(name: str = "a", data: dict[str, str] | None = None, **metadata: Any) -> Object:
    """A ConfigMap."""
    value: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}
    return value if data is None else {**value, "data": data}


def pod(name: str = "a", *, requests: dict[str, str] | None = None, limits: dict[str, str] | None = None, **spec: Any) -> Object:
    """A pod of one container named `main`."""
    resources = {key: value for key, value in (("requests", requests), ("limits", limits)) if value}
    container = {"name": "main", "image": "example.org/app:1", **({"resources": resources} if resources else {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container], **spec}}


def restricted(value: Object) -> Object:
    """The same pod as the Pod Security level `restricted` allows it."""
    spec = {**value["spec"], "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    spec["containers"] = [{**each, "securityContext": security} for each in spec["containers"]]
    return {**value, "spec": spec}


def deployment(name: str = "a", *containers: Object, **spec: Any) -> Object:
    """A Deployment with the given containers."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": list(containers)}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


def container(name: str = "main", image: str = "example.org/app:1", **more: Any) -> Object:
    """A container."""
    return {"name": name, "image": image, **more}


def quota(name: str = "q", **hard: str) -> Object:
    """A ResourceQuota; `__` stands for `.` and `___` for `/` in resource names."""
    named = {key.replace("___", "/").replace("__", "."): value for key, value in hard.items()}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": {"hard": named}}


def binding(name: str, role: str, *subjects: Object, kind: str = "ClusterRole") -> Object:
    """A RoleBinding to a role."""
    group = "rbac.authorization.k8s.io"
    reference = {"apiGroup": group, "kind": kind, "name": role}
    return {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name},
        "roleRef": reference,
        "subjects": list(subjects),
    }


def fields_of(value: Object, manager: str) -> Object:
    """fieldsV1 of a manager of an object."""
    return next(entry["fieldsV1"] for entry in value["metadata"]["managedFields"] if entry["manager"] == manager)


def managers_of(value: Object) -> set[tuple[str, str]]:
    """Names and operations of an object's managers."""
    return {(entry["manager"], entry["operation"]) for entry in value["metadata"].get("managedFields", [])}
