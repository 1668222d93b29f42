"""One pod's row and its events -> why it does not do its work. Only what was observed of this very pod counts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from clusters.models import Event, Pod, Rank
from diagnosis.case import Case
from diagnosis.chain import SERVICE
from diagnosis.evidence import Evidence
from diagnosis.explaining import distinct, explain, explain_words, spoken
from diagnosis.explanation import Explanation
from diagnosis.messages import Fact, fact, read, read_exit, read_last_words

# A waiting state that only says that something is on its way, or that the run before it failed.
CRASHES = "CrashLoopBackOff"
NO_NEWS = ("", "ContainerCreating", "PodInitializing", CRASHES)
SCHEDULING = ("Unschedulable", "SchedulingGated")
# Vague where the event beside it is exact.
VAGUE = ("image-pull", "unknown")
# What was a cause some minutes ago may be none by now; a pod that still waits hears of it again within this time.
FRESH = dt.timedelta(minutes=10)
# Told of a pod that runs: the others are from before it did.
RUNNING_REASONS = ("Unhealthy", "NodeNotReady", "Killing")


def explain_pods(pods: Sequence[Pod], evidence: Evidence, user: User | None) -> dict[int, list[Explanation]]:
    """By the rows' keys, for those of them that need somebody or are on their way; one query for events, and what details ask for."""
    troubled = [pod for pod in pods if pod.rank in (Rank.TROUBLE, Rank.WAITING)]
    events = _events(evidence, [pod.name for pod in troubled])
    return {pod.pk: explain_pod(pod, events[pod.name], evidence, user) for pod in troubled}


def explain_pod(pod: Pod, events: Iterable[Event], evidence: Evidence, user: User | None) -> list[Explanation]:
    """All causes that are told, the most exact words for each; nothing for a pod that runs well or ends on purpose."""
    if pod.reason == "Terminating" or pod.phase == "Succeeded":
        return []
    case = Case(evidence, "Pod", pod.name, pod)
    own = [event for event in events if pod.created_at is None or event.last_at >= pod.created_at]
    by_state = _of_pod(pod, case, user)
    if not (by_state and pod.phase == "Failed"):
        # How the containers of a pod ended that its node had to end says nothing more.
        by_state += _of_containers(pod, case, user)
    told = {each.code for each in by_state}
    by_events = [each for each in _of_events(pod, own, case, user) if each.code not in told]
    if any(each.code not in VAGUE for each in by_events):
        by_state = [each for each in by_state if each.code not in VAGUE]
    return distinct([*by_state, *by_events])


def _events(evidence: Evidence, names: list[str]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    about = Event.objects.filter(cluster=evidence.cluster, namespace=evidence.namespace, involved_kind="Pod", involved_name__in=names)
    for event in about.order_by("-last_at") if names else []:
        found[event.involved_name].append(event)
    return found


def _of_pod(pod: Pod, case: Case, user: User | None) -> list[Explanation]:
    """What the pod's own status says: that no node takes it, or how it ended."""
    if not pod.container_states and pod.last_exit and pod.phase != "Failed":
        return _of_end({"name": pod.last_exit.get("container"), "restarts": pod.restarts}, pod.last_exit, pod.reason, case, user)
    told = {name for each in pod.container_states for name in _reasons(each)}
    reason = pod.reason.removeprefix("Init:")
    if not reason or reason in told or (reason.startswith(("Signal:", "ExitCode:")) and told):
        return []
    if reason == CRASHES:
        return _of_crashes(pod.message, case, user)
    return [] if reason in NO_NEWS else explain_words(pod.reason, pod.message, case, user)


def _reasons(container: dict[str, Any]) -> set[str]:
    ended = {"Error"} if container.get("exit_code") else set()
    return {str(container.get("reason") or ""), *ended}


def _of_containers(pod: Pod, case: Case, user: User | None) -> Iterator[Explanation]:
    for container in pod.container_states:
        reason, message = str(container.get("reason") or ""), str(container.get("message") or "")
        if container.get("state") == "waiting" and reason not in NO_NEWS:
            yield from explain_words(reason, message, case, user)
        elif ended := _failure(pod, container):
            yield from _of_end(container, ended, reason, case, user)
        elif container.get("state") == "waiting" and reason == CRASHES:
            yield from _of_crashes(message, case, user)


def _of_crashes(message: str, case: Case, user: User | None) -> list[Explanation]:
    """Of a container that is held back, where it is not told how it ended last."""
    said = _last_words(message, case) or [fact("crash-loop")]
    return [explain(each, spoken(CRASHES, message), case, user) for each in said]


def _last_words(message: str, case: Case) -> list[Fact]:
    return read_last_words(message, of_model=bool(case.pod and SERVICE in case.pod.labels))


def _failure(pod: Pod, container: dict[str, Any]) -> dict[str, Any] | None:
    """How it ended, if that keeps the pod from its work now: it ended in failure, or was started again and is not ready."""
    if container.get("state") == "ended":
        fine = not container.get("exit_code") and (container.get("step") or container.get("reason") == "Completed")
        return None if fine else {**container, "ended_at": container.get("since")}
    last: dict[str, Any] | None = container.get("last")
    is_back = container.get("ready") or (container.get("step") and container.get("state") != "waiting")
    return None if is_back or pod.rank == Rank.RUNNING else last


def _of_end(container: dict[str, Any], ended: dict[str, Any], waits: str, case: Case, user: User | None) -> list[Explanation]:
    end, message = read_exit(container, ended), str(ended.get("message") or "")
    words = spoken(" ".join(filter(None, (waits, str(ended.get("reason") or ""), f"exit code {end.values['exit']}"))), message)
    # What a program wrote last says more than its exit code; what the kernel did to it says more than its last words.
    said = [] if end.code == "oom-killed" else _last_words(message, case)
    at = str(ended.get("ended_at") or "")
    return [explain(each, words, case, user, at) for each in said or [end]]


def _of_events(pod: Pod, events: Sequence[Event], case: Case, user: User | None) -> Iterator[Explanation]:
    """The newest warning of each reason and shape that is still news and that something is known of."""
    seen = set()
    for event in events:
        if not _is_news(pod, event):
            continue
        for each in read(event.reason, event.message):
            if each.code not in seen:
                seen.add(each.code)
                yield explain(each, spoken(event.reason, event.message), case, user, event.last_at.isoformat())


def _is_news(pod: Pod, event: Event) -> bool:
    if event.type != "Warning" and event.reason != "Killing":
        return False
    if event.last_at < timezone.now() - FRESH:
        return False
    if event.reason == "FailedScheduling" and (pod.node or pod.reason in SCHEDULING):
        # Its condition says the same, and always the newest.
        return False
    started = any(each.get("state") == "running" for each in pod.container_states if not each.get("step"))
    return event.reason in RUNNING_REASONS if started else event.reason != "BackOff"
