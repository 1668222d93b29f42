"""Reads from a cluster what its KServe can do, and makes due what is rendered by it when that has changed."""

import json
import logging
import time
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from clusters.connections import connection
from clusters.models import Cluster
from clusters.owner_rows import rows_in
from clusters.serving import ClusterServing, Format, Runtime
from kube.connect import Api
from kube.definitions import definition
from kube.errors import ApiError
from kube.kinds import RUNTIMES
from kube.lists import list_all
from reconcile.due import mark_due
from reconcile.registry import kinds

logger = logging.getLogger(__name__)

DEFINITION = "inferenceservices.serving.kserve.io"
MODES = {"Standard": "Standard", "RawDeployment": "Standard", "Knative": "Knative", "Serverless": "Knative"}
# Without the key KServe serves by Knative.
DEFAULT_SPELLING = "Serverless"
# A definition that has one of these is of KServe 0.16 or later, whose controller knows the stop annotation.
SINCE_STOP = ("storageUris",)
# What KServe's own initializer fetches, and claims, which it mounts.
BUILT_IN = ("s3://", "gs://", "pvc://", "http://", "https://", "hdfs://", "webhdfs://", "hf://")
SERVED = {
    "ServiceMonitor": ("monitoring.coreos.com", "v1"),
    "PodDisruptionBudget": ("policy", "v1"),
    "HTTPRoute": ("gateway.networking.k8s.io", "v1"),
    "Ingress": ("networking.k8s.io", "v1"),
    "HorizontalPodAutoscaler": ("autoscaling", "v2"),
}
# An installation goes on for a while: what has just changed is read again soon, then at twice the distance each time.
SOON_SECONDS, WHOLE_EVERY_SECONDS = 4.0, 60.0


class _Reading(NamedTuple):
    """The version of the definition then, and after how many seconds all is read again."""

    version: str
    at: float
    pause: float


_read: dict[int, _Reading] = {}


def refresh_if_due(cluster: Cluster) -> bool:
    """Reads all of it once a minute, more often after a change, and at once when KServe's definition came, went or changed.

    Raises KubeError.
    """
    found = definition(connection(cluster), DEFINITION)
    version = str(found["metadata"].get("resourceVersion", "")) if found else ""
    last = _read.get(cluster.pk)
    is_known = last is not None and last.version == version
    if last and is_known and time.monotonic() - last.at < last.pause:
        return False
    changed = refresh_serving(cluster)
    pause = min(last.pause * 2, WHOLE_EVERY_SECONDS) if last and is_known and not changed else SOON_SECONDS
    _read[cluster.pk] = _Reading(version, time.monotonic(), pause)
    return changed


def read_again(cluster_id: int) -> None:
    """Has this process read all of it at the next look, as when a kind came or went."""
    _read.pop(cluster_id, None)


def refresh_serving(cluster: Cluster, api: Api | None = None) -> bool:
    """Reads what the cluster serves and keeps it; True when it changed: then what is rendered by it is due. Raises KubeError."""
    override = cluster.serving_override or {}
    serving = read_serving(api or connection(cluster), namespace=override.get("namespace") or "kserve").dump()
    with transaction.atomic():
        row = Cluster.objects.select_for_update().get(pk=cluster.pk)
        if not serving["installed"]:
            # While KServe's kind is away, what stands beside its objects stays as it was made for the KServe that was there.
            serving = {**serving, **row.capabilities.get("serving", {}), "installed": False, "kinds": serving["kinds"]}
        if row.capabilities.get("serving") == serving:
            return False
        row.capabilities = {**row.capabilities, "serving": serving}
        row.save(update_fields=["capabilities"])
        make_followers_due(row)
    logger.info("%s serves differently than before", cluster.name)
    return True


def make_followers_due(cluster: Cluster) -> None:
    """Everything that is rendered by what the cluster can do is looked at again."""
    for kind in kinds():
        if kind.follows_cluster:
            for pk in rows_in(kind, cluster).values_list("pk", flat=True):
                mark_due(kind.name, pk)


def read_serving(api: Api, namespace: str = "kserve") -> ClusterServing:
    """What the cluster has now; not installed without KServe's definition. Raises KubeError."""
    found = definition(api, DEFINITION, whole=True)
    served = _served(api)
    if found is None:
        return ClusterServing(kinds=served, namespace=namespace)
    fields = _predictor_and_spec(found)
    config, problems = _config(api, namespace)
    spelling = str(config["deploy"].get("defaultDeploymentMode") or DEFAULT_SPELLING)
    containers = _list(api, "ClusterStorageContainer")
    return ClusterServing(
        installed=True,
        mode=MODES.get(spelling, ""),
        spelling=spelling,
        canary="canary" in fields,
        stops=True if "canary" in fields or fields & set(SINCE_STOP) else None,
        runtimes=tuple(_runtime(each) for each in _list(api, "ClusterServingRuntime")),
        uri_prefixes=tuple(dict.fromkeys((*BUILT_IN, *_prefixes(containers)))),
        uri_patterns=tuple(_formats(containers, "regex")),
        initializer=_initializer(containers),
        kinds=served,
        namespace=namespace,
        problems=problems,
        **_ingress(config["ingress"]),
    )


