"""What this server serves: versions, groups and resources."""

from typing import Any

from sandbox.api.paths import REVIEWS
from sandbox.kinds.served import Served, version_rank
from sandbox.kinds.table import Kind

GIT_VERSION = "v1.34.0+slipway-sandbox"
VERSION = {
    "major": "1",
    "minor": "34",
    "gitVersion": GIT_VERSION,
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "linux/amd64",
}
REVIEW_KINDS = {
    "subjectaccessreviews": "SubjectAccessReview",
    "selfsubjectaccessreviews": "SelfSubjectAccessReview",
    "localsubjectaccessreviews": "LocalSubjectAccessReview",
    "selfsubjectrulesreviews": "SelfSubjectRulesReview",
    "tokenreviews": "TokenReview",
    "selfsubjectreviews": "SelfSubjectReview",
}
PROXY_VERBS = ["create", "delete", "get", "patch", "update"]
SUBRESOURCE_KINDS = {
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ["create"]),
    "binding": ("", "", "Binding", ["create"]),
    "eviction": ("policy", "v1", "Eviction", ["create"]),
    "scale": ("autoscaling", "v1", "Scale", ["get", "patch", "update"]),
    "finalize": ("", "", "Namespace", ["update"]),
    "log": ("", "", "Pod", ["get"]),
    "exec": ("", "", "PodExecOptions", ["create", "get"]),
    "attach": ("", "", "PodAttachOptions", ["create", "get"]),
    "portforward": ("", "", "PodPortForwardOptions", ["create", "get"]),
    "pods/proxy": ("", "", "PodProxyOptions", PROXY_VERBS),
    "services/proxy": ("", "", "ServiceProxyOptions", PROXY_VERBS),
    "nodes/proxy": ("", "", "NodeProxyOptions", PROXY_VERBS),
}


def discover(path: str, kinds: Served) -> dict[str, Any] | None:
    """The document at a discovery path, or None."""
    parts = [part for part in path.split("/") if part]
    if parts == ["version"]:
        return VERSION
    if parts == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if parts == ["api", "v1"]:
        return _resource_list("", "v1", kinds)
    if parts[:1] == ["apis"]:
        return _groups_document(parts[1:], kinds)
    return None


def groups_of(kinds: Served) -> dict[str, list[str]]:
    """Every named group and its versions, the preferred one first."""
    versions: dict[str, list[str]] = {}
    for group, version in dict.fromkeys([*[(kind.group, kind.version) for kind in kinds if kind.group], *REVIEWS]):
        versions.setdefault(group, []).append(version)
    return {group: sorted(found, key=version_rank, reverse=True) for group, found in versions.items()}


def resources_of(group: str, version: str, kinds: Served) -> list[dict[str, Any]]:
    """The resources and subresources of a group's version, as an APIResourceList holds them."""
    listed = [entry for kind in kinds if (kind.group, kind.version) == (group, version) for entry in _entries(kind)]
    return listed + [_review(plural) for plural in REVIEWS.get((group, version), ())]


def _groups_document(parts: list[str], kinds: Served) -> dict[str, Any] | None:
    groups = groups_of(kinds)
    if not parts:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(group, found) for group, found in groups.items()]}
    if len(parts) == 1 and parts[0] in groups:
        return {"kind": "APIGroup", "apiVersion": "v1", **_group(parts[0], groups[parts[0]])}
    if len(parts) == 2 and parts[1] in groups.get(parts[0], ()):
        return _resource_list(parts[0], parts[1], kinds)
    return None


def _group(group: str, versions: list[str]) -> dict[str, Any]:
    served = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": served, "preferredVersion": served[0]}


def _resource_list(group: str, version: str, kinds: Served) -> dict[str, Any]:
    listed = resources_of(group, version, kinds)
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}" if group else version, "resources": listed}


def _entries(kind: Kind) -> list[dict[str, Any]]:
    base = {"singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.name}
    entry: dict[str, Any] = {"name": kind.plural, **base, "verbs": list(kind.verbs)}
    for key, values in (("shortNames", kind.short_names), ("categories", kind.categories)):
        if values:
            entry[key] = list(values)
    entries = [entry]
    if kind.status:
        entries.append({"name": f"{kind.plural}/status", **base, "singularName": "", "verbs": ["get", "patch", "update"]})
    for name in kind.subresources:
        group, version, kind_name, verbs = SUBRESOURCE_KINDS.get(f"{kind.plural}/{name}") or SUBRESOURCE_KINDS[name]
        more = {"group": group, "version": version} if group else {}
        entries.append(
            {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced, **more, "kind": kind_name, "verbs": verbs}
        )
    return entries


def _review(plural: str) -> dict[str, Any]:
    return {"name": plural, "singularName": "", "namespaced": plural.startswith("local"), "kind": REVIEW_KINDS[plural], "verbs": ["create"]}
