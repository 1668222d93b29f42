"""What team vision serves in the world of the tests: a deployment, a paused one, one with a candidate, a request for another."""

from dataclasses import dataclass, replace

from accounts.models import User
from approvals.models import Request
from deployments.actions import deploy, pause_deployment
from deployments.models import DeploymentPolicy, ModelDeployment, Rollout, StoragePrefix
from deployments.wish import DeploymentWish
from registry.models import ModelVersion
from tenants.models import Namespace
from tests.deploying import let_serve, make_model, make_rollout, make_spec, make_version, observe_service, revise, settle


@dataclass
class Served:
    """`deployment` has two revisions, of which the second serves; `target` is where it can be promoted to."""

    deployment: ModelDeployment
    paused: ModelDeployment
    rollout: Rollout
    request: Request
    target: Namespace
    version: ModelVersion


def make_served(namespace: Namespace, target: Namespace, alice: User, name: str) -> Served:
    """All of it is alice's doing; names begin with `name`."""
    let_serve(namespace.cluster)
    DeploymentPolicy.objects.get_or_create(cluster=namespace.cluster)
    StoragePrefix.objects.create(team=namespace.team, prefix=f"s3://{name}-files/")
    version = make_version(make_model(f"{name}-model", namespace.team), aliases=("champion",))
    spec = make_spec(version)

    def place(end: str) -> ModelDeployment:
        return revise(namespace, f"{name}-{end}", spec, actor=alice, reason=f"{name} serves")

    place("one")
    second = replace(spec, size=replace(spec.size, cpu_limit=2000))
    deployment = revise(namespace, f"{name}-one", second, actor=alice, reason=f"{name} serves")
    observe_service(deployment)
    paused = pause_deployment(actor=alice, deployment=place("two"))
    rollout = make_rollout(place("three"), actor=alice)
    outside = DeploymentWish(namespace.cluster.name, namespace.name, f"{name}-four", replace(spec, exposure="outside"))
    asked = deploy(actor=alice, namespace=namespace, wish=outside, reason=f"{name} asks").request
    assert asked
    return Served(settle(deployment), settle(paused), rollout, asked, target, version)
