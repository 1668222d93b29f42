"""Which containers a stream or a page is about: those of pods that the watcher saw in a namespace."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from clusters.models import Pod
from logs.upstream import Target
from tenants.models import Namespace
from tenants.queries import pods_of

# More at once nobody reads; the page says that there are more.
MOST_CONTAINERS = 20


@dataclass(frozen=True)
class Choice:
    """In `namespace`: those of the pods that `among` finds (default: all) which `pods` names, or all; of each `container`, or what runs."""

    namespace: Namespace
    pods: frozenset[str] = frozenset()
    container: str = ""
    among: Callable[[], QuerySet[Pod]] | None = None

    def rows(self) -> QuerySet[Pod]:
        """The pods, newest first: those that start are what is looked for."""
        found = self.among() if self.among else pods_of(self.namespace)
        return (found.filter(name__in=self.pods) if self.pods else found).order_by("-started_at", "name")

    def targets(self) -> list[Target]:
        """What is read, at most MOST_CONTAINERS."""
        found = [self._target(pod, name) for pod in self.rows()[:MOST_CONTAINERS] for name in self._containers(pod)]
        return found[:MOST_CONTAINERS]

    def _target(self, pod: Pod, container: str) -> Target:
        return Target(self.namespace.cluster_id, self.namespace.name, pod.name, pod.uid, container)

    def _containers(self, pod: Pod) -> Iterable[str]:
        if self.container:
            return [name for name in (*pod.containers, *pod.init_containers) if name == self.container]
        # What prepares a pod has the word as long as the pod is not through with it, and when it failed.
        return [*(pod.init_containers if pod.reason.startswith("Init:") else ()), *pod.containers]


def container_names(pods: Iterable[Pod]) -> list[str]:
    """The names of all containers of these pods, those that prepare them last."""
    rows = list(pods)
    main, steps = ({name: None for pod in rows for name in getattr(pod, field)} for field in ("containers", "init_containers"))
    return list({**main, **steps})
