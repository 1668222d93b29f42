"""Models and deployments for the pictures: rolled out, failing, paused, unseen, waiting for a decision, and one with long names."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import Team, User
from approvals.actions import approve_request
from clusters.models import Cluster, Event, Observed
from deployments.actions import deploy, pause_deployment
from deployments.actions.roll import end_rollout
from deployments.gathering import facts_of
from deployments.manifests import render
from deployments.manifests.names import predictor_name
from deployments.models import ModelDeployment, Rollout, ScalingStep
from deployments.spec import DeploymentSpec, Size, Variable
from deployments.wish import DeploymentWish, Trial
from registry.models import ModelVersion
from tenants.actions import request_namespace
from tenants.models import Namespace
from tenants.resources import Resources
from tenants.wish import NamespaceWish
from tests.deploying import (
    GIB,
    failed_status,
    let_serve,
    make_spec,
    make_version,
    observe_pod,
    observe_service,
    ready_status,
    revise,
    scaled,
    settle,
)
from tests.screenshots.samples import add_samples

LONG_NAME = "a-name-of-forty-characters-is-the-most-x"
LONG_MODEL = "the-model-whose-name-goes-on-" * 6
TRACEBACK = """Traceback (most recent call last):
  File "/opt/server/model.py", line 41, in load
    self.model = joblib.load(path)
