"""What a row of a deployment promises, written down once more from the documentation, against what is live."""

import re
from typing import Any

from tests.faults.oracle_cluster import DEPLOYED, Thing, claim_of
from tests.faults.oracle_database import Row

OWNER = "slipway.dev/owner"
DEPLOYMENT = "slipway.dev/deployment"
# Named like the deployment; the others may carry the number of a revision behind it.
ALONE = ("ServiceMonitor", "HTTPRoute", "Ingress")


def deployment_complaints(row: Row, live: dict[str, Thing]) -> list[str]:
    """Everything in which the cluster is not what this row says, or the row says more than is so."""
    where = f"{row['namespace_name']}/{row['name']}"
    ours = {f"{t['kind']}/{t['metadata']['name']}": t for t in live.values() if t["kind"] in DEPLOYED and claim_of(t) == row["claim"]}
    if row["deleted_at"]:
        return [f"{where} is noted as deleted and {what} stands" for what in ours]
    if row["observed_generation"] > row["generation"]:
        return [f"{where} observed a generation that was never wanted"]
    kept = {f"{entry['kind']}/{entry['name']}": entry["uid"] for entry in row["inventory"]}
    found = [f"{where}: {what} is live and the inventory does not know it" for what in set(ours) - set(kept)]
    if row["observed_generation"] != row["generation"] or row["deletion_requested_at"] or row["paused"]:
        return found
    return [*found, *(f"{where}: {complaint}" for complaint in _confirmed(row, ours, kept))]


def _confirmed(row: Row, ours: dict[str, Thing], kept: dict[str, str]) -> list[str]:
    found = [f"{what} is in the inventory and not live" for what in set(kept) - set(ours)]
    found += [f"{what} has another UID than the inventory" for what, thing in ours.items() if kept.get(what) != thing["metadata"]["uid"]]
    found += [complaint for what, thing in ours.items() for complaint in _marks(row, what, thing)]
    kinds = sorted(thing["kind"] for thing in ours.values())
    if kinds != sorted(wanted := _wanted_kinds(row)):
        return [*found, f"has {kinds}, wanted are {sorted(wanted)}"]
    return found + [f"{what}: {wrong}" for what, thing in ours.items() for wrong in CONTENT[thing["kind"]](row, thing)]


def _marks(row: Row, what: str, thing: Thing) -> list[str]:
    metadata, found = thing["metadata"], []
    if (metadata.get("labels") or {}).get(OWNER) != f"deployment.{row['id']}":
        found.append(f"{what} names another owner")
    if metadata.get("deletionTimestamp"):
        found.append(f"{what} is being deleted")
    named = row["name"] if thing["kind"] in ALONE else f"{row['name']}(-r[0-9]+)?"
    if metadata["namespace"] != row["namespace_name"] or not re.fullmatch(named, metadata["name"]):
        found.append(f"{what} stands under a name that is not its own")
    return found


def _serving(row: Row) -> dict[str, Any]:
    return {**(row["capabilities"].get("serving") or {}), **(row["serving_override"] or {})}


def _is_automatic(row: Row) -> bool:
    scaling = row["content"]["scaling"]
    return scaling["maximum"] > scaling["minimum"] and any(scaling[metric] is not None for metric in ("cpu", "memory"))


def _wanted_kinds(row: Row) -> list[str]:
    """KServe's own canaries come first, then a Gateway, then an nginx Ingress; of the others what the cluster serves."""
    serving = _serving(row)
    kinds = serving["kinds"]
    wanted = ["InferenceService", *(["ServiceMonitor"] if "ServiceMonitor" in kinds else [])]
    if "HorizontalPodAutoscaler" in kinds and _is_automatic(row):
        wanted.append("HorizontalPodAutoscaler")
    if "PodDisruptionBudget" in kinds and row["content"]["min_available"] is not None:
        wanted.append("PodDisruptionBudget")
    if not serving["canary"] and "HTTPRoute" in kinds and serving["gateway"]:
        return [*wanted, "HTTPRoute"]
    return [*wanted, "Ingress"] if not serving["canary"] and serving["ingress_class"].endswith("nginx") else wanted


def _bounds(row: Row) -> tuple[int, int]:
    scaling = row["content"]["scaling"]
    return scaling["minimum"], scaling["maximum"] if _is_automatic(row) else scaling["minimum"]


def _service(row: Row, thing: Thing) -> list[str]:
    predictor, source = thing["spec"]["predictor"], row["content"]["source"]["uri"]
    bounds = (predictor.get("minReplicas"), predictor.get("maxReplicas"))
    found = [] if bounds == _bounds(row) else [f"has {bounds} replicas, wanted are {_bounds(row)}"]
    uri = predictor["model"].get("storageUri")
    return found if uri == source else [*found, f"serves {uri}, wanted is {source}"]


def _autoscaler(row: Row, thing: Thing) -> list[str]:
    fewest, most = _bounds(row)
    bounds = (thing["spec"].get("minReplicas"), thing["spec"]["maxReplicas"])
    return [] if bounds == (max(1, fewest), most) else [f"has {bounds} replicas, wanted are {(max(1, fewest), most)}"]


def _budget(row: Row, thing: Thing) -> list[str]:
    spec, least = thing["spec"], row["content"]["min_available"]
    closed = set(spec) == {"minAvailable", "selector"} and spec["selector"].get("matchLabels")
    return [] if closed and spec["minAvailable"] == least else [f"is {spec}, wanted are {least} pods"]


def _monitor(row: Row, thing: Thing) -> list[str]:
    spec = thing["spec"]
    paths = [endpoint.get("path") for endpoint in spec["endpoints"]]
    selects = spec["selector"]["matchLabels"].get(DEPLOYMENT) == row["name"]
    return [] if selects and paths == ["/metrics"] else [f"reads {paths} of {spec['selector']}"]


def _hosts(row: Row) -> set[str]:
    name, outside = f"{row['name']}.{row['namespace_name']}", row["content"]["exposure"] == "outside"
    return {f"{name}.svc.cluster.local", *([f"{name}.{_serving(row)['domain']}"] if outside else [])}


def _route(row: Row, thing: Thing) -> list[str]:
    hosts, weights = set(thing["spec"]["hostnames"]), [each["weight"] for rule in thing["spec"]["rules"] for each in rule["backendRefs"]]
    return [] if hosts == _hosts(row) and sum(weights) == 100 else [f"gives {weights} of {hosts}, wanted are {_hosts(row)}"]


def _ingress(row: Row, thing: Thing) -> list[str]:
    hosts = {rule["host"] for rule in thing["spec"]["rules"]}
    return [] if hosts == _hosts(row) else [f"is for {hosts}, wanted are {_hosts(row)}"]


CONTENT = {
    "InferenceService": _service,
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _budget,
    "ServiceMonitor": _monitor,
    "HTTPRoute": _route,
    "Ingress": _ingress,
}
