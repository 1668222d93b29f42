"""The ReplicaSets of a Deployment as its revisions: which one is of the current template, and what their annotations record."""

import hashlib
import json

from sandbox.client.calls import Object
from sandbox.controllers.deployments.rollout import DESIRED, MAXIMUM, created, fenceposts, replicas_of
from sandbox.controllers.ownership import reference_to

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration",
    *(REVISION, HISTORY, DESIRED, MAXIMUM),
    "deprecated.deployment.rollback.to",
)
LONGEST_HISTORY = 2000
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


def find_new(deployment: Object, sets: list[Object]) -> Object | None:
    """The oldest ReplicaSet of the Deployment's current template, or None."""
    wanted = comparable(deployment["spec"]["template"])
    return next((each for each in sorted(sets, key=created) if comparable(each["spec"]["template"]) == wanted), None)


def comparable(template: Object) -> Object:
    """A template without the label that tells ReplicaSets apart, and without empty values."""
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if value}
    labels = {key: value for key, value in (metadata.pop("labels", None) or {}).items() if key != HASH}
    return {"spec": template["spec"], "metadata": metadata | ({"labels": labels} if labels else {})}


def template_hash(deployment: Object) -> str:
    """Letters that stand for the template; another collisionCount gives others."""
    collisions = (deployment.get("status") or {}).get("collisionCount", 0)
    text = json.dumps([comparable(deployment["spec"]["template"]), collisions], sort_keys=True)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(number))


def revision_of(item: Object) -> int:
    """The revision that the annotation names; 0 for none."""
    text = (item["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(text) if text.isdigit() else 0


def next_revision(old: list[Object]) -> int:
    """One more than any of these."""
    return max(map(revision_of, old), default=0) + 1


def new_set(deployment: Object, revision: int) -> Object:
    """A ReplicaSet of the current template, still without replicas."""
    template = deployment["spec"]["template"]
    suffix, metadata = template_hash(deployment), template.get("metadata") or {}
    labels = {**(metadata.get("labels") or {}), HASH: suffix}
    selector = deployment["spec"]["selector"]
    selector = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: suffix}}
    name, namespace = f"{deployment['metadata']['name']}-{suffix}", deployment["metadata"]["namespace"]
    spec = {"replicas": 0, "selector": selector, "template": {**template, "metadata": {**metadata, "labels": labels}}}
    if deployment["spec"].get("minReadySeconds"):
        spec["minReadySeconds"] = deployment["spec"]["minReadySeconds"]
    own = {"name": name, "namespace": namespace, "labels": labels, "ownerReferences": [reference_to(deployment)]}
    item = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": own, "spec": spec}
    return annotated(item, {**recorded(deployment, item, revision), **size_notes(deployment)})


def size_notes(deployment: Object) -> dict[str, str]:
    """What a ReplicaSet remembers of the size that it was scaled for."""
    replicas = replicas_of(deployment)
    return {DESIRED: str(replicas), MAXIMUM: str(replicas + fenceposts(deployment)[0])}


def recorded(deployment: Object, item: Object, revision: int) -> dict[str, str]:
    """The annotations that the ReplicaSet of the current template takes over, with its revision and those that it had before."""
    given = deployment["metadata"].get("annotations") or {}
    notes = {key: value for key, value in given.items() if key not in NOT_COPIED}
    before, history = revision_of(item), (item["metadata"].get("annotations") or {}).get(HISTORY, "")
    if before < revision:
        notes[REVISION] = str(revision)
        if before:
            notes[HISTORY] = f"{history},{before}"[-LONGEST_HISTORY:].lstrip(",")
    return notes


def annotated(item: Object, notes: dict[str, str]) -> Object:
    """The same object with these annotations added."""
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **notes}}}