def _predictor_and_spec(found: dict[str, Any]) -> set[str]:
    """The names of the fields of an InferenceService's spec and of its predictor."""
    versions = {version["name"]: version for version in found["spec"].get("versions") or []}
    schema = (versions.get("v1beta1") or {}).get("schema") or {}
    spec = _inside(schema, "openAPIV3Schema", "properties", "spec", "properties")
    return set(spec) | set(_inside(spec, "predictor", "properties"))


def _inside(tree: dict[str, Any], *path: str) -> dict[str, Any]:
    for key in path:
        tree = tree.get(key) or {}
    return tree


def _served(api: Api) -> frozenset[str]:
    groups = {group["name"]: {each["version"] for each in group["versions"]} for group in api.request("GET", "/apis").get("groups", [])}
    offered = {(group, version) for group, version in SERVED.values() if version in groups.get(group, ())}
    known = {place: _kinds_of(api, *place) for place in sorted(offered)}
    return frozenset(kind for kind, place in SERVED.items() if kind in known.get(place, ()))


def _kinds_of(api: Api, group: str, version: str) -> set[str]:
    """A group may be served without one of its kinds."""
    try:
        return {each["kind"] for each in api.request("GET", f"/apis/{group}/{version}").get("resources", [])}
    except ApiError as error:
        if error.not_found:
            return set()
        raise


def _config(api: Api, namespace: str) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    try:
        data = api.request("GET", f"/api/v1/namespaces/{namespace}/configmaps/inferenceservice-config").get("data") or {}
    except ApiError as error:
        if not error.not_found and error.status != 403:
            raise
        return {"deploy": {}, "ingress": {}}, (gettext_noop("KServe's configuration cannot be read; its defaults are assumed."),)
    sections, problems = {}, []
    for name in ("deploy", "ingress"):
        try:
            section = json.loads(data.get(name) or "{}")
        except ValueError:
            section = None
        sections[name] = section if isinstance(section, dict) else {}
        if section is None:
            problems.append(gettext_noop("A section of KServe's configuration is no JSON; its defaults are assumed."))
    return sections, tuple(problems)


def _ingress(section: dict[str, Any]) -> dict[str, Any]:
    gateway_api = bool(section.get("enableGatewayApi"))
    return {
        "domain": str(section.get("ingressDomain") or ""),
        "domain_template": str(section.get("domainTemplate") or ""),
        "url_scheme": str(section.get("urlScheme") or "http"),
        "path_template": str(section.get("pathTemplate") or ""),
        "ingress_class": str(section.get("ingressClassName") or ""),
        "gateway_api": gateway_api,
        "gateway": str(section.get("kserveIngressGateway") or "") if gateway_api else "",
        "ingress_created": not section.get("disableIngressCreation"),
    }


def _list(api: Api, kind: str) -> list[dict[str, Any]]:
    try:
        items, _version = list_all(api, RUNTIMES, kind)
        return list(items)
    except ApiError as error:
        if error.not_found or error.status == 403:
            return []
        raise


def _runtime(found: dict[str, Any]) -> Runtime:
    spec = found.get("spec") or {}
    formats = tuple(
        Format(str(each.get("name") or ""), str(each.get("version") or ""), bool(each.get("autoSelect")))
        for each in spec.get("supportedModelFormats") or []
    )
    protocols = tuple(map(str, spec.get("protocolVersions") or ()))
    return Runtime(found["metadata"]["name"], formats, protocols, bool(spec.get("disabled")))


def _formats(containers: list[dict[str, Any]], key: str) -> list[str]:
    each = (one for container in containers for one in (container.get("spec") or {}).get("supportedUriFormats") or [])
    return [str(one[key]) for one in each if one.get(key)]


def _prefixes(containers: list[dict[str, Any]]) -> list[str]:
    return _formats(containers, "prefix")


def _initializer(containers: list[dict[str, Any]]) -> dict[str, Any]:
    """The security context of the container that fetches models: of the one called default, else of the first."""
    named = sorted(containers, key=lambda each: each["metadata"]["name"] != "default")
    spec = (named[0].get("spec") or {}) if named else {}
    return dict((spec.get("container") or {}).get("securityContext") or {})
