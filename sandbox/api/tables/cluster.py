"""Tables of nodes, namespaces, events and APIServices."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age, or_none, since
from sandbox.api.tables.columns import Printer, columns
from sandbox.kinds.rules import Object

ROLE, OLD_ROLE = "node-role.kubernetes.io/", "kubernetes.io/role"
UNKNOWN = "<unknown>"


def _node(node: Object, now: datetime) -> list[Any]:
    status = node.get("status") or {}
    info = status.get("nodeInfo") or {}
    addresses = {each["type"]: each["address"] for each in reversed(status.get("addresses") or [])}
    shown = [info.get(key) or UNKNOWN for key in ("osImage", "kernelVersion", "containerRuntimeVersion")]
    first = [node["metadata"]["name"], _node_status(node, status), _roles(node), age(node, now), info.get("kubeletVersion", "")]
    return [*first, or_none(addresses.get("InternalIP")), or_none(addresses.get("ExternalIP")), *shown]


def _node_status(node: Object, status: Object) -> str:
    ready = [each["status"] for each in status.get("conditions") or [] if each["type"] == "Ready"]
    words = ["Unknown" if not ready else "Ready" if ready[0] == "True" else "NotReady"]
    if (node.get("spec") or {}).get("unschedulable"):
        words.append("SchedulingDisabled")
    return ",".join(words)


def _roles(node: Object) -> str:
    labels = node["metadata"].get("labels") or {}
    roles = {key.removeprefix(ROLE) for key in labels if key.startswith(ROLE) and key != ROLE}
    return ",".join(sorted(roles | ({labels[OLD_ROLE]} if labels.get(OLD_ROLE) else set()))) or "<none>"


def _namespace(namespace: Object, now: datetime) -> list[Any]:
    return [namespace["metadata"]["name"], (namespace.get("status") or {}).get("phase", ""), age(namespace, now)]


def _event(event: Object, now: datetime) -> list[Any]:
    series, target = event.get("series") or {}, event.get("involvedObject") or {}
    first = event.get("firstTimestamp") or event.get("eventTime")
    last = series.get("lastObservedTime") or event.get("lastTimestamp") or first
    about = "/".join(each for each in (target.get("kind", "").lower(), target.get("name")) if each)
    row = [since(last, now), event.get("type", ""), event.get("reason", ""), about, target.get("fieldPath", "")]
    count = series.get("count") or event.get("count") or 1
    return [*row, _source(event), event.get("message", "").strip(), since(first, now), count, event["metadata"]["name"]]


def _source(event: Object) -> str:
    source = event.get("source") or {}
    component = source.get("component") or event.get("reportingComponent") or ""
    instance = source.get("host") or event.get("reportingInstance") or ""
    return ", ".join(each for each in (component, instance) if each)


def _api_service(value: Object, now: datetime) -> list[Any]:
    service = (value.get("spec") or {}).get("service")
    behind = f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"
    found = [each for each in (value.get("status") or {}).get("conditions") or [] if each["type"] == "Available"]
    available = "Unknown" if not found else found[0]["status"]
    if available == "False" and found[0].get("reason"):
        available = f"False ({found[0]['reason']})"
    return [value["metadata"]["name"], behind, available, age(value, now)]


API_SERVICE = Printer(columns("Name, Service, Available, Age"), _api_service)
NODE = Printer(
    columns("Name, Status, Roles, Age, Version, Internal-IP+, External-IP+, OS-Image+, Kernel-Version+, Container-Runtime+"), _node
)
NAMESPACE = Printer(columns("Name, Status, Age"), _namespace)
EVENT = Printer(
    columns("Last Seen, Type, Reason, Object, Subobject+, Source+, Message, First Seen+, Count+, Name+"),
    _event,
)
