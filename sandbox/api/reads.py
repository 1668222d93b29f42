"""GET of an object and of a list, in pages that stay consistent."""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sandbox.api.cluster import Cluster
from sandbox.api.request import Request, Response, Target
from sandbox.kinds.errors import StatusError, bad_request, expired, not_found
from sandbox.kinds.table import Kind
from sandbox.selectors.fields import FieldSelectorError, parse_fields
from sandbox.selectors.labels import SelectorError, parse_labels
from sandbox.storage.stored import Stored, encode

Chooser = Callable[[Stored], bool]
PAGED_LISTS = 64
TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter."
)
_snapshots: OrderedDict[str, list[Stored]] = OrderedDict()


def get(cluster: Cluster, target: Target, kind: Kind) -> Response:
    """One object."""
    stored = cluster.store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind, target.name)
    return Response(200, stored.full)


def list_objects(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """A list, whole or a page of it."""
    chooses, limit = chooser(request, kind), _number(request, "limit")
    _check_version(cluster, request)
    if request.option("continue"):
        items, version, start, token = _resume(request.option("continue"))
    else:
        space = target.namespace if kind.namespaced and target.namespace else None
        items = [each for each in cluster.store.items(kind, space) if chooses(each)]
        version, start, token = cluster.store.version, 0, ""
    end = start + limit if limit else len(items)
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if end < len(items):
        metadata["continue"] = _remember(items, version, end, token)
        if not request.option("labelSelector") and not request.option("fieldSelector"):
            metadata["remainingItemCount"] = len(items) - end
    return Response(200, _render(kind, metadata, items[start:end]))


def chooser(request: Request, kind: Kind) -> Chooser:
    """A predicate for the request's selectors."""
    try:
        labels = parse_labels(request.option("labelSelector")) if request.option("labelSelector") else None
        fields = parse_fields(request.option("fieldSelector"), kind) if request.option("fieldSelector") else None
    except (SelectorError, FieldSelectorError) as error:
        raise bad_request(str(error)) from error
    return lambda stored: (labels is None or labels(stored.labels)) and (fields is None or fields(stored.value))


def _render(kind: Kind, metadata: dict[str, Any], items: list[Stored]) -> bytes:
    head = f'{{"kind":"{kind.name}List","apiVersion":"{kind.api_version}","metadata":'.encode() + encode(metadata)
    return head + b',"items":[' + b",".join(each.bare for each in items) + b"]}"


def _remember(items: list[Stored], version: int, end: int, token: str) -> str:
    key = token or f"{version}.{id(items)}"
    _snapshots[key] = items
    while len(_snapshots) > PAGED_LISTS:
        _snapshots.popitem(last=False)
    last = items[end - 1]
    start = f"{last.namespace}/{last.name}\u0000".lstrip("/")
    content = {"v": "meta.k8s.io/v1", "rv": version, "start": start, "offset": end, "list": key}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _resume(token: str) -> tuple[list[Stored], int, int, str]:
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        key, version, offset = content["list"], content["rv"], content["offset"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from error
    if key not in _snapshots:
        raise expired(TOO_OLD)
    return _snapshots[key], version, offset, key


def _number(request: Request, name: str) -> int:
    text = request.option(name) or "0"
    if not text.isdigit():
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def _check_version(cluster: Cluster, request: Request) -> None:
    text = request.option("resourceVersion") or "0"
    if not text.isdigit():
        raise bad_request(f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    if int(text) > cluster.store.version:
        message = f"Timeout: Too large resource version: {text}, current: {cluster.store.version}"
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        raise StatusError(504, "Timeout", message, {"retryAfterSeconds": 1, "causes": [cause]}, {"Retry-After": "1"})
