"""The oracle: a process and a client of its own. It reads the database by SQL and the cluster by HTTP, without the portal's code.

`python -m tests.faults.oracle KUBECONFIG DATABASE_URL` answers each JSON line, such as {"do": "judge"}, by one; see the class for all.
"""

import json
import sys
from typing import Any

from tests.faults.oracle_audit import audit_complaints
from tests.faults.oracle_cluster import DEPLOYED, Cluster, Thing, claim_of, key_of, version_of
from tests.faults.oracle_database import Database, Row
from tests.faults.oracle_deployment import deployment_complaints
from tests.faults.oracle_namespace import namespace_complaints

# A controller of the cluster itself puts these into every namespace.
FURNITURE = {"ServiceAccount/default", "ConfigMap/kube-root-ca.crt"}
UNSEEN = " unseen"


class Oracle:
    """What it remembers is every object that was there when it was told to look."""

    def __init__(self, cluster: Cluster, database: Database) -> None:
        self.cluster, self.database = cluster, database
        self.before: dict[str, Thing] = {}

    def remember(self) -> int:
        """Takes the present objects for the ones that must not change."""
        self.before = self.cluster.everything()
        return len(self.before)

    def judge(self) -> list[str]:
        """(a) rows and live objects are equal, (b) nothing that is not ours has changed, (c) audit entries are the accepted changes."""
        live, rows, deployments = self.cluster.everything(), self.database.namespaces(), self.database.deployments()
        furniture = {key: thing for key, thing in live.items() if thing["kind"] not in DEPLOYED}
        found = [complaint for row in rows for complaint in namespace_complaints(row, furniture, self.database)]
        found += [complaint for row in deployments for complaint in deployment_complaints(row, live)]
        return found + self.foreign_complaints(live, [*rows, *deployments]) + self.strays(live, rows) + audit_complaints(self.database)

    def foreign_complaints(self, live: dict[str, Thing], rows: list[Row]) -> list[str]:
        """Objects that were there before and are nobody's of ours: gone, replaced or written to."""
        ours = {row["claim"] for row in rows}
        foreign = {key: thing for key, thing in self.before.items() if claim_of(thing) not in ours}
        return [f"foreign {key} {what}" for key, thing in foreign.items() if (what := _change(thing, live.get(key)))]

    def strays(self, live: dict[str, Thing], rows: list[Row]) -> list[str]:
        """Objects without a claim of ours that appeared in namespaces which are not ours."""
        ours = {row["claim"] for row in rows}
        own_spaces = {thing["metadata"]["name"] for key, thing in live.items() if key.startswith("/Namespace/") and claim_of(thing) in ours}
        return [
            f"{key} appeared in a foreign namespace"
            for key, thing in live.items()
            if key not in self.before
            and thing["metadata"].get("namespace")
            and thing["metadata"]["namespace"] not in own_spaces
            and f"{thing['kind']}/{thing['metadata']['name']}" not in FURNITURE
        ]

    def versions(self) -> dict[str, str]:
        """The resource version of every object that carries a claim, with a mark while a controller still has to look at it."""
        claimed = {key: thing for key, thing in self.cluster.everything().items() if claim_of(thing)}
        return {key: version_of(thing) + (UNSEEN if _is_unseen(thing) else "") for key, thing in claimed.items()}

    def bodies(self, namespace: str) -> dict[str, Any]:
        """What everybody can write in the objects of one namespace: labels, annotations, and the body without status."""
        return {key: _body(thing) for key, thing in self.cluster.everything().items() if _space(thing) == namespace}


def _is_unseen(thing: Thing) -> bool:
    counted = (thing.get("status") or {}).get("hard") or {}
    return thing["kind"] == "ResourceQuota" and set(counted) != set(thing["spec"]["hard"])


def _space(thing: Thing) -> str:
    return str(thing["metadata"].get("namespace") or thing["metadata"]["name"])


def _body(thing: Thing) -> Thing:
    metadata = {part: thing["metadata"].get(part) or {} for part in ("labels", "annotations")}
    rest = {key: value for key, value in thing.items() if key not in ("metadata", "status", "secrets")}
    return {"metadata": metadata, **rest}


def _change(before: Thing, after: Thing | None) -> str:
    if after is None:
        return "was deleted"
    if key_of(before) != key_of(after) or before["metadata"]["uid"] != after["metadata"]["uid"]:
        return "was replaced"
    return "" if _body(before) == _body(after) else f"was changed: {_body(before)} -> {_body(after)}"


def main(kubeconfig: str, database: str) -> None:
    """Answers until its input ends."""
    oracle = Oracle(Cluster(kubeconfig), Database(database))
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(oracle, asked.pop("do"))(**asked)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
