"""The scheduler: why no node takes a pod, node by node ("0/6 nodes are available: 3 Insufficient cpu, ..."), as written since 1.20."""

import re

from diagnosis.messages.fact import Fact, Shape, fact, first

_HEAD = re.compile(r"^\d+/(?P<nodes>\d+) nodes are available: (?P<reasons>.*)$", re.DOTALL)
_END = re.compile(r"\.(?:\s|$)")
_ITEM = re.compile(r"^(?:(?P<count>\d+) )?(?P<words>.*)$", re.DOTALL)
# 1.24 and before: "2 node(s) had taint {a: b}, that the pod didn't tolerate".
_OLD_TAINT = re.compile(r"\}, that the pod didn't tolerate")
_GPU = ("gpu", "/mig-")
_ABOUT_CLAIMS = (
    Shape("claim-missing", r'persistentvolumeclaim "(?P<claim>[^"]+)" not found'),
    Shape("claim-deleting", r'persistentvolumeclaim "(?P<claim>[^"]+)" is being deleted'),
    Shape("claim-lost", r'persistentvolumeclaim "(?P<claim>[^"]+)" bound to non-existent persistentvolume'),
    Shape("claim-lost", r"pvc\(s\) bound to non-existent pv\(s\)"),
    Shape("claim-unbound", r"unbound immediate PersistentVolumeClaims"),
    Shape("storage-class-missing", r'storageclass\.storage\.k8s\.io "(?P<storage_class>[^"]+)" not found'),
)
_ITEMS = (
    Shape("node-control-plane", r"taint \{(?P<taint>node-role\.kubernetes\.io/(?:master|control-plane)\b[^}]*)\}"),
    Shape("node-away", r"taint \{(?P<taint>node\.kubernetes\.io/(?:not-ready|unreachable|network-unavailable)\b[^}]*)\}"),
    Shape("node-away", r"^node\(s\) were not ready"),
    Shape("node-cordoned", r"taint \{node\.kubernetes\.io/unschedulable\b[^}]*\}|^node\(s\) were unschedulable"),
    Shape("node-pressure", r"taint \{(?P<taint>node\.kubernetes\.io/(?:memory|disk|pid)-pressure\b[^}]*)\}"),
    Shape("node-reserved", r"taint \{(?P<taint>[^}]*)\}"),
    Shape("node-reserved-unsaid", r"untolerated taint\(s\)"),
    Shape("node-pressure", r"^node\(s\) had (?P<taint>(?:memory|disk|pid) pressure)"),
    Shape("node-selector", r"didn't match (?:Pod's node affinity|node selector|the requested node name|node affinity)"),
    Shape("pod-anti-affinity", r"anti-affinity rules"),
    Shape("pod-affinity", r"didn't match pod affinity"),
    Shape("spread", r"didn't match pod topology spread constraints"),
    Shape("ports-taken", r"didn't have free ports"),
    Shape("volume-elsewhere-bound", r"volume node affinity conflict|no available volume zone"),
    Shape("volume-count", r"exceed max volume count"),
    Shape("volume-none", r"didn't find available persistent volumes to bind"),
    Shape("device-claim", r"cannot allocate all claims"),
    Shape("pods-full", r"^Too many pods|^Insufficient pods$"),
    *_ABOUT_CLAIMS,
)
_WHOLE = (
    Shape("no-nodes", r"^no nodes available to schedule pods"),
    Shape("gated", r"non-empty scheduling gates"),
    Shape("device-claim-missing", r'resourceclaim "(?P<claim>[^"]+)" not found|waiting for (?:dynamic )?resource claim'),
    *_ABOUT_CLAIMS,
)
# On these nodes it could run, if there were room: that is what it waits for, whatever nodes it does not fit besides.
_ROOM = ("gpu-short", "device-short", "device-claim", "cpu-short", "memory-short", "disk-short", "pods-full", "ports-taken", "volume-count")
# Nodes that are not meant for such pods, or for none just now, come last.
_LAST = ("node-away", "node-cordoned", "node-reserved-unsaid", "node-control-plane")


def read(reason: str, message: str) -> list[Fact]:
    """One fact for each kind of reason, with `count` of `nodes` nodes that it keeps away."""
    head = _HEAD.match(message)
    if head is None:
        return first(_WHOLE, reason, message) if reason in ("FailedScheduling", "Unschedulable", "SchedulingGated") else []
    told = _OLD_TAINT.sub("}", _END.split(head["reasons"], maxsplit=1)[0])
    found = [_item(item.strip(), head["nodes"]) for item in _separate(told) if item.strip()]
    return sorted(found, key=_place)


def _place(found: Fact) -> tuple[int, int]:
    """Where it stands among the others; of what keeps it from nodes, that which keeps it from most of them comes first."""
    if found.code in _LAST:
        return 2 + _LAST.index(found.code), 0
    return (0 if found.code in _ROOM else 1), -int(found.values["count"])


def _item(text: str, nodes: str) -> Fact:
    item = _ITEM.match(text)
    assert item is not None  # noqa: S101 - it matches every text
    numbers = {"count": item["count"] or nodes, "nodes": nodes}
    if short := re.match(r"Insufficient (\S+)$", item["words"]):
        return fact(_short(short[1]), resource=short[1], **numbers)
    read = first(_ITEMS, "", item["words"])
    return fact(read[0].code, **{**numbers, **read[0].values}) if read else fact("node-refused", words=item["words"], **numbers)


def _short(resource: str) -> str:
    plain = {"cpu": "cpu-short", "memory": "memory-short", "ephemeral-storage": "disk-short", "pods": "pods-full"}
    return plain.get(resource) or ("gpu-short" if any(part in resource.lower() for part in _GPU) else "device-short")


def _separate(text: str) -> list[str]:
    """At commas that stand outside of braces and are followed by another reason."""
    return re.split(r", (?![^{]*\})", text)
