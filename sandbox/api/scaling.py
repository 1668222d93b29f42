"""The scale subresource: how many replicas there are and shall be, wherever the kind keeps these numbers."""

from typing import Any

from sandbox.api.cluster import Cluster, timestamp
from sandbox.api.options import WriteOptions, write_options
from sandbox.api.request import Request, Response, Target, answer
from sandbox.api.saving import save_update
from sandbox.custom.kind import CustomKind
from sandbox.kinds.errors import Cause, bad_request, bad_value, invalid, modified
from sandbox.kinds.table import Kind
from sandbox.ownership.managers import Writer
from sandbox.patches.json_patch import PatchMalformed, PatchRefused, json_patch
from sandbox.patches.merge_patch import merge_patch
from sandbox.schema.decode import clone
from sandbox.storage.stored import Stored

JSON_PATCH, APPLY = "application/json-patch+json", "application/apply-patch+yaml"
BUILT_IN = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}


def scale(cluster: Cluster, request: Request, target: Target, stored: Stored) -> Response:
    """GET, PUT or PATCH of a Scale."""
    if request.method == "GET":
        return answer(200, _scale_of(stored))
    options = write_options(request, "UpdateOptions", is_apply=request.content_type == APPLY)
    wanted = _wanted(request, _scale_of(stored))
    version = (wanted.get("metadata") or {}).get("resourceVersion")
    if version and version != stored.value["metadata"]["resourceVersion"]:
        raise modified(stored.kind, stored.name)
    return answer(200, _scale_of(_saved(cluster, request, stored, _replicas(stored, wanted), options)))


def _saved(cluster: Cluster, request: Request, stored: Stored, replicas: int, options: WriteOptions) -> Stored:
    value = clone(stored.value)
    *parents, last = _paths(stored.kind)["specReplicasPath"].strip(".").split(".")
    section = value
    for key in parents:
        section = section.setdefault(key, {})
    section[last] = replicas
    writer = Writer(options.manager, stored.kind.api_version, "scale", timestamp())
    return save_update(cluster, request.user, stored, value, writer, dry_run=options.dry_run)


def _wanted(request: Request, current: dict[str, Any]) -> dict[str, Any]:
    body = request.json()
    try:
        wanted = body
        if request.method == "PATCH":
            wanted = json_patch(current, body) if request.content_type == JSON_PATCH else merge_patch(current, body)
    except (PatchRefused, PatchMalformed) as error:
        raise bad_request(str(error)) from error
    if not isinstance(wanted, dict):
        raise bad_request("the object provided is unrecognized (must be of type Scale)")
    return wanted


def _replicas(stored: Stored, wanted: dict[str, Any]) -> int:
    replicas = (wanted.get("spec") or {}).get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise bad_request(f"json: cannot unmarshal {type(replicas).__name__} into Go struct field ScaleSpec.spec.replicas of type int32")
    if replicas < 0:
        causes: list[Cause] = [bad_value("spec.replicas", replicas, "must be greater than or equal to 0")]
        raise invalid(Kind("autoscaling", "v1", "Scale", "scales", namespaced=True), stored.name, causes)
    return replicas


def _paths(kind: Kind) -> dict[str, str]:
    return kind.scale if isinstance(kind, CustomKind) and kind.scale else BUILT_IN


def _scale_of(stored: Stored) -> dict[str, Any]:
    keys = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    metadata = {key: stored.value["metadata"][key] for key in keys if key in stored.value["metadata"]}
    paths, selector = _paths(stored.kind), _selector(stored)
    replicas = _at(stored.value, paths["specReplicasPath"]) or 0
    status = {"replicas": _at(stored.value, paths["statusReplicasPath"]) or 0, **({"selector": selector} if selector else {})}
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status}


def _selector(stored: Stored) -> str:
    if isinstance(stored.kind, CustomKind):
        path = (stored.kind.scale or {}).get("labelSelectorPath")
        return str(_at(stored.value, path) or "") if path else ""
    selector = stored.value["spec"].get("selector") or {}
    labels = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    return ",".join([*labels, *[_expression(each) for each in selector.get("matchExpressions") or []]])


def _expression(expression: dict[str, Any]) -> str:
    key, values = expression["key"], ",".join(sorted(expression.get("values") or []))
    texts: dict[str, str] = {"Exists": key, "DoesNotExist": f"!{key}", "In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})"}
    return texts[str(expression["operator"])]


def _at(value: Any, path: str) -> Any:
    for key in path.strip(".").split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
