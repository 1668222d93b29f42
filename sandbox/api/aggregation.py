"""API aggregation: what belongs to an APIService is asked of its service, and appears in discovery beside the own groups."""

import base64
import binascii
import random
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.access.users import User
from sandbox.api.cluster import Cluster
from sandbox.api.endpoints import endpoints_of
from sandbox.api.outgoing import Outgoing, Trust, passed_on
from sandbox.api.request import Request, Response
from sandbox.kinds.table import kind_named

Object = dict[str, Any]
UNQUOTED = "/:@!$&'()*+,;=~-._"


@dataclass(frozen=True)
class RemoteApi:
    """One version of a group that another server serves."""

    name: str
    spec: Object = field(hash=False)
    is_available: bool = False

    @property
    def group_version(self) -> str:
        """As objects carry it."""
        return f"{self.spec['group']}/{self.spec['version']}"

    @property
    def path(self) -> str:
        """Where its discovery is."""
        return f"/apis/{self.group_version}"


def remote_apis(cluster: Cluster) -> list[RemoteApi]:
    """Every APIService that names a service, the most important group and version first."""
    stored = [each.value for each in cluster.store.items(kind_named("APIService")) if (each.value.get("spec") or {}).get("service")]
    found = [RemoteApi(each["metadata"]["name"], each["spec"], _is_available(each)) for each in stored]
    return sorted(found, key=lambda each: (-each.spec["groupPriorityMinimum"], each.spec["group"], -each.spec["versionPriority"]))


def ask_remote_api(cluster: Cluster, request: Request, group: str, version: str) -> Response | Outgoing | None:
    """What to ask the server of this group's version; None if there is none, 503 while it is not available."""
    stored = cluster.store.get(kind_named("APIService"), "", f"{version}.{group}")
    if stored is None or not (stored.value.get("spec") or {}).get("service"):
        return None
    place = place_of(cluster, stored.value["spec"]) if _is_available(stored.value) else None
    if place is None:
        return Response(503, b"service unavailable\n", "text/plain; charset=utf-8")
    query = urlencode(request.query, doseq=True)
    url = f"https://{place[0]}{quote(request.path, safe=UNQUOTED)}{'?' + query if query else ''}"
    headers = [*passed_on(request.headers), *remote_user(request.user)]
    return Outgoing(request.method, url, headers, request.body, place[1])


def place_of(cluster: Cluster, spec: Object) -> tuple[str, Trust] | None:
    """One of the service's endpoints, and how to open a connection to it; None if nothing is behind the service."""
    service = spec["service"]
    stored = cluster.store.get(kind_named("Service"), service["namespace"], service["name"])
    ports = (stored.value["spec"].get("ports") or []) if stored else []
    port = next((each for each in ports if each["port"] == service.get("port", 443)), None)
    if port is None:
        return None
    found = endpoints_of(cluster, service["namespace"], service["name"], port.get("name") or "")
    if not found:
        return None
    trust = replace(
        cluster.outside.front_proxy,
        ca=_pem(spec.get("caBundle")),
        skip_verify=bool(spec.get("insecureSkipTLSVerify")),
        server_name=f"{service['name']}.{service['namespace']}.svc",
    )
    return random.choice(found).dialed, trust  # noqa: S311  any of them will do


def remote_user(user: User) -> list[tuple[str, str]]:
    """The headers that say whom a request comes from; they are believed for the front proxy's certificate."""
    extra = [(f"X-Remote-Extra-{quote(key, safe='')}", value) for key, values in user.extra.items() for value in values]
    return [("X-Remote-User", user.name), *[("X-Remote-Group", group) for group in user.groups], *extra]


def with_remote_groups(cluster: Cluster, path: str, document: Object | None) -> Object | None:
    """A document of legacy discovery (/apis, /apis/GROUP) with the groups of APIServices."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] != ["apis"] or len(parts) > 2:
        return document
    groups = remote_groups(cluster)
    if len(parts) == 1 and document is not None:
        own = {group["name"] for group in document["groups"]}
        return {**document, "groups": [*document["groups"], *[group for name, group in groups.items() if name not in own]]}
    if document is None and parts[1:] and parts[1] in groups:
        return {"kind": "APIGroup", "apiVersion": "v1", **groups[parts[1]]}
    return document


def remote_groups(cluster: Cluster) -> dict[str, Object]:
    """The groups of APIServices by name, as an APIGroupList holds them."""
    groups: dict[str, Object] = {}
    for each in remote_apis(cluster):
        served = {"groupVersion": each.group_version, "version": each.spec["version"]}
        group = groups.setdefault(each.spec["group"], {"name": each.spec["group"], "versions": [], "preferredVersion": served})
        group["versions"].append(served)
    return groups


def remote_resources(cluster: Cluster) -> dict[str, dict[str, list[Object]]]:
    """By group and version, the entries of the APIResourceLists of APIServices, as far as they are known."""
    found: dict[str, dict[str, list[Object]]] = {}
    for each in remote_apis(cluster):
        found.setdefault(each.spec["group"], {})[each.spec["version"]] = cluster.remote_resources.get(each.group_version, [])
    return found


def _is_available(value: Object) -> bool:
    conditions = (value.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Available" and each["status"] == "True" for each in conditions)


def _pem(bundle: str | None) -> str:
    try:
        return base64.b64decode(bundle or "").decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
