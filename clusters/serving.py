"""What a cluster's KServe can do, as it was last read and as the administrator corrects it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from clusters.models import Cluster


@dataclass(frozen=True)
class Format:
    """A model format that a runtime serves; `auto` says whether KServe chooses the runtime by itself for it."""

    name: str
    version: str = ""
    auto: bool = False


@dataclass(frozen=True)
class Runtime:
    """A ClusterServingRuntime."""

    name: str
    formats: tuple[Format, ...] = ()
    protocols: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True)
class ClusterServing:
    """`mode` is Standard, Knative or "" (unknown), `spelling` the cluster's own word for it. `canary`: the definition has spec.canary.

    `stops`: whether the stop annotation works; None when that is not known. `kinds`: those of ServiceMonitor, PodDisruptionBudget,
    HTTPRoute, Ingress and HorizontalPodAutoscaler that are served. `uri_prefixes`: where models can be fetched from; empty when that is
    not known. `gateway` is "namespace/name", `initializer` the security context of the container that fetches models. `namespace` is
    KServe's own. `problems` are in the reader's words.
    """

    installed: bool = False
    mode: str = ""
    spelling: str = ""
    canary: bool = False
    stops: bool | None = None
    domain: str = ""
    domain_template: str = ""
    url_scheme: str = "http"
    path_template: str = ""
    ingress_class: str = ""
    gateway: str = ""
    gateway_api: bool = False
    ingress_created: bool = True
    runtimes: tuple[Runtime, ...] = ()
    uri_prefixes: tuple[str, ...] = ()
    uri_patterns: tuple[str, ...] = ()
    initializer: Mapping[str, Any] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    namespace: str = "kserve"
    problems: tuple[str, ...] = ()

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON that `dump` made; what is missing has its default."""
        known = {each.name for each in fields(cls)}
        given: dict[str, Any] = {key: value for key, value in data.items() if key in known}
        for name in ("uri_prefixes", "uri_patterns", "problems"):
            given[name] = tuple(given.get(name) or ())
        given["kinds"] = frozenset(given.get("kinds") or ())
        given["runtimes"] = tuple(_runtime(each) for each in given.get("runtimes") or ())
        return cls(**given)

    def dump(self) -> dict[str, Any]:
        """As JSON for the cluster's capabilities."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        runtimes = [
            {
                "name": runtime.name,
                "formats": [[each.name, each.version, each.auto] for each in runtime.formats],
                "protocols": list(runtime.protocols),
                "disabled": runtime.disabled,
            }
            for runtime in self.runtimes
        ]
        lists = {name: list(found[name]) for name in ("uri_prefixes", "uri_patterns", "problems")}
        return {**found, **lists, "kinds": sorted(self.kinds), "initializer": dict(self.initializer), "runtimes": runtimes}


def serving_of(cluster: Cluster) -> ClusterServing:
    """What was last read of the cluster, with the administrator's override over it."""
    known = cluster.capabilities.get("serving") or {}
    return ClusterServing.load({**known, **(cluster.serving_override or {})})


def _runtime(data: Mapping[str, Any]) -> Runtime:
    formats = tuple(Format(*each) for each in data.get("formats") or ())
    return Runtime(data["name"], formats, tuple(data.get("protocols") or ()), bool(data.get("disabled")))
