"""What this server serves: versions, groups and resources."""

from typing import Any

from sandbox.api.paths import REVIEWS
from sandbox.kinds.table import KINDS, Kind

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
SUBRESOURCE_KINDS = {
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ["create"]),
    "binding": ("", "", "Binding", ["create"]),
    "eviction": ("policy", "v1", "Eviction", ["create"]),
    "scale": ("autoscaling", "v1", "Scale", ["get", "patch", "update"]),
    "finalize": ("", "", "Namespace", ["update"]),
}


def discover(path: str) -> dict[str, Any] | None:
    """The document at a discovery path, or None."""
    parts = [part for part in path.split("/") if part]
    if parts == ["version"]:
        return VERSION
    if parts == ["api"]:
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if parts == ["apis"]:
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(group, version) for group, version in _groups()]}
    if parts == ["api", "v1"]:
        return _resources("", "v1")
    if parts[:1] == ["apis"] and len(parts) == 2:
        return next(
            ({"kind": "APIGroup", "apiVersion": "v1", **_group(group, version)} for group, version in _groups() if group == parts[1]), None
        )
    if parts[:1] == ["apis"] and len(parts) == 3 and (parts[1], parts[2]) in _groups():
        return _resources(parts[1], parts[2])
    return None


def _groups() -> list[tuple[str, str]]:
    return list(dict.fromkeys([*[(kind.group, kind.version) for kind in KINDS if kind.group], *REVIEWS]))


def _group(group: str, version: str) -> dict[str, Any]:
    served = {"groupVersion": f"{group}/{version}", "version": version}
    return {"name": group, "versions": [served], "preferredVersion": served}


def _resources(group: str, version: str) -> dict[str, Any]:
    listed = [entry for kind in KINDS if (kind.group, kind.version) == (group, version) for entry in _entries(kind)]
    listed += [_review(plural) for plural in REVIEWS.get((group, version), ())]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}" if group else version, "resources": listed}


def _entries(kind: Kind) -> list[dict[str, Any]]:
    base = {"singularName": kind.name.lower(), "namespaced": kind.namespaced, "kind": kind.name}
    entry: dict[str, Any] = {"name": kind.plural, **base, "verbs": list(kind.verbs)}
    for key, values in (("shortNames", kind.short_names), ("categories", kind.categories)):
        if values:
            entry[key] = list(values)
    entries = [entry]
    if kind.status:
        entries.append({"name": f"{kind.plural}/status", **base, "singularName": "", "verbs": ["get", "patch", "update"]})
    for name in kind.subresources:
        group, version, kind_name, verbs = SUBRESOURCE_KINDS[name]
        more = {"group": group, "version": version} if group else {}
        entries.append(
            {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced, **more, "kind": kind_name, "verbs": verbs}
        )
    return entries


def _review(plural: str) -> dict[str, Any]:
    return {"name": plural, "singularName": "", "namespaced": plural.startswith("local"), "kind": REVIEW_KINDS[plural], "verbs": ["create"]}
