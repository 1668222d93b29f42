"""What the apps above know of pods: what each serves, and where its model server tells its counters."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from clusters.models import Cluster, Pod
from metrics.servers.names import Place


class Workload(NamedTuple):
    """`subject` as the owner of rows, such as "deployment.5"; `part` the revision that the pod runs, as "r3"; `places` likeliest first."""

    subject: str
    part: str = ""
    places: tuple[Place, ...] = ()


# Called once a turn with the pods that run; answers by their uids.
Knows = Callable[[Cluster, Sequence[Pod]], Mapping[str, Workload]]
_known: list[Knows] = []


def register_workloads(knows: Knows) -> None:
    """Once per function."""
    if knows not in _known:
        _known.append(knows)


def workloads_of(cluster: Cluster, pods: Sequence[Pod]) -> dict[str, Workload]:
    """What each pod serves, by its uid; pods that serve nothing are not in it."""
    return {uid: workload for knows in _known for uid, workload in knows(cluster, pods).items()}
