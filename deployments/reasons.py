"""Why a deployment does not serve as it should, in plain words: of its pods, of pods that are never made, of its objects and its model."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.models import User
from deployments.health import Seen
from deployments.models import ModelDeployment
from deployments.pod_trial import CONDITION
from deployments.queries import events_of
from diagnosis.case import Case
from diagnosis.controllers import refused
from diagnosis.evidence import Evidence
from diagnosis.explaining import explain_words
from diagnosis.explanation import Explanation
from diagnosis.grouping import Group, grouped
from diagnosis.messages import read
from diagnosis.pods import explain_pods
from tenants.reasons import about, evidence_for

Told = tuple[tuple[str, str], list[Explanation]]
# What says only that something is not well, where the rest says what.
VAGUE = ("model-load-failed",)
BLOCKED = ("BlockedByFailedLoad", "InvalidSpec")


def reasons_of_pods(row: ModelDeployment, seen: Seen, user: User) -> dict[int, list[Explanation]]:
    """By the pods' keys; nothing for those that run well."""
    return explain_pods(list(seen.pods), evidence_for(row.namespace, user), user)


def what_needs_somebody(row: ModelDeployment, seen: Seen, user: User, of_pods: Mapping[int, list[Explanation]]) -> list[Group]:
    """Everything that keeps it from serving, each thing once; nothing while it is meant to have no pods.

    `of_pods` is what `reasons_of_pods` says.
    """
    if row.deleted_at or row.paused or row.deletion_requested_at:
        return []
    evidence = evidence_for(row.namespace, user)
    found = [*_never_made(row, evidence, user), *((("Pod", pod.name), of_pods[pod.pk]) for pod in seen.pods if pod.pk in of_pods)]
    told = {each.code for _about, explanations in found for each in explanations}
    for whom, explanations in (*_conditions(row, evidence, user), *_models(seen, evidence, user)):
        new = [each for each in explanations if each.code not in told and not (told and each.code in VAGUE)]
        found.append((whom, new))
        told |= {each.code for each in new}
    return grouped(found)


def _never_made(row: ModelDeployment, evidence: Evidence, user: User) -> Iterator[Told]:
    for each in refused(events_of(row).exclude(involved_kind="Pod"), evidence, user):
        yield about(each), each.explanations


def _conditions(row: ModelDeployment, evidence: Evidence, user: User) -> Iterator[Told]:
    """What the portal itself was refused, where that is understood; else the page's first line tells it as it is."""
    for kind in ("Applied", CONDITION):
        condition: dict[str, Any] = row.condition(kind) or {}
        reason, message = str(condition.get("reason") or ""), str(condition.get("message") or "")
        if condition.get("status") == "False" and read(reason, message):
            case = Case(evidence, "InferenceService", row.name)
            yield ("InferenceService", row.name), explain_words(reason, message, case, user, str(condition.get("lastTransitionTime") or ""))


def _models(seen: Seen, evidence: Evidence, user: User) -> Iterator[Told]:
    """What KServe says of a model that does not load."""
    for body in seen.services:
        status, name = (body.get("status") or {}).get("modelStatus") or {}, str(body["metadata"]["name"])
        info = status.get("lastFailureInfo") or {}
        if status.get("transitionStatus") in BLOCKED and info:
            case = Case(evidence, "InferenceService", name)
            reason = str(info.get("reason") or status["transitionStatus"])
            told = explain_words(reason, str(info.get("message") or ""), case, user, str(info.get("time") or ""))
            yield ("InferenceService", name), told
