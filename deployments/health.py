"""How a deployment does, in one word: from its row, from what the watcher saw of its InferenceServices, and from its pods."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.models import Observed, Pod
from deployments.endings import Killed, killed
from deployments.models import ModelDeployment, Rollout
from deployments.queries import LABEL
from kube.health import health as judge
from kube.versions import number

STATES: dict[str, "str | Promise"] = {
    "ready": gettext_lazy("Ready"),
    "progressing": gettext_lazy("Progressing"),
    "rolling": gettext_lazy("Rolling out"),
    "failed": gettext_lazy("Failed"),
    "waiting": gettext_lazy("Waiting"),
    "paused": gettext_lazy("Paused"),
    "deleting": gettext_lazy("Deleting"),
    "deleted": gettext_lazy("Deleted"),
    "unknown": gettext_lazy("Not observed"),
}
TONES = {"ready": "ok", "progressing": "run", "rolling": "run", "failed": "bad", "waiting": "wait", "deleting": "wait", "unknown": "wait"}
NEEDS_SOMEBODY = ("failed", "waiting", "unknown")
# What a pod says when it will not run unless somebody does something.
POD_FAILURES = ("CrashLoopBackOff", "OOMKilled", "Error", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "Evicted")
ENDED = ("Succeeded", "Failed")
# What KServe says of the model that is to be served while it is not yet.
LOADING = ("Pending", "Loading")
LOAD_FAILED = "ModelLoadFailed"


# What must be so for a row to be in a state, as far as its own columns tell.
MAY_BE = {
    "ready": Q(deletion_requested_at__isnull=True, paused=False, blocked_on="", observed_generation=F("generation")),
    "progressing": Q(deletion_requested_at__isnull=True, blocked_on=""),
    "rolling": Q(deletion_requested_at__isnull=True, paused=False, pk__in=Rollout.objects.running().values("deployment")),
    "paused": Q(paused=True),
    "deleting": Q(deletion_requested_at__isnull=False, deleted_at__isnull=True),
    "deleted": Q(deleted_at__isnull=False),
    "unknown": Q(cluster__stale_since__isnull=False) | Q(cluster__breaker_opened_at__isnull=False),
}


@dataclass(frozen=True)
class Health:
    """`state` is one of STATES, `word` what people read, `reason` and `message` the cluster's own words where it has some.

    `since` is set where nothing newer is known. `ready` of `wanted` replicas answer.
    """

    state: str
    word: "str | Promise" = ""
    reason: str = ""
    message: str = ""
    since: dt.datetime | None = None
    ready: int = 0
    wanted: int = 0

    @property
    def tone(self) -> str:
        """The colour and the shape of its badge."""
        return TONES.get(self.state, "off")


@dataclass(frozen=True)
class Seen:
    """What was last observed of one deployment."""

    services: Sequence[dict[str, Any]] = ()
    pods: Sequence[Pod] = field(default_factory=list)

    @property
    def active(self) -> list[Pod]:
        """The pods that have not ended."""
        return [pod for pod in self.pods if pod.phase not in ENDED]


def healths(rows: Iterable[ModelDeployment]) -> dict[int, Health]:
    """The health of each row by its key: two queries, and one more for rows whose running rollout was not fetched with them."""
    found = list(rows)
    seen = observed(found)
    return {row.pk: health_of(row, seen[row.pk]) for row in found}


def observed(rows: Sequence[ModelDeployment]) -> dict[int, Seen]:
    """What was last observed of each row by its key; two queries."""
    services: dict[str, list[dict[str, Any]]] = defaultdict(list)
    # Whoever may write an InferenceService may write any label on it, but only in their own namespaces.
    places = {row.holder: (row.cluster_id, row.namespace.name) for row in rows}
    told = Observed.objects.filter(kind="InferenceService", cluster__in={place[0] for place in places.values()}, owner__in=places)
    for owner, *place, body in told.order_by("name").values_list("owner", "cluster", "namespace", "body"):
        if places[owner] == tuple(place):
            services[owner].append(body)
    pods = _pods(rows, services)
    return {row.pk: Seen(services[row.holder], pods[row.pk]) for row in rows}


def _pods(rows: Sequence[ModelDeployment], services: dict[str, list[dict[str, Any]]]) -> dict[int, list[Pod]]:
    names = {}
    for row in rows:
        place = (row.cluster_id, row.namespace.name)
        for name in {row.name, *(body["metadata"]["name"] for body in services[row.holder])}:
            names[*place, name] = row.pk
    where = Q(cluster__in={key[0] for key in names}, namespace__in={key[1] for key in names}, labels__has_key=LABEL)
    found: dict[int, list[Pod]] = defaultdict(list)
    for pod in Pod.objects.filter(where).order_by("name") if names else []:
        if owner := names.get((pod.cluster_id, pod.namespace, pod.labels[LABEL])):
            found[owner].append(pod)
    return found


def in_state(rows: QuerySet[ModelDeployment], state: str) -> list[int]:
    """The keys of the rows whose health is in this state; what a row's own columns rule out is not looked at."""
    narrow = rows.filter(MAY_BE.get(state, Q())).select_related(None).select_related("revision").prefetch_related(None)
    running = Prefetch("rollouts", Rollout.objects.running(), to_attr="running")
    # A few clusters and namespaces are shared by many rows.
    light = list(narrow.order_by().prefetch_related("cluster", "namespace", running))
    seen = observed(light)
    return [row.pk for row in light if _judged(row, seen[row.pk]).state == state]


