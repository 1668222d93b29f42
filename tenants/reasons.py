"""Why pods of a namespace do not run, for a person: what is told by diagnosis/, with what this person may see of others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.models import User
from clusters.models import Pod, Rank
from diagnosis.controllers import Refused, refused
from diagnosis.events import Merged, merged
from diagnosis.evidence import Evidence
from diagnosis.explanation import Explanation
from diagnosis.grouping import Group, grouped
from diagnosis.pods import explain_pod, explain_pods
from tenants.models import Namespace
from tenants.queries import events_of, pods_of

# Of more pods in trouble the first are looked at: they share their reasons.
MOST = 200


def evidence_for(namespace: Namespace, user: User) -> Evidence:
    """What is known of the namespace and its cluster; others' namespaces are named only to whom may see them."""

    def sees(names: Collection[str]) -> set[str]:
        return set(Namespace.objects.visible_to(user).filter(cluster=namespace.cluster_id, name__in=names).values_list("name", flat=True))

    return Evidence(namespace.cluster, namespace.name, sees)


def reasons_of(pods: Sequence[Pod], namespace: Namespace, user: User) -> dict[int, list[Explanation]]:
    """By the pods' keys; nothing for those that run well."""
    return explain_pods(pods, evidence_for(namespace, user), user)


@dataclass(frozen=True)
class Story:
    """All that is told of one pod."""

    pod: Pod
    explanations: list[Explanation]
    events: list[Merged]


def story_of(pod: Pod, namespace: Namespace, user: User) -> Story:
    """With the events since it was made: a pod before it may have had its name."""
    about = events_of(namespace).filter(involved_kind="Pod", involved_name=pod.name)
    said = list(about.filter(last_at__gte=pod.created_at) if pod.created_at else about)
    return Story(pod, explain_pod(pod, said, evidence_for(namespace, user), user), merged(said))


def what_needs_somebody(namespace: Namespace, user: User) -> list[Group]:
    """Everything in the namespace that keeps a pod from its work, each thing once: of pods that are there and of those never made."""
    evidence = evidence_for(namespace, user)
    troubled = list(pods_of(namespace).filter(rank=Rank.TROUBLE)[:MOST])
    told = explain_pods(troubled, evidence, user)
    of_pods = [(("Pod", pod.name), told[pod.pk]) for pod in troubled]
    return grouped([*((about(each), each.explanations) for each in never_made(namespace, evidence, user)), *of_pods])


def never_made(namespace: Namespace, evidence: Evidence, user: User) -> list[Refused]:
    """What controllers were refused."""
    return refused(events_of(namespace).exclude(involved_kind="Pod"), evidence, user)


def about(each: Refused) -> tuple[str, str]:
    """(kind, name)."""
    return each.kind, each.name
