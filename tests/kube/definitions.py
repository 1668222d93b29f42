"""CustomResourceDefinitions of kinds that a cluster may lack: real ones where a copy lies beside the checkout, small ones of our own."""

import copy
import time
from pathlib import Path
from typing import Any

import yaml

from kube.connect import Api
from kube.errors import ApiError
from kube.kinds import KINDS, Kind

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT.parent / "shared" / "crds", ROOT / "shared" / "crds")
REAL = {path.stem: path for folder in FOLDERS if folder.is_dir() for path in folder.glob("*.yaml")}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
# As the Gateway API declares them: lists that are kept whole, with defaults in their items (old servers take no empty ones).
BACKENDS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {
            "group": {"type": "string"},
            "kind": {"type": "string", "default": "Service"},
            "name": {"type": "string"},
            "port": {"type": "integer"},
            "weight": {"type": "integer", "default": 1},
        },
    },
}
PARENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "group": {"type": "string", "default": "gateway.networking.k8s.io"},
            "kind": {"type": "string", "default": "Gateway"},
            "name": {"type": "string"},
            "namespace": {"type": "string"},
        },
    },
}
RULES = {
    "type": "array",
    "default": [{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}]}],
    "items": {
        "type": "object",
        "properties": {
            "matches": {"type": "array", "default": [{"path": {"type": "PathPrefix", "value": "/"}}], "items": OPEN},
            "backendRefs": BACKENDS,
        },
    },
}
ROUTE = {
    "type": "object",
    "properties": {"parentRefs": PARENTS, "hostnames": {"type": "array", "items": {"type": "string"}}, "rules": RULES},
}


def kind_named(kind: str) -> Kind:
    """The row of a custom kind."""
    return next(row for row in KINDS.values() if row.kind == kind)


def small(kind: str, spec: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A definition of one of our custom kinds that takes any spec, or the given schema of it; `more` are further parts of its schema."""
    row = kind_named(kind)
    schema = {"type": "object", "properties": {"spec": spec or OPEN, "status": OPEN, **more}}
    version = {"name": row.api_version.partition("/")[2], "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": kind, "listKind": f"{kind}List", "plural": row.plural, "singular": kind.lower()}
    scope = "Namespaced" if row.namespaced else "Cluster"
    # Some of these groups are protected: their definitions must say who approved them.
    approved = {"api-approved.kubernetes.io": "unapproved, for tests"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": row.definition, "annotations": approved},
        "spec": {"group": row.group, "names": names, "scope": scope, "versions": [{**version, "subresources": {"status": {}}}]},
    }


def route() -> dict[str, Any]:
    """HTTPRoute, with the defaults of the Gateway API."""
    return small("HTTPRoute", copy.deepcopy(ROUTE))


def real(stem: str) -> dict[str, Any]:
    """A project's own definition, by its file's name."""
    return dict(yaml.load(REAL[stem].read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - a safe loader


def install(api: Api, definition: dict[str, Any]) -> None:
    """Installs a definition, unless one of its name is there, and waits until its kind is served."""
    try:
        api.request("POST", DEFINITIONS, body=definition)
    except ApiError as error:
        if not error.already_exists:
            raise
    spec = definition["spec"]
    _until(lambda: api.request("GET", f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}?limit=1"))


def uninstall(api: Api, definition: dict[str, Any]) -> None:
    """Removes a definition and with it every object of its kind; returns when it is gone."""
    path = f"{DEFINITIONS}/{definition['metadata']['name']}"
    try:
        api.request("DELETE", path)
    except ApiError as error:
        if not error.not_found:
            raise
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            api.request("GET", path)
        except ApiError as error:
            if error.not_found:
                return
            raise
        time.sleep(0.05)
    raise AssertionError(f"{path} does not go")


def _until(ask: Any) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            ask()
            return
        except ApiError as error:
            if not error.not_found or time.monotonic() > deadline:
                raise
        time.sleep(0.05)
