"""Audit entries are exactly the changes that were accepted: none is missing, none is told twice."""

from collections import Counter

from tests.faults.oracle_database import Database


def audit_complaints(database: Database) -> list[str]:
    """Decisions and outcomes of requests, revisions of deployments, and deletions, against their entries."""
    entries = database.rows("SELECT action, subject_kind, subject_id FROM audit_entry WHERE outcome = 'accepted'")
    told = Counter((entry["action"], entry["subject_kind"], entry["subject_id"]) for entry in entries)
    return _of_requests(database, told) + _of_namespaces(database, told) + _of_deployments(database, told)


def _of_requests(database: Database, told: Counter[tuple[str, str, str]]) -> list[str]:
    found = []
    for request in database.rows("SELECT id, state, outcome FROM approvals_request"):
        approved, applied = request["state"] == "approved", request["outcome"] == "applied"
        for action, happened in (("request.opened", True), ("request.approved", approved), ("request.applied", applied)):
            count = told[action, "request", str(request["id"])]
            if count != int(happened):
                found.append(f"request {request['id']} is {request['state']}/{request['outcome']} and has {count} entries of {action}")
    return found


def _of_namespaces(database: Database, told: Counter[tuple[str, str, str]]) -> list[str]:
    found = []
    for row in database.rows("SELECT id, deletion_requested_at, deleted_at FROM tenants_namespace"):
        for action, at in (("namespace.delete", row["deletion_requested_at"]), ("namespace.deleted", row["deleted_at"])):
            count = told[action, "namespace", str(row["id"])]
            if count != int(at is not None):
                found.append(f"namespace {row['id']} has {count} entries of {action}, {action} is {at}")
    return found


def _of_deployments(database: Database, told: Counter[tuple[str, str, str]]) -> list[str]:
    found = []
    revisions = Counter(str(row["deployment_id"]) for row in database.rows("SELECT deployment_id FROM deployments_revision"))
    for row in database.deployments():
        pk = str(row["id"])
        # Nobody has deleted one that went with its namespace.
        deleted = row["deletion_requested_at"] is not None and not row["namespace_ends_at"]
        happened = {"revise": revisions[pk], "delete": int(deleted), "deleted": int(row["deleted_at"] is not None)}
        for what, times in happened.items():
            if (count := told[f"deployment.{what}", "deployment", pk]) != times:
                found.append(f"deployment {pk} has {count} entries of deployment.{what}, it happened {times} times")
    return found
