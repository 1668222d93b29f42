"""GET of an object and of a list, in pages that stay consistent."""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sandbox.api.cluster import Cluster
from sandbox.api.list_options import check_list_options, exact_version, number, version_of
from sandbox.api.request import Request, Response, Target
from sandbox.api.tables.forms import wanted_form
from sandbox.kinds.errors import StatusError, bad_request, expired, not_found
from sandbox.kinds.table import Kind
from sandbox.selectors.fields import FieldSelectorError, names_one, parse_fields
from sandbox.selectors.labels import SelectorError, parse_labels
from sandbox.storage.stored import Stored

Chooser = Callable[[Stored], bool]
PAGED_LISTS = 64
TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter."
)
_snapshots: OrderedDict[str, list[Stored]] = OrderedDict()


def get(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """One object."""
    form = wanted_form(request)
    stored = cluster.store.get(kind, target.namespace, target.name)
    if stored is None:
        raise not_found(kind, target.name)
    return Response(200, form.one(stored))


def list_objects(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    """A list, whole or a page of it."""
    check_list_options(request)
    form, chooses, limit = wanted_form(request), chooser(request, kind), max(number(request, "limit"), 0)
    _check_version(cluster, request)
    if request.option("continue"):
        items, version, start, token = _resume(request.option("continue"))
    else:
        items, version = _state(cluster, request, target, kind)
        start, token = 0, ""
        if names_one(request.option("fieldSelector")) and (target.namespace or not kind.namespaced):
            limit = 0
    chosen, end = _page(items, start, limit, chooses)
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if end < len(items):
        metadata["continue"] = _remember(items, version, end, token)
        if not request.option("labelSelector") and not request.option("fieldSelector"):
            metadata["remainingItemCount"] = len(items) - end
    return Response(200, form.many(kind, metadata, chosen))


def _state(cluster: Cluster, request: Request, target: Target, kind: Kind) -> tuple[list[Stored], int]:
    """All objects of the kind in the state that is meant, and its version; raises 410 for one that is forgotten."""
    space, version = target.namespace if kind.namespaced and target.namespace else None, exact_version(request)
    if version is None:
        return list(cluster.store.items(kind, space)), cluster.store.version
    items = cluster.store.items_at(kind, version, space)
    if items is None:
        raise expired("The resourceVersion for the provided list is too old.")
    return items, version


def _page(items: list[Stored], start: int, limit: int, chooses: Chooser) -> tuple[list[Stored], int]:
    """The first `limit` chosen items from `start` on (0: all), and where the next page begins: nobody looked further."""
    chosen = []
    for position in range(start, len(items)):
        if chooses(items[position]):
            chosen.append(items[position])
            if len(chosen) == limit:
                return chosen, position + 1
    return chosen, len(items)


def chooser(request: Request, kind: Kind) -> Chooser:
    """A predicate for the request's selectors."""
    try:
        labels = parse_labels(request.option("labelSelector")) if request.option("labelSelector") else None
        fields = parse_fields(request.option("fieldSelector"), kind) if request.option("fieldSelector") else None
    except (SelectorError, FieldSelectorError) as error:
        raise bad_request(str(error)) from error
    return lambda stored: (labels is None or labels(stored.labels)) and (fields is None or fields(stored.value))


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


def _check_version(cluster: Cluster, request: Request) -> None:
    version = version_of(request)
    if version > cluster.store.version:
        message = f"Timeout: Too large resource version: {version}, current: {cluster.store.version}"
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        raise StatusError(504, "Timeout", message, {"retryAfterSeconds": 1, "causes": [cause]}, {"Retry-After": "1"})
