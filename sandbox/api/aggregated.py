"""Aggregated discovery: every group with its resources in one document, made from what legacy discovery tells."""

from typing import Any

from sandbox.api.discovery import groups_of, resources_of
from sandbox.api.request import Request, Response
from sandbox.kinds.served import Served
from sandbox.storage.encoding import encode

Entry = dict[str, Any]
ACCEPTED = ("v2", "v2beta1")


def aggregated(request: Request, kinds: Served, remote: dict[str, dict[str, list[Entry]]]) -> Response | None:
    """The answer to GET /api or /apis of a client that accepts it, or None; `remote` holds groups of other servers, by version."""
    version = _accepted(request)
    path = request.path.rstrip("/")
    if version is None or path not in ("/api", "/apis"):
        return None
    groups = {"": ["v1"]} if path == "/api" else groups_of(kinds)
    items = [group_entry(group, {each: resources_of(group, each, kinds) for each in found}) for group, found in groups.items()]
    if path == "/apis":
        items += [group_entry(group, versions) for group, versions in remote.items() if group not in groups]
    document = {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {}, "items": items}
    return Response(200, encode(document), f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList")


def group_entry(group: str, versions: dict[str, list[Entry]]) -> Entry:
    """One group: its versions, preferred first, each with the resources of its APIResourceList."""
    listed = [{"version": each, "resources": _resources(group, each, found), "freshness": "Current"} for each, found in versions.items()]
    return {"metadata": {"name": group, "creationTimestamp": None}, "versions": listed}


def _accepted(request: Request) -> str | None:
    for media in request.headers.get("accept", "").split(","):
        name, *options = [part.strip() for part in media.split(";")]
        given = dict(option.partition("=")[::2] for option in options)
        if name == "application/json" and given.get("as") == "APIGroupDiscoveryList" and given.get("v") in ACCEPTED:
            return given["v"]
    return None


def _resources(group: str, version: str, entries: list[Entry]) -> list[Entry]:
    found = [_resource(group, version, entry) for entry in entries if "/" not in entry["name"]]
    by_name = {each["resource"]: each for each in found}
    for entry in entries:
        name, slash, subresource = entry["name"].partition("/")
        if slash and name in by_name:
            kind = _response_kind(group, version, entry)
            by_name[name].setdefault("subresources", []).append({"subresource": subresource, "responseKind": kind, "verbs": entry["verbs"]})
    return found


def _resource(group: str, version: str, entry: Entry) -> Entry:
    scope = "Namespaced" if entry["namespaced"] else "Cluster"
    found = {"resource": entry["name"], "responseKind": _response_kind(group, version, entry), "scope": scope}
    found |= {"singularResource": entry["singularName"], "verbs": entry["verbs"]}
    return found | {key: entry[key] for key in ("shortNames", "categories") if entry.get(key)}


def _response_kind(group: str, version: str, entry: Entry) -> Entry:
    return {"group": entry.get("group", group), "version": entry.get("version", version), "kind": entry["kind"]}
