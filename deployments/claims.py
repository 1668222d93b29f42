"""A claim that a model is served from: whether it stands, holds a volume, and can be mounted by as many pods as are wanted."""

from typing import Any

from django.utils.translation import gettext as _

from deployments.manifests.facts import Facts, Variant
from deployments.manifests.scaling import bounds
from deployments.manifests.trial_pod import claim_of
from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError
from kube.inventory import Ref
from kube.kinds import path_of

ON_ONE_NODE = {"ReadWriteOnce", "ReadWriteOncePod"}


def claim_problem(api: Api, facts: Facts, variant: Variant, deadline: Deadline) -> str:
    """Why pods of the variant would wait for their claim, with how to repair it; empty where they would not, or have none.

    Raises ApiError where the cluster does not let the portal look, Unreachable, DeadlinePassed.
    """
    claim, _path = claim_of(variant.spec.source.uri)
    if not claim:
        return ""
    words = {"claim": claim, "namespace": facts.namespace}
    try:
        live = api.request("GET", path_of(Ref("v1", "PersistentVolumeClaim", facts.namespace, claim)), deadline=deadline)
    except ApiError as error:
        if not error.not_found:
            raise
        message = _(
            "There is no PersistentVolumeClaim “%(claim)s” in %(namespace)s: the pods would wait for it. "
            "Create it there and put the model on it, or correct the address."
        )
        return message % words
    return _unusable(live, words) or _crowded(live, _pods_on(facts, claim), words)


def _unusable(live: dict[str, Any], words: dict[str, str]) -> str:
    phase = (live.get("status") or {}).get("phase") or "Pending"
    if live["metadata"].get("deletionTimestamp"):
        return _("The claim “%(claim)s” in %(namespace)s is being deleted. Use another one, or create it anew when it is gone.") % words
    if phase == "Bound":
        return ""
    message = _(
        "The claim “%(claim)s” in %(namespace)s is %(phase)s, not Bound: there is no volume that could hold the model. "
        "Put the model on it by a pod that mounts it; if it stays so, ask for a storage class or a size that the cluster has."
    )
    return message % {**words, "phase": phase}


def _crowded(live: dict[str, Any], pods: int, words: dict[str, str]) -> str:
    modes = set((live.get("spec") or {}).get("accessModes") or [])
    if pods < 2 or modes - ON_ONE_NODE:
        return ""
    message = _(
        "The claim “%(claim)s” in %(namespace)s can be mounted on one node at a time (%(mode)s), and there may be %(pods)s pods: those on "
        "other nodes would wait. Keep one replica and no candidate, or use a claim that is ReadOnlyMany or ReadWriteMany."
    )
    return message % {**words, "mode": ", ".join(sorted(modes)), "pods": pods}


def _pods_on(facts: Facts, claim: str) -> int:
    """How many pods may mount it at once, of both sides of a rollout; those that are exchanged meanwhile are not counted."""
    return sum(max(1, bounds(facts, each)[1]) for each in facts.variants if claim_of(each.spec.source.uri)[0] == claim)
