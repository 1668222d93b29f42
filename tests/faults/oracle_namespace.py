"""What a row of a namespace promises, written down once more from the documentation, against what is live."""

import re
from collections import Counter
from decimal import Decimal
from typing import Any

from tests.faults.oracle_cluster import Thing, claim_of
from tests.faults.oracle_database import Database, Row

POLICIES = ("default-deny", "same-namespace", "dns", "gateway", "metrics", "api-server", "internet")
ROLES = ("viewer", "member", "owner")
CONTENT = {
    "ResourceQuota/slipway-quota",
    "LimitRange/slipway-limits",
    "ServiceAccount/slipway-workload",
    "ServiceAccount/slipway-access",
    *(f"RoleBinding/slipway-{role}" for role in ROLES),
    "RoleBinding/slipway-runner",
    *(f"NetworkPolicy/slipway-{name}" for name in POLICIES),
}
PORTAL = {"kind": "ServiceAccount", "name": "slipway-portal", "namespace": "slipway-system"}
OWNER = "slipway.dev/owner"
UNITS = {
    "m": Decimal("0.001"),
    "": Decimal(1),
    "k": Decimal(1000),
    **{unit: Decimal(1024**n) for n, unit in enumerate(["Ki", "Mi", "Gi"], 1)},
}


def namespace_complaints(row: Row, live: dict[str, Thing], database: Database) -> list[str]:
    """Everything in which the cluster is not what this row says, or the row says more than is so."""
    name, space = row["name"], live.get(f"/Namespace/{row['name']}")
    if row["deleted_at"]:
        return [f"{name} is noted as deleted and stands"] if space and claim_of(space) == row["claim"] else []
    if row["observed_generation"] > row["generation"]:
        return [f"{name} observed a generation that was never wanted"]
    if row["observed_generation"] != row["generation"] or row["deletion_requested_at"]:
        return []
    if space is None or claim_of(space) != row["claim"]:
        return [f"{name} is said to be applied and its namespace is not there"]
    ours = {f"{t['kind']}/{t['metadata']['name']}": t for t in live.values() if t["metadata"].get("namespace") == name and claim_of(t)}
    return _marks(row, space, ours) + _names(row, space, ours) + _content(row, ours, database)


def _marks(row: Row, space: Thing, ours: dict[str, Thing]) -> list[str]:
    found = []
    for what, thing in {"Namespace": space, **ours}.items():
        if claim_of(thing) != row["claim"]:
            found.append(f"{row['name']}: {what} carries another claim")
        if (thing["metadata"].get("labels") or {}).get(OWNER) != f"namespace.{row['id']}":
            found.append(f"{row['name']}: {what} names another owner")
        if thing["metadata"].get("deletionTimestamp"):
            found.append(f"{row['name']}: {what} is being deleted")
    return found


def _names(row: Row, space: Thing, ours: dict[str, Thing]) -> list[str]:
    """The objects, the inventory and the documentation name the same things by the same UIDs."""
    uids = {what: thing["metadata"]["uid"] for what, thing in {f"Namespace/{row['name']}": space, **ours}.items()}
    kept = {f"{entry['kind']}/{entry['name']}": entry["uid"] for entry in row["inventory"]}
    found = [f"{row['name']}: {what} is missing" for what in CONTENT - set(ours)]
    found += [f"{row['name']}: {what} is live and nobody knows why" for what in set(ours) - CONTENT]
    other = {what: (uid, kept.get(what)) for what, uid in uids.items() if kept.get(what) != uid}
    return found + [f"{row['name']}: {what} is {uid}, the inventory has {noted}" for what, (uid, noted) in other.items()]


def _content(row: Row, ours: dict[str, Thing], database: Database) -> list[str]:
    if set(ours) != CONTENT:
        return []
    wanted, hard = _wanted(row, database), ours["ResourceQuota/slipway-quota"]["spec"]["hard"]
    wrong = {key: amount for key, amount in wanted.items() if _number(hard.get(key)) != amount}
    found = [f"{row['name']}: quota {key} is {hard.get(key)}, wanted is {amount}" for key, amount in wrong.items()]
    found += [f"{row['name']}: quota {key} was added" for key in hard if key.endswith("gpu") and key not in wanted]
    deny = ours["NetworkPolicy/slipway-default-deny"]["spec"]
    if deny.get("ingress") or deny.get("egress") or set(deny["policyTypes"]) != {"Ingress", "Egress"} or deny.get("podSelector"):
        found.append(f"{row['name']}: the default-deny policy lets something through: {deny}")
    return found + _bindings(row, ours, database)


def _bindings(row: Row, ours: dict[str, Thing], database: Database) -> list[str]:
    found, prefix = [], row["identity"].get("username_prefix", "")
    runner = ours["RoleBinding/slipway-runner"]
    if runner["roleRef"]["name"] != "slipway-runner" or runner.get("subjects") != [PORTAL]:
        found.append(f"{row['name']}: the portal's own binding is {runner['roleRef']} for {runner.get('subjects')}")
    people = database.members(row["team_id"])
    for role in ROLES:
        binding = ours[f"RoleBinding/slipway-{role}"]
        bound = sorted(subject["name"] for subject in binding.get("subjects") or [])
        wanted = sorted(prefix + person["username"] for person in people if person["role"] == role)
        if bound != wanted or binding["roleRef"]["name"] != f"slipway-{role}":
            found.append(f"{row['name']}: {role} is bound to {bound} by {binding['roleRef']}, wanted is {wanted}")
    return found


def _wanted(row: Row, database: Database) -> dict[str, Decimal]:
    parts = [row["base"], *(grant["resources"] for grant in database.grants(row["id"]))]
    resource = database.flavors(row["cluster_id"])
    cards: Counter[str] = Counter({f"requests.{name}": 0 for name in resource.values()})
    for part in parts:
        for flavor, count in part["gpus"].items():
            cards[f"requests.{resource[flavor]}"] += count
    cpu, memory, storage = (sum(part[key] for part in parts) for key in ("cpu", "memory", "storage"))
    amounts = {"requests.cpu": Decimal(cpu) / 1000, "limits.memory": Decimal(memory), "requests.storage": Decimal(storage)}
    return amounts | {"services.nodeports": Decimal(0)} | {key: Decimal(count) for key, count in cards.items()}


def _number(quantity: Any) -> Decimal | None:
    match = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(quantity))
    return Decimal(match.group(1)) * UNITS[match.group(2)] if match and match.group(2) in UNITS else None
