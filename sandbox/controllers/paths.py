"""Paths of the collections that controllers work on, and of single objects in them."""

from sandbox.client.calls import Object

PODS = "/api/v1/pods"
REPLICA_SETS = "/apis/apps/v1/replicasets"
DEPLOYMENTS = "/apis/apps/v1/deployments"
JOBS = "/apis/batch/v1/jobs"
CRON_JOBS = "/apis/batch/v1/cronjobs"


def within(collection: str, namespace: str, name: str = "") -> str:
    """The path of a collection in one namespace, or of the object `name` there; cluster-scoped where `namespace` is empty."""
    base, _, plural = collection.rpartition("/")
    place = f"{base}/namespaces/{namespace}/{plural}" if namespace else collection
    return f"{place}/{name}" if name else place


def path_of(collection: str, item: Object) -> str:
    """The path of an object of this collection."""
    return within(collection, item["metadata"].get("namespace", ""), item["metadata"]["name"])
