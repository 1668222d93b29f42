"""Models, deployments and what a watcher would have seen of them, by plain functions; deployments go through the action that places."""

import itertools
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from clusters.models import Cluster, Observed, Pod
from deployments.actions.place import place
from deployments.models import ModelDeployment, Revision, Rollout
from deployments.queries import LABEL
from deployments.spec import DeploymentSpec, Scaling, Size, Source
from deployments.wish import DeploymentWish, Trial
from kube.pods import rank_of
from registry.models import ModelAlias, ModelVersion, RegisteredModel
from tenants.models import Namespace
from tests.factories import make_user
from tests.tenancy import make_namespace

GIB = 2**30
SMALL = Size(500, 1000, GIB, 2 * GIB)
# What KServe in Standard mode can do where its InferenceService knows canaries, as the watcher notes it.
SERVING = {
    "installed": True,
    "mode": "Standard",
    "spelling": "Standard",
    "canary": True,
    "stops": True,
    "domain": "example.com",
    "url_scheme": "http",
    "kinds": ["ServiceMonitor", "PodDisruptionBudget"],
}
_numbers = itertools.count(1)


def make_model(name: str = "defects", team: Team | None = None, **fields: Any) -> RegisteredModel:
    """A model, common to all unless a team is named; the same name gives the same model."""
    tag = team.name if team else ""
    return RegisteredModel.objects.get_or_create(name=name, defaults={"team": team, "team_tag": tag, **fields})[0]


def make_version(
    model: RegisteredModel | str = "defects", number: int = 0, *, aliases: tuple[str, ...] = (), **fields: Any
) -> ModelVersion:
    """The next version of a model, of the flavor sklearn and ready, with these aliases moved to it."""
    model = make_model(model) if isinstance(model, str) else model
    newest = model.versions.first()
    number = number or (newest.number + 1 if newest else 1)
    given = {
        "status": "READY",
        "download_uri": f"mlflow-artifacts:/1/{model.name}/{number}",
        "flavors": {"sklearn": "1.7.2", "python_function": "3.11.9"},
        "created_at": timezone.now(),
        **fields,
    }
    version = ModelVersion.objects.create(model=model, number=number, **given)
    for alias in aliases:
        move_alias(alias, version)
    return version


def move_alias(name: str, version: ModelVersion) -> ModelAlias:
    """Lets the alias point to this version."""
    return ModelAlias.objects.update_or_create(model=version.model, name=name, defaults={"version": version})[0]


def make_spec(version: ModelVersion | None = None, **changes: Any) -> DeploymentSpec:
    """One replica of a registered version on half a CPU and a gibibyte; `changes` are fields of DeploymentSpec."""
    version = version or ModelVersion.objects.first() or make_version(aliases=("champion",))
    source = Source("model", version.model.name, version.number, uri=version.download_uri)
    return replace(DeploymentSpec(source, "sklearn", SMALL), **changes)


def scaled(minimum: int, maximum: int, **changes: Any) -> Scaling:
    """Scaling by 80 % of the CPU request."""
    return Scaling(minimum, maximum, cpu=80, **changes)


def make_serving_namespace(cluster: Cluster | None = None, team: str = "vision", **changes: Any) -> Namespace:
    """A namespace on a cluster that serves."""
    namespace = make_namespace(cluster, team, **changes)
    let_serve(namespace.cluster)
    return namespace


def let_serve(cluster: Cluster, **serving: Any) -> None:
    """Notes on the cluster how it serves, with what is given instead of the usual."""
    cluster.capabilities = {**cluster.capabilities, "serving": {**SERVING, **serving}}
    cluster.save(update_fields=["capabilities"])


def make_deployment(
    namespace: Namespace | None = None,
    name: str = "",
    *,
    spec: DeploymentSpec | None = None,
    actor: User | None = None,
    reason: str = "The detector of line 3.",
    follows: str = "",
) -> ModelDeployment:
    """A deployment with its first revision; due, not yet applied."""
    namespace = namespace or make_serving_namespace()
    return revise(namespace, name or f"detector-{next(_numbers)}", spec or make_spec(), actor=actor, reason=reason, follows=follows)


def revise(
    namespace: Namespace,
    name: str,
    spec: DeploymentSpec,
    *,
    actor: User | None = None,
    reason: str = "",
    follows: str = "",
    trial: Trial | None = None,
    restores: int | None = None,
) -> ModelDeployment:
    """The next revision of the deployment of this name, as if nobody had to decide it; the first one if there is none."""
    actor = actor or make_user(team_roles={namespace.team: "owner"})
    wish = DeploymentWish(namespace.cluster.name, namespace.name, name, spec, trial, follows, restores)
    with transaction.atomic():
        return place(actor=actor, namespace=namespace, wish=wish, reason=reason)