def health_of(row: ModelDeployment, seen: Seen) -> Health:
    """The first of these that has something to say."""
    found = _judged(row, seen)
    word = found.word or STATES[found.state]
    return replace(found, word=word, ready=sum(map(is_ready, seen.active)), wanted=wanted_replicas(row, seen))


def _judged(row: ModelDeployment, seen: Seen) -> Health:
    looks = (_ending, _unreachable, _engine, _stopped, _serving)
    return next(health for look in looks if (health := look(row, seen)))


def is_ready(pod: Pod) -> bool:
    """Whether all its containers answer."""
    ready, _slash, of = pod.ready.partition("/")
    return pod.phase == "Running" and bool(of) and ready == of


def wanted_replicas(row: ModelDeployment, seen: Seen) -> int:
    """How many there should be: the minimum, or what an autoscaler has made of it; none while it is stopped."""
    if row.paused or row.deletion_requested_at or row.revision is None:
        return 0
    fewest = row.revision.spec.scaling.minimum
    candidates = 1 if fewest and running_rollout(row) else 0
    return max(fewest + candidates, len(seen.active))


def running_rollout(row: ModelDeployment) -> Rollout | None:
    """The rollout that runs, from what was fetched with the row where that was done."""
    running = getattr(row, "running", None)
    if running is None:
        return Rollout.objects.running().filter(deployment=row).first()
    return running[0] if running else None


def _ending(row: ModelDeployment, seen: Seen) -> Health | None:
    if row.deleted_at:
        return Health("deleted", since=row.deleted_at)
    if row.deletion_requested_at and not row.deletion_released:
        return Health("deleting", reason="Grace", message=_("It is stopped. Its objects go when the grace is over."))
    if row.deletion_requested_at and row.state != "failed":
        return Health("deleting", message=str((row.condition("Applied") or {}).get("message", "")))
    return None


def _unreachable(row: ModelDeployment, seen: Seen) -> Health | None:
    cluster = row.cluster
    since = cluster.stale_since or cluster.breaker_opened_at
    if row.blocked_on:
        message = _("%(cluster)s does not answer. What is wanted is kept and applied as soon as it does.") % {"cluster": cluster}
        return Health("waiting", _("Cluster unreachable"), message=message, since=since)
    if since:
        message = _("What %(cluster)s has may be different by now.") % {"cluster": cluster}
        return Health("unknown", message=message, since=cluster.last_seen_at or since)
    return None


def _engine(row: ModelDeployment, seen: Seen) -> Health | None:
    """What the portal itself could not do, or has not done yet."""
    applied = row.condition("Applied") or {"reason": "", "message": ""}
    if applied["reason"] in ("NamespaceNotReady", "KindMissing") and not row.settled:
        return Health("waiting", reason=applied["reason"], message=applied["message"])
    if row.state == "failed":
        return Health("failed", reason=applied["reason"], message=applied["message"])
    return None


def _stopped(row: ModelDeployment, seen: Seen) -> Health | None:
    if not row.paused:
        return None
    if seen.active:
        return Health("progressing", _("Pausing"), message=_("Its pods are being stopped."))
    return Health("paused", message=_("It keeps its place and takes no resources."))


