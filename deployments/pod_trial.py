"""Whether the cluster would take the pods of a deployment, the storage initializer included, and how a refusal can be repaired."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from deployments.claims import claim_problem
from deployments.manifests.facts import Facts
from deployments.manifests.trial_pod import representative_pod
from kube.connect import Api
from kube.deadline import Deadline
from kube.diff import marked_lines
from kube.errors import ApiError
from kube.pod_trial import PodVerdict, try_pod
from reconcile.outcome import with_condition

CONDITION = "PodsAdmitted"


def try_newest(api: Api, facts: Facts, deadline: Deadline) -> tuple[dict[str, Any], PodVerdict]:
    """A pod of what is new, the candidate if there is one, and the cluster's verdict on it; admission looks at no claim, so that is asked
    for beside. Raises Unreachable, DeadlinePassed."""
    variant = facts.candidate or facts.stable
    pod = representative_pod(facts, variant)
    tried = try_pod(api, pod, deadline=deadline)
    if tried.verdict == "refused":
        return pod, tried
    try:
        problem = claim_problem(api, facts, variant, deadline)
    except ApiError as error:
        return pod, replace(tried, message=_("Its claim could not be looked at: %(why)s") % {"why": error.message})
    return pod, replace(tried, verdict="refused", cause="Claim", message=problem) if problem else tried


def noted(conditions: list[dict[str, Any]], tried: PodVerdict) -> list[dict[str, Any]]:
    """The conditions with the verdict among them; where the cluster could not say, they stay as they are."""
    if tried.verdict == "unavailable":
        return conditions
    message = " ".join(filter(None, (tried.message, repair_of(tried))))
    return with_condition(conditions, CONDITION, tried.verdict == "accepted", tried.cause or "Accepted", message)


def as_verdict(pod: dict[str, Any], tried: PodVerdict) -> dict[str, Any]:
    """What became of the pod's trial, in the form of the other verdicts of a plan, with how a refusal can be repaired."""
    words = {"accepted": "creates", "refused": "refused"}.get(tried.verdict, "unavailable")
    message = " ".join(filter(None, (tried.message, *(f"· {detail}" for detail in tried.details), repair_of(tried))))
    where = {"apiVersion": "v1", "kind": "Pod", "namespace": pod["metadata"]["namespace"], "name": pod["metadata"]["name"]}
    diff = marked_lines(None, tried.pod) if tried.pod else []
    return {"ref": where, "verdict": words, "message": message, "diff": diff, "stand_in": True}


def repair_of(tried: PodVerdict) -> str:
    """What would make the cluster accept the pod, by the cause of its refusal; empty where only its own words help."""
    return {
        "PodSecurity": _(
            "Pods of this runtime do not meet the namespace's Pod Security level. If it names storage-initializer, KServe's configuration "
            "of that container has to be made stricter (KServe 0.15 or later); else the runtime's containers."
        ),
        "Quota": _("Ask for more quota, or lower the size or the number of replicas."),
        "LimitRange": _("Lower the size below what a container may have in this namespace."),
    }.get(tried.cause, "")