def make_rollout(
    deployment: ModelDeployment, spec: DeploymentSpec | None = None, share: int = 20, actor: User | None = None, **trial: Any
) -> Rollout:
    """A candidate beside what serves: the next version of the model, unless `spec` says otherwise; `trial` are fields of Trial."""
    if spec is None:
        assert deployment.revision and deployment.revision.model_version
        version = make_version(deployment.revision.model_version.model)
        spec = replace(deployment.revision.spec, source=make_spec(version).source)
    revise(deployment.namespace, deployment.name, spec, actor=actor, reason="The new one.", trial=Trial(share, **trial))
    return Rollout.objects.running().get(deployment=deployment)


def newest(deployment: ModelDeployment) -> Revision:
    """Its last revision, serving or not."""
    return deployment.revisions.first()  # type: ignore[return-value]


def settle(deployment: ModelDeployment) -> ModelDeployment:
    """As the engine leaves it when every object is confirmed."""
    at = timezone.now()
    condition = {"type": "Applied", "status": "True", "reason": "Applied", "message": "", "lastTransitionTime": at.isoformat()}
    ModelDeployment.objects.filter(pk=deployment.pk).update(
        conditions=[condition], reconciled_at=at, next_reconcile_at=None, observed_generation=deployment.generation
    )
    deployment.refresh_from_db()
    return deployment


def fail(deployment: ModelDeployment, reason: str, message: str) -> ModelDeployment:
    """As the engine leaves it when the cluster refuses."""
    at = timezone.now()
    condition = {"type": "Applied", "status": "False", "reason": reason, "message": message, "lastTransitionTime": at.isoformat()}
    ModelDeployment.objects.filter(pk=deployment.pk).update(conditions=[condition], reconciled_at=at, failures=3)
    deployment.refresh_from_db()
    return deployment


def observe_service(deployment: ModelDeployment, status: dict[str, Any] | None = None, **fields: Any) -> Observed:
    """Its InferenceService as the watcher saw it: ready, unless `status` says otherwise."""
    name = fields.pop("name", deployment.name)
    given = {"uid": str(uuid4()), "resource_version": "7", "observed_at": timezone.now(), **fields}
    where = {"cluster": deployment.cluster, "namespace": deployment.namespace.name, "name": name, "owner": deployment.holder}
    body = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": deployment.namespace.name, "generation": 1},
        "spec": {},
        "status": status if status is not None else ready_status(deployment),
    }
    return Observed.objects.create(api_version="serving.kserve.io/v1beta1", kind="InferenceService", body=body, **where, **given)


def ready_status(deployment: ModelDeployment) -> dict[str, Any]:
    """KServe's status of a service that answers."""
    host = f"{deployment.name}-{deployment.namespace.name}.example.com"
    inside = f"http://{deployment.name}-predictor.{deployment.namespace.name}.svc.cluster.local"
    at = timezone.now().isoformat()
    conditions = [{"type": kind, "status": "True", "lastTransitionTime": at} for kind in ("IngressReady", "PredictorReady", "Ready")]
    return {
        "observedGeneration": 1,
        "url": f"http://{host}",
        "address": {"url": inside},
        "components": {"predictor": {"url": f"http://{deployment.name}-predictor-{deployment.namespace.name}.example.com"}},
        "conditions": conditions,
        "modelStatus": {
            "copies": {"failedCopies": 0, "totalCopies": 1},
            "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"},
            "transitionStatus": "UpToDate",
        },
    }


def failed_status(message: str, reason: str = "ModelLoadFailed") -> dict[str, Any]:
    """KServe's status of a service whose model does not load."""
    at = timezone.now().isoformat()
    words = {"reason": "MinimumReplicasUnavailable", "message": "Deployment does not have minimum availability."}
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": at, **words}
    return {
        "observedGeneration": 1,
        "conditions": [{**ready, "type": "PredictorReady"}, ready],
        "modelStatus": {
            "copies": {"failedCopies": 1, "totalCopies": 1},
            "lastFailureInfo": {"reason": reason, "message": message, "exitCode": 1, "time": at},
            "states": {"activeModelState": "", "targetModelState": "FailedToLoad"},
            "transitionStatus": "BlockedByFailedLoad",
        },
    }


def observe_pod(deployment: ModelDeployment, name: str = "", **fields: Any) -> Pod:
    """A pod of it, running and ready, unless `fields` say otherwise."""
    name = name or f"{deployment.name}-predictor-{next(_numbers):05x}"
    now = timezone.now()
    labels = {LABEL: deployment.name, "component": "predictor", "slipway.dev/deployment": deployment.name, **fields.pop("labels", {})}
    given = {
        "uid": str(uuid4()),
        "phase": "Running",
        "containers": ["kserve-container"],
        "ready": "1/1",
        "node": "cpu-01",
        "requests": {"cpu": 500, "memory": GIB},
        "started_at": now,
        "observed_at": now,
        **fields,
    }
    given.setdefault("rank", rank_of({"terminating": False, "reason": "", **given}))
    return Pod.objects.create(cluster=deployment.cluster, namespace=deployment.namespace.name, name=name, labels=labels, **given)
