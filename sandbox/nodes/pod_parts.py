"""Parts of a pod by name."""

from typing import Any

Object = dict[str, Any]
INIT, MAIN = "initContainers", "containers"
STATUSES = {INIT: "initContainerStatuses", MAIN: "containerStatuses"}


def container_of(pod: Object, name: str) -> Object:
    """The container of this name in the spec, init containers too; raises LookupError."""
    found = next((each for each in every_container(pod) if each["name"] == name), None)
    if found is None:
        raise LookupError(f"container {name} is not valid for pod {pod['metadata']['name']}")
    return found


def every_container(pod: Object) -> list[Object]:
    """Init containers, then the others."""
    return [*(pod["spec"].get(INIT) or []), *pod["spec"][MAIN]]


def status_of(pod: Object, name: str) -> Object:
    """The container's status, empty if there is none yet."""
    status = pod.get("status") or {}
    found: Object = next((each for part in STATUSES.values() for each in status.get(part) or [] if each["name"] == name), {})
    return found


def is_init(pod: Object, name: str) -> bool:
    """Whether it is an init container, a sidecar among them too."""
    return any(each["name"] == name for each in pod["spec"].get(INIT) or [])


def is_sidecar(container: Object) -> bool:
    """Whether this init container keeps running beside the others."""
    return bool(container.get("restartPolicy") == "Always")


def path_of(pod: Object) -> str:
    """Its path in the API."""
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def full_name(pod: Object) -> str:
    """The pod as the kubelet's messages write it."""
    metadata = pod["metadata"]
    return f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
