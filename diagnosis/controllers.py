"""Pods that are never made: what ReplicaSets, StatefulSets, Jobs and KServe were refused, from their events."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from clusters.models import Event
from diagnosis.case import Case
from diagnosis.evidence import Evidence
from diagnosis.explaining import distinct, explain_words
from diagnosis.explanation import Explanation

# Controllers try again after at most 1,000 seconds: who is still refused has said so since.
FRESH = dt.timedelta(minutes=20)
REFUSED = (
    "FailedCreate",
    "ReplicaSetCreateError",
    "ProvisioningFailed",
    "FailedBinding",
    "InternalError",
    "BackoffLimitExceeded",
    "UpdateFailed",
)
MADE = ("SuccessfulCreate", "ScalingReplicaSet", "ProvisioningSucceeded", "Completed")


@dataclass(frozen=True)
class Refused:
    """What one object cannot do, and why."""

    kind: str
    name: str
    explanations: list[Explanation]


def refused(events: Iterable[Event], evidence: Evidence, user: User | None) -> list[Refused]:
    """Of each object its newest refusal, if it is fresh and nothing was made since; from these events, which may be in any order."""
    newest: dict[tuple[str, str], Event] = {}
    made: dict[tuple[str, str], dt.datetime] = {}
    for event in sorted(events, key=lambda each: each.last_at):
        about = (event.involved_kind, event.involved_name)
        if event.reason in REFUSED and event.type != "Normal":
            newest[about] = event
        elif event.reason in MADE:
            made[about] = event.last_at
    since = timezone.now() - FRESH
    lasting = [event for about, event in newest.items() if event.last_at >= since and not made.get(about, since) > event.last_at]
    return [_refused(event, evidence, user) for event in lasting]


def _refused(event: Event, evidence: Evidence, user: User | None) -> Refused:
    case = Case(evidence, event.involved_kind, event.involved_name)
    told = explain_words(event.reason, event.message, case, user, event.last_at.isoformat())
    return Refused(event.involved_kind, event.involved_name, distinct(told))
