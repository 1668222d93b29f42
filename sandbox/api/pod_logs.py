"""GET pods/log: which container is meant, and which kubelet to ask for its log."""

from typing import Any
from urllib.parse import urlencode

from sandbox.api.cluster import Cluster
from sandbox.api.nodes import kubelet_address
from sandbox.api.outgoing import Outgoing
from sandbox.api.request import Request, Response, Target
from sandbox.kinds.errors import Cause, StatusError, bad_request, bad_value, invalid, method_not_allowed, not_found
from sandbox.kinds.rules import Object
from sandbox.kinds.table import Kind

PASSED = ("follow", "previous", "timestamps", "sinceSeconds", "sinceTime", "tailLines", "limitBytes")
LEAST = {
    "sinceSeconds": (1, "must be greater than 0"),
    "tailLines": (0, "must be greater than or equal to 0"),
    "limitBytes": (1, "must be greater than 0"),
}


def read_log(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response | Outgoing:
    """What to ask the pod's kubelet; a pod that has no node has no log."""
    if request.method != "GET":
        raise method_not_allowed()
    stored = cluster.store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind, target.name)
    _check_options(request, target.name)
    container = _container(stored.value, request.option("container"))
    node = stored.value["spec"].get("nodeName")
    if not node:
        return Response(204, b"", "text/plain")
    query = {name: request.option(name) for name in PASSED if request.option(name)}
    url = f"https://{kubelet_address(cluster, node)}/containerLogs/{target.namespace}/{target.name}/{container}"
    return Outgoing("GET", f"{url}?{urlencode(query)}" if query else url, trust=cluster.outside.kubelet, is_log=True)


def _container(pod: Object, wanted: str) -> str:
    name, spec = pod["metadata"]["name"], pod["spec"]
    names = [each["name"] for part in ("initContainers", "containers", "ephemeralContainers") for each in spec.get(part) or []]
    if not wanted and len(spec["containers"]) == 1:
        return str(spec["containers"][0]["name"])
    if not wanted:
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(names)}]")
    if wanted not in names:
        raise bad_request(f"container {wanted} is not valid for pod {name}")
    return wanted


def _check_options(request: Request, name: str) -> None:
    causes: list[Cause] = []
    if request.option("sinceSeconds") and request.option("sinceTime"):
        causes.append(
            Cause("sinceSeconds", "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified", "FieldValueForbidden")
        )
    for key, (least, text) in LEAST.items():
        value = _number(request, key)
        if value is not None and value < least:
            causes.append(bad_value(key, value, text))
    if causes:
        raise invalid(Kind("", "v1", "PodLogOptions", "", True), name, causes)


def _number(request: Request, key: str) -> Any:
    text = request.option(key)
    try:
        return int(text) if text else None
    except ValueError as error:
        raise StatusError(400, "BadRequest", f'strconv.ParseInt: parsing "{text}": invalid syntax') from error
