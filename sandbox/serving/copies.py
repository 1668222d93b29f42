"""The copies of the cluster that the controller and the ingress work from."""

from sandbox.client.informer import Informer, Informers
from sandbox.controllers.ownership import is_controlled_by
from sandbox.controllers.paths import DEPLOYMENTS, PODS, REPLICA_SETS
from sandbox.serving.model_status import HASH
from sandbox.serving.names import (
    APP,
    CLUSTER_RUNTIMES,
    CONFIG,
    NAMESPACE,
    REVISIONS,
    RUNTIMES,
    SERVICES,
    STORAGE_CONTAINERS,
    Object,
    app_label,
)
from sandbox.serving.status import REVISION

CORE_SERVICES = "/api/v1/services"
CONFIG_MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"


class Copies:
    """One informer for each kind; `autoscalers` is the collection's path in the version that is served."""

    def __init__(self, informers: Informers, autoscalers: str) -> None:
        self.services, self.runtimes, self.cluster_runtimes = map(informers.of, (SERVICES, RUNTIMES, CLUSTER_RUNTIMES))
        self.storage, self.config_maps = informers.of(STORAGE_CONTAINERS), informers.of(CONFIG_MAPS)
        self.deployments, self.sets, self.pods = map(informers.of, (DEPLOYMENTS, REPLICA_SETS, PODS))
        self.core_services, self.revisions = informers.of(CORE_SERVICES), informers.of(REVISIONS)
        self.autoscalers_path = autoscalers
        self.autoscalers: Informer | None = informers.of(autoscalers) if autoscalers else None

    async def synced(self) -> None:
        """Return when each has its first list."""
        for each in vars(self).values():
            if isinstance(each, Informer):
                await each.synced.wait()

    def config_map(self) -> Object | None:
        """The ConfigMap inferenceservice-config."""
        return self.config_maps.named(NAMESPACE, CONFIG)

    def pods_of(self, namespace: str, workload: str) -> list[Object]:
        """The pods of a predictor's Deployment, oldest first."""
        wanted = app_label(workload)
        found = [pod for pod in self.pods.within(namespace) if (pod["metadata"].get("labels") or {}).get(APP) == wanted]
        return sorted(found, key=lambda pod: (pod["metadata"].get("creationTimestamp") or "", pod["metadata"]["name"]))

    def newest_hash(self, deployment: Object) -> str:
        """The template hash of the Deployment's current revision; empty as long as it has none."""
        sets = [each for each in self.sets.within(deployment["metadata"]["namespace"]) if is_controlled_by(each, deployment)]
        newest = max(sets, key=_revision, default=None)
        return str((newest["metadata"].get("labels") or {}).get(HASH, "")) if newest else ""


def _revision(replica_set: Object) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(REVISION) or 0)
