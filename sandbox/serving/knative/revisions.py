"""The revisions of a predictor: Deployments with a number, one for each template that there was."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.controllers.ownership import is_controlled_by, reference_to
from sandbox.serving.names import APP, REVISION, Object, app_label
from sandbox.serving.pods import Template, port_of
from sandbox.serving.predictors import Predictor

DIGEST = "sandbox.slipway.dev/template"
SUFFIX = "-deployment"
# Those that nothing names are forgotten beyond so many.
KEPT = 3


@dataclass(frozen=True)
class Revision:
    """One of them: its number counts up, its digest tells its template."""

    name: str
    number: int
    digest: str
    deployment: Object

    @property
    def replicas(self) -> int:
        """How many pods its autoscaler wants."""
        return int(self.deployment["spec"].get("replicas", 1))

    def condition(self, kind: str) -> Object:
        """Of its Deployment; empty without one."""
        found = (self.deployment.get("status") or {}).get("conditions") or []
        return next((each for each in found if each["type"] == kind), {})

    @property
    def is_available(self) -> bool:
        """Whether it has the pods that it must have, and at least one."""
        status = self.deployment.get("status") or {}
        is_seen = status.get("observedGeneration", 0) >= self.deployment["metadata"].get("generation", 1)
        return is_seen and bool(self.replicas and status.get("readyReplicas")) and self.condition("Available").get("status") == "True"


def revisions_of(service: Object, deployments: Iterable[Object]) -> list[Revision]:
    """Oldest first."""
    found = []
    for each in deployments:
        name = (each["metadata"].get("labels") or {}).get(REVISION, "")
        if name and is_controlled_by(each, service) and "deletionTimestamp" not in each["metadata"]:
            digest = (each["metadata"].get("annotations") or {}).get(DIGEST, "")
            found.append(Revision(name, int(name.rpartition("-")[2]), digest, each))
    return sorted(found, key=lambda revision: revision.number)


def digest_of(template: Template) -> str:
    """Equal for equal templates."""
    text = json.dumps([template.labels, template.annotations, template.spec], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def name_of(predictor: Predictor, number: int) -> str:
    """As Knative numbers them."""
    return f"{predictor.workload}-{number:05d}"


def superfluous(revisions: list[Revision], named: set[str]) -> list[Revision]:
    """Those that nothing names any more, but for the last few."""
    idle = [each for each in revisions if each.name not in named]
    return idle[: max(len(idle) - KEPT, 0)]


def labels_of(template: Template, name: str) -> dict[str, str]:
    """Of all that belongs to a revision."""
    return {**template.labels, APP: app_label(name), REVISION: name}


def deployment(owner: Object, template: Template, name: str, deadline: float) -> Object:
    """The Deployment of a revision, without replicas: they are its autoscaler's. `deadline` in seconds."""
    labels = labels_of(template, name)
    pods = {"metadata": {"labels": labels, "annotations": template.annotations}, "spec": template.spec}
    spec = {"selector": {"matchLabels": {APP: labels[APP]}}, "template": pods, "progressDeadlineSeconds": max(int(deadline), 1)}
    notes = {**template.annotations, DIGEST: digest_of(template)}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(owner, name + SUFFIX, labels, notes), "spec": spec}


def service(owner: Object, template: Template, name: str) -> Object:
    """The Service before its pods."""
    labels = labels_of(template, name)
    port = {"name": "http", "port": 80, "targetPort": port_of(template.spec), "protocol": "TCP"}
    spec = {"type": "ClusterIP", "selector": {APP: labels[APP]}, "ports": [port]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(owner, name, labels, template.annotations), "spec": spec}


def _metadata(owner: Object, name: str, labels: dict[str, str], annotations: dict[str, str]) -> Object:
    return {
        "name": name,
        "namespace": owner["metadata"]["namespace"],
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [reference_to(owner)],
    }