ModuleNotFoundError: No module named 'lightgbm'"""
LARGE = Size(4000, 8000, 16 * GIB, 32 * GIB, "h100", 1)


def make_serving(people: dict[str, User], cluster: Cluster) -> dict[str, int]:
    """The keys of the rows that places ask for."""
    let_serve(cluster)
    near = _namespace(people, "vision-dev", "development")
    live = _namespace(people, "vision-live", "production")
    versions = [_version("defects", number) for number in range(1, 6)]
    rolling = _rolling(people, near, versions)
    found = {
        "rolling": rolling.pk,
        "failing": _failing(people, near).pk,
        "ready": _ready(people, near, versions[3]).pk,
        "paused": _paused(people, near, versions[1]).pk,
        "unseen": revise(near, "fresh-and-unseen", make_spec(versions[0]), actor=people["member"]).pk,
        "long_deployment": _long(people, near).pk,
        "serving_namespace": near.pk,
    }
    return found | _asked(people, live, versions)


def _namespace(people: dict[str, User], name: str, environment: str) -> Namespace:
    resources = Resources(64_000, 256 * GIB, 500 * GIB, {"h100": 8})
    wish = NamespaceWish("sandbox", name, resources, environment=environment)
    asked = request_namespace(actor=people["owner"], team=Team.objects.get(name="vision"), wish=wish, justification="To serve.")
    approve_request(actor=people["approver"], request=asked, seen_version=1, confirmed=True)
    namespace = Namespace.objects.get(name=name)
    hard = {"limits.cpu": "64", "requests.cpu": "64", "limits.memory": "256Gi", "requests.memory": "256Gi", "requests.nvidia.com/gpu": "8"}
    used = {"limits.cpu": "22", "requests.cpu": "9500m", "limits.memory": "96Gi", "requests.memory": "41Gi", "requests.nvidia.com/gpu": "6"}
    where = {"cluster": namespace.cluster, "namespace": name, "name": "slipway-quota", "owner": namespace.holder}
    body = {"spec": {"hard": hard}, "status": {"hard": hard, "used": used}}
    Observed.objects.create(
        api_version="v1", kind="ResourceQuota", uid="q", resource_version="1", body=body, observed_at=timezone.now(), **where
    )
    return namespace


def _version(model: str, number: int) -> ModelVersion:
    aliases = {4: ("champion",), 5: ("challenger",)}.get(number, ())
    metrics = {"accuracy": 0.91 + number / 100, "f1": 0.88 + number / 100}
    return make_version(model, number, aliases=aliases, metrics=metrics, created_at=timezone.now() - dt.timedelta(days=20 - number))


def _applied(row: ModelDeployment, failing: str = "") -> ModelDeployment:
    """As the engine notes what it has applied."""
    inventory = []
    for manifest in render(facts_of(row)):
        where = manifest["metadata"]
        ref = {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "namespace": where["namespace"], "name": where["name"]}
        state = {"state": "created", "message": failing, "at": timezone.now().isoformat()}
        inventory.append({**ref, "uid": "u", "resourceVersion": "5", "digest": "d", "paths": [], **state})
    ModelDeployment.objects.filter(pk=row.pk).update(inventory=inventory)
    return settle(row)


def _rolling(people: dict[str, User], namespace: Namespace, versions: list[ModelVersion]) -> ModelDeployment:
    name, owner = "defect-detector", people["owner"]
    env = (Variable("HF_TOKEN", "secret", "hub", "token"),)
    spec = make_spec(versions[2], size=LARGE, scaling=scaled(2, 6), env=env, exposure="outside", spread="nodes", min_available=1)
    row = revise(namespace, name, spec, actor=owner, reason="The detector of line 3.")
    stands = replace(spec, source=make_spec(versions[3]).source, scaling=scaled(3, 6))
    revise(namespace, name, stands, actor=owner, reason="0.95 on last week's pictures.", follows="champion")
    other = replace(stands, source=make_spec(versions[1]).source)
    revise(namespace, name, other, actor=people["member"], reason="What if we go back?", trial=Trial(50, 1.0, 60))
    _ended(Rollout.objects.running().get(deployment=row))
    asked = replace(stands, source=make_spec(versions[4]).source)
    row = revise(namespace, name, asked, actor=owner, reason="The challenger, carefully.", follows="champion", trial=Trial(20, 1.0, 60))
    _measured(Rollout.objects.running().get(deployment=row))
    row = _applied(ModelDeployment.objects.get(pk=row.pk))
    observe_service(row)
    _pods(row)
    _events(row)
    _steps(row, owner)
    running = Rollout.objects.running().select_related("stable", "candidate").get(deployment=row)
    add_samples(row, f"r{running.stable.number}", f"r{running.candidate.number}")
    return row


def _side(requests: int, errors: int, *times: float) -> dict[str, Any]:
    since = (timezone.now() - dt.timedelta(minutes=12)).isoformat()
    latencies = dict(zip(("p50", "p95", "p99"), times, strict=True))
    told = {"since": since, "requests": requests, "errors": errors, "rps": requests / 720, **latencies, "sample": requests}
    return {**told, "above": [], "missing": {}, "pods": 2, "silent": 0}


def _measured(rollout: Rollout) -> None:
    rollout.figures = {
        "since": (timezone.now() - dt.timedelta(minutes=12)).isoformat(),
        "stable": _side(698_112, 139, 9.1, 17.4, 22.0),
        "candidate": _side(174_020, 30, 8.2, 15.0, 19.3),
        "noise": {"errors": "same", "p99": "better"},
    }
    rollout.save()


def _ended(rollout: Rollout) -> None:
    words = "4.20 % of the candidate's 5000 requests failed; at most 1 % may"
    candidate = {**_side(5000, 210, 9.0, 31.0, 88.0), "above": ["p99"]}
    finding = {"what": "errors", "value": 4.2, "limit": 1.0, "sample": 5000, "words": words}
    verdict = {"findings": [finding], "share": 50, "stable": _side(5100, 1, 9.0, 17.0, 22.0), "candidate": candidate}
    end_rollout(rollout, Rollout.End.ROLLED_BACK, actor=None, reason=words, verdict=verdict)


def _pods(row: ModelDeployment) -> None:
    facts = facts_of(row)
    assert facts.candidate
    old, new = (predictor_name(facts, each) for each in (facts.stable, facts.candidate))
    requests = {"cpu": 4000, "memory": 16 * GIB, "nvidia.com/gpu": 1}
    for number, suffix in enumerate(("2xkqp", "9wz4l", "mm2vd")):
        observe_pod(row, f"{old}-7c9f-{suffix}", node=f"gpu-h100-0{number}", requests=requests, restarts=number % 2)
    starting = {"phase": "Pending", "ready": "0/1", "reason": "ContainerCreating", "node": "gpu-h100-02"}
    observe_pod(row, f"{new}-5d8b-q7h2s", requests=requests, **starting)


def _events(row: ModelDeployment) -> None:
    now = timezone.now()
    for number, (kind, reason, words) in enumerate(
        (("Normal", "ScalingReplicaSet", "Scaled up replica set to 3"), ("Warning", "Unhealthy", "Readiness probe failed: HTTP 503"))
    ):
        about = {"involved_kind": "Deployment", "involved_name": f"{row.name}-predictor", "reason": reason, "message": words, "type": kind}
        where = {"cluster": row.cluster, "namespace": row.namespace.name}
        Event.objects.create(name=f"d{number}", uid=f"d{number}", count=2, first_at=now, last_at=now, **about, **where)


def _steps(row: ModelDeployment, owner: User) -> None:
    now = timezone.now()
    words = "New size: 3; reason: cpu resource utilization (percentage of request) above target"
    steps = ((5, "cpu", 80, 2, 3, words, None), (90, "minimum", None, 2, 3, "0.95 on last week's pictures.", owner))
    for minutes, metric, threshold, before, after, message, asked_by in steps:
        values = {"metric": metric, "threshold": threshold, "before": before, "after": after, "message": message, "asked_by": asked_by}
        ScalingStep.objects.create(deployment=row, at=now - dt.timedelta(minutes=minutes), source=f"picture:{minutes}", **values)


def _ready(people: dict[str, User], namespace: Namespace, version: ModelVersion) -> ModelDeployment:
    row = _applied(revise(namespace, "line-counter", make_spec(version), actor=people["member"], reason="Counts.", follows="champion"))
    observe_service(row)
    observe_pod(row)
    return row


def _failing(people: dict[str, User], namespace: Namespace) -> ModelDeployment:
    spec = make_spec(make_version("scratches"))
    row = _applied(revise(namespace, "scratch-finder", spec, actor=people["member"], reason="First try."))
    observe_service(row, failed_status(TRACEBACK))
    observe_pod(row, phase="Running", ready="0/1", reason="CrashLoopBackOff", restarts=7, message=TRACEBACK)
    return row


def _paused(people: dict[str, User], namespace: Namespace, version: ModelVersion) -> ModelDeployment:
    row = revise(namespace, "night-shift", make_spec(version), actor=people["member"], reason="Only by day.")
    observe_service(row)
    return _applied(pause_deployment(actor=people["member"], deployment=row))


def _long(people: dict[str, User], namespace: Namespace) -> ModelDeployment:
    version = make_version(LONG_MODEL, 1, aliases=("an-alias-with-a-name-that-is-long-too",))
    row = _applied(revise(namespace, LONG_NAME, make_spec(version), actor=people["owner"], reason="Because. " * 60))
    host = "https://" + "a-very-long-host-name." * 8 + "example.com"
    observe_service(row, {**ready_status(row), "url": host, "address": {"url": host}})
    observe_pod(row, LONG_NAME + "-predictor-" + "x" * 60, reason="OOMKilled", message="needed more " * 30, ready="0/1")
    return row


def _asked(people: dict[str, User], live: Namespace, versions: list[ModelVersion]) -> dict[str, int]:
    """Two requests for production: a new one that waits, and one to change what stands there."""
    owner = people["owner"]

    def ask(name: str, spec: DeploymentSpec, reason: str, trial: Trial | None = None) -> int:
        wish = DeploymentWish("sandbox", live.name, name, spec, trial)
        placed = deploy(actor=owner, namespace=live, wish=wish, reason=reason, confirmed=True)
        assert placed.request
        return placed.request.pk

    stands = make_spec(versions[3], size=LARGE, scaling=scaled(2, 4), exposure="outside")
    row = _applied(revise(live, "defect-detector", stands, actor=owner, reason="In production since spring."))
    observe_service(row)
    observe_pod(row)
    fresh = ask("surface-inspector", make_spec(versions[4], size=LARGE, scaling=scaled(2, 6), exposure="outside"), "The second line.")
    change = replace(stands, source=make_spec(versions[4]).source, scaling=scaled(3, 8))
    return {"asked": fresh, "asked_change": ask(row.name, change, "0.96 in the canary.", Trial(10, 1.0)), "in_production": row.pk}
