"""Nothing is created in a namespace that is missing or going away."""

from sandbox.kinds.errors import StatusError, details_of, forbidden, not_found
from sandbox.kinds.table import Kind, kind_named
from sandbox.storage.store import Store

IMMORTAL = frozenset({"default", "kube-system", "kube-public"})


def check_namespace(store: Store, kind: Kind, namespace: str, name: str) -> None:
    """Raise 404 for a missing namespace, 403 for one that is being terminated."""
    if not kind.namespaced:
        return
    stored = store.get(kind_named("Namespace"), "", namespace)
    if stored is None:
        raise not_found(kind_named("Namespace"), namespace)
    if "deletionTimestamp" in stored.value["metadata"]:
        raise _terminating(kind, namespace, name)


def check_mortal(kind: Kind, name: str) -> None:
    """Raise 403 when a namespace of the system itself is to be deleted."""
    if kind.built_in == "Namespace" and name in IMMORTAL:
        raise forbidden(kind, name, "this namespace may not be deleted")


def _terminating(kind: Kind, namespace: str, name: str) -> StatusError:
    cause = {"reason": "NamespaceTerminating", "message": f"namespace {namespace} is being terminated", "field": "metadata.namespace"}
    why = f"unable to create new content in namespace {namespace} because it is being terminated"
    error = forbidden(kind, name, why)
    error.details = {**details_of(kind, name), "causes": [cause]}
    return error