def _serving(row: ModelDeployment, seen: Seen) -> Health:
    told = [judge(body) for body in seen.services]
    refused = next(((reason, message) for state, reason, message in told if state == "failed"), None)
    # KServe says of a model that was killed that it does not load; what killed it is what somebody can act on.
    ended = _killed(row, seen) if refused is None or refused[0] == LOAD_FAILED else None
    failed = (ended[:2] if ended.again_and_again else None) if ended else refused or _failing_pod(seen)
    if failed:
        return Health("failed", reason=failed[0], message=failed[1])
    busy = next(((reason, message) for state, reason, message in told if state == "progressing"), None) or _news(row, seen)
    if rollout := running_rollout(row):
        busy = ended[:2] if ended else _candidate(seen) or busy
        return Health("rolling", _("Rolling out %(share)s %%") % {"share": rollout.share}, *(busy or ("", "")))
    if ended:
        return Health("progressing", _("Restarting"), *ended[:2])
    if busy or not told or not row.settled:
        return Health("progressing", "", *(_waiting_pod(seen) or busy or ("", _not_yet(row, seen))))
    if _sleeps(row) and not seen.active:
        words = _("Nobody asks it now, so no pod runs and nothing is used. The next request starts a pod and waits until that answers.")
        return Health("ready", _("Scaled to zero"), message=words)
    return Health("ready")


def _sleeps(row: ModelDeployment) -> bool:
    """Whether its autoscaler may take away all of its pods."""
    return row.revision is not None and row.revision.spec.scaling.sleeps


def _killed(row: ModelDeployment, seen: Seen) -> Killed | None:
    """Of the pods that do not answer, as long as a model may take to load after it was killed."""
    within = row.revision.spec.startup_seconds if row.revision else 0
    return killed([pod for pod in seen.active if not is_ready(pod)], within)


def _failing_pod(seen: Seen) -> tuple[str, str] | None:
    return next(((pod.reason, pod.message) for pod in seen.active if pod.reason in POD_FAILURES), None)


def _waiting_pod(seen: Seen) -> tuple[str, str] | None:
    return next(((pod.reason, pod.message) for pod in seen.active if pod.phase == "Pending" and pod.reason), None)


def _not_yet(row: ModelDeployment, seen: Seen) -> str:
    if not row.settled:
        return str((row.condition("Applied") or {}).get("message") or "") or _("A worker makes the cluster equal to it now.")
    return "" if seen.services else _("The cluster has not told anything of it yet.")


def _news(row: ModelDeployment, seen: Seen) -> tuple[str, str] | None:
    """What is not over although KServe calls itself ready: it still serves what was there before the newest change."""
    applied = {(entry["kind"], entry["name"]): number(entry.get("resourceVersion")) for entry in row.inventory}
    for body in seen.services:
        known, wanted = number(body["metadata"].get("resourceVersion")), applied.get(("InferenceService", body["metadata"]["name"]))
        if known is not None and wanted is not None and known < wanted:
            return "NotObserved", _("The cluster has not told anything of the newest change yet.")
        model = (body.get("status") or {}).get("modelStatus") or {}
        if model.get("transitionStatus") == "InProgress" and (model.get("states") or {}).get("targetModelState") in LOADING:
            return _loading(row, seen)
    return None


def _loading(row: ModelDeployment, seen: Seen) -> tuple[str, str] | None:
    """Of a service that is ready. KServe also calls the model pending of one at zero, on its way there, or on its way back."""
    if not _sleeps(row):
        return "ModelLoading", _("The newest pods load the model; those before them answer meanwhile.")
    if not seen.active or any(map(is_ready, seen.active)):
        return None
    return "Waking", _("It was scaled to zero. A request has woken it, and waits while its pod loads the model.")


def _candidate(seen: Seen) -> tuple[str, str] | None:
    """What KServe says of a candidate that does not answer yet."""
    states = [state for body in seen.services for state in (body.get("status") or {}).get("canaryStatuses") or []]
    late = next((state for state in states if not state.get("ready")), None)
    if late is None:
        return None
    why = (late.get("modelStatus") or {}).get("lastFailureInfo") or {}
    return str(why.get("reason") or "NotReady"), str(why.get("message") or _("The candidate does not answer yet."))
