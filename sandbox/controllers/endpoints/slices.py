"""The EndpointSlices of a Service: what they should say, and which of those that are there to keep; pure functions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.controllers.endpoints.backends import Backend, by_ports

Object = dict[str, Any]
Zone = Callable[[str], str]
SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
MANAGER = "endpointslice-controller.k8s.io"
HEADLESS = "service.kubernetes.io/headless"
MOST = 100


@dataclass(frozen=True)
class Change:
    """One write: the slice as it should be (None: delete it), and the one that is there (None: create it)."""

    wanted: Object | None
    present: Object | None


def changes(service: Object, found: list[Backend], present: list[Object], api_version: str, zone: Zone) -> list[Change]:
    """What to write so that the slices say what was found; an endpoint stays in the slice that has it."""
    left, content = list(present), []
    for ports, backends in by_ports(found) or [([], [])]:
        endpoints = [_endpoint(service, each, api_version, zone) for each in backends if _is_shown(each, api_version)]
        own = [each for each in left if json.dumps(_port_key(each)) == json.dumps(ports)]
        for at, members in enumerate(_spread(endpoints, own)):
            kept = own[at] if at < len(own) else None
            content.append((ports, members, kept))
            left = [each for each in left if each is not kept]
    needed = []
    for ports, members, kept in content:
        # One that would go is written anew before another one is made.
        present_one = kept or (left.pop(0) if left else None)
        wanted = _slice(service, ports, members, api_version, present_one)
        if present_one is None or _said(wanted) != _said(present_one):
            needed.append(Change(wanted, present_one))
    return needed + [Change(None, each) for each in left]


def _spread(endpoints: list[Object], slices: list[Object]) -> list[list[Object]]:
    """Endpoints per slice: those at hand first, in order, then new ones; empty ones at the end are not needed."""
    wanted = {each["targetRef"]["uid"]: each for each in endpoints}
    spread = []
    for each in slices:
        uids = [old["targetRef"]["uid"] for old in each.get("endpoints") or [] if old.get("targetRef", {}).get("uid") in wanted]
        spread.append([wanted.pop(uid) for uid in dict.fromkeys(uids)])
    fresh = list(wanted.values())
    for members in spread:
        room = max(MOST - len(members), 0)
        members += fresh[:room]
        del fresh[:room]
    spread += [fresh[at : at + MOST] for at in range(0, len(fresh), MOST)] or ([[]] if not spread else [])
    while len(spread) > 1 and not spread[-1]:
        spread.pop()
    return spread


def _is_shown(backend: Backend, api_version: str) -> bool:
    # The beta version has no word for an endpoint that is about to go.
    return not backend.terminating or api_version.endswith("/v1")


def _endpoint(service: Object, backend: Backend, api_version: str, zone: Zone) -> Object:
    ready = bool(service["spec"].get("publishNotReadyAddresses")) or (backend.serving and not backend.terminating)
    node, hostname = backend.pod["spec"].get("nodeName", ""), backend.hostname(service)
    endpoint: Object = {"addresses": [backend.address], "conditions": {"ready": ready}, "targetRef": backend.reference}
    endpoint |= {"hostname": hostname} if hostname else {}
    if not api_version.endswith("/v1"):
        return endpoint | {"topology": {"kubernetes.io/hostname": node}}
    endpoint["conditions"] |= {"serving": backend.serving, "terminating": backend.terminating}
    return endpoint | {"nodeName": node} | ({"zone": zone(node)} if zone(node) else {})


def _slice(service: Object, ports: list[Object], endpoints: list[Object], api_version: str, kept: Object | None) -> Object:
    metadata = service["metadata"]
    owner = {"apiVersion": "v1", "kind": "Service", "name": metadata["name"], "uid": metadata["uid"]}
    owned = {"namespace": metadata["namespace"], "labels": labels(service)}
    owned |= {"ownerReferences": [owner | {"controller": True, "blockOwnerDeletion": True}]}
    named = kept["metadata"] if kept else {"generateName": f"{metadata['name']}-"}
    content = {"addressType": "IPv4", "endpoints": endpoints, "ports": ports}
    return {"apiVersion": api_version, "kind": "EndpointSlice", "metadata": {**named, **owned}, **content}


def labels(service: Object) -> dict[str, str]:
    """The Service's own labels and those that say whose slice it is."""
    own = {
        key: value for key, value in (service["metadata"].get("labels") or {}).items() if key not in (SERVICE_NAME, MANAGED_BY, HEADLESS)
    }
    headless = {HEADLESS: ""} if service["spec"].get("clusterIP") == "None" else {}
    return own | headless | {SERVICE_NAME: service["metadata"]["name"], MANAGED_BY: MANAGER}


def _port_key(present: Object) -> list[Object]:
    """The ports of a slice in the form in which backends have them."""
    keys = ("name", "port", "protocol", "appProtocol")
    return [{key: each.get(key, "") for key in keys if key in each or key == "name"} for each in present.get("ports") or []]


def _said(each: Object) -> tuple[Any, ...]:
    return each["metadata"].get("labels") or {}, each.get("endpoints") or [], _port_key(each)
