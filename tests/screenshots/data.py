"""What the pictures show: made by the portal's own actions where they exist, and by rows where a cluster would have written them."""

import datetime as dt
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import yaml
from django.utils import timezone

from accounts.models import Membership, PlatformRole, Team, User
from approvals.actions import approve_request, ask_for_changes, comment_on_request, mark_outcome, reject_request
from approvals.models import Request
from clusters.models import CapacityAccount, Cluster, Drift, Event, GpuFlavor, Node, Observed, Pod
from kube.pods import rank_of
from tenants.actions import request_namespace, revise_namespace_request
from tenants.gathering import facts_for_plan, facts_of
from tenants.manifests import render
from tenants.models import Namespace
from tenants.resources import Resources
from tenants.wish import NamespaceWish
from tests.screenshots.models import make_catalogue
from tests.screenshots.serving import make_serving

GIB = 2**30
LONG_NAME = "speech-" + "very-long-names-are-allowed-by-dns-up-to-sixty-three-chars"[:56].rstrip("-")
LONG_TEXT = "Unbroken" + "x" * 120 + ". " + "A justification may have two thousand characters and several paragraphs.\n\n" * 12


def make_all() -> dict[str, int]:
    """Everything; returns the keys of the rows that places ask for by name."""
    people = _people()
    cluster = _cluster()
    keys = {"cluster": cluster.pk}
    keys |= _normal(people, cluster)
    keys |= _long(people, cluster)
    keys |= _failing(people, cluster)
    keys |= make_serving(people, cluster)
    make_catalogue(people)
    return keys


def _people() -> dict[str, User]:
    names = ("admin", "approver", "auditor", "owner", "member", "speaker", "newcomer")
    people = {name: User.objects.create_user(name, f"{name}@example.com", None, first_name=name.title()) for name in names}
    for name in ("admin", "approver", "auditor"):
        PlatformRole.objects.create(user=people[name], role=name)
    vision = Team.objects.create(name="vision", display_name="Vision", idp_group="ml-vision")
    speech = Team.objects.create(name="speech-" + "x" * 33, display_name="Speech and everything that is said aloud, in all languages")
    Team.objects.create(name="nobody", display_name="Nobody")
    for team, name, role in ((vision, "owner", "owner"), (vision, "member", "member"), (speech, "speaker", "owner")):
        Membership.objects.create(team=team, user=people[name], role=role)
    return people


def ref_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The object's address as plans and inventories keep it."""
    where = manifest["metadata"]
    return {"apiVersion": manifest["apiVersion"], "kind": manifest["kind"], "namespace": where.get("namespace"), "name": where["name"]}


def _cluster() -> Cluster:
    now = timezone.now()
    cluster = Cluster.objects.create(name="sandbox", display_name="Sandbox", is_sandbox=True, version="v1.32.0", last_seen_at=now)
    sizes = {"cpu": 512_000, "memory": 2048 * GIB, "storage": 20_480 * GIB, "gpu:h100": 32, "gpu:a100": 16}
    for key, size in sizes.items():
        CapacityAccount.objects.create(cluster=cluster, key=key, installed=size, ceiling=size)
    for name in ("h100", "a100"):
        account = CapacityAccount.objects.get(cluster=cluster, key=f"gpu:{name}")
        GpuFlavor.objects.create(
            cluster=cluster,
            name=name,
            display_name=name.upper(),
            account=account,
            installed=account.installed or 0,
            node_selector={"gpu": name},
        )
    for number in range(4):
        Node.objects.create(
            cluster=cluster,
            name=f"gpu-h100-{number:02}",
            uid=str(number),
            labels={"gpu": "h100"},
            ready=number != 3,
            schedulable=number != 2,
            allocatable={"cpu": "128", "memory": "512Gi", "nvidia.com/gpu": "8"},
            version="v1.32.0",
            observed_at=now,
        )
    return cluster


def _ask(user: User, team: Team, name: str, gpus: dict[str, int], why: str, **more: Any) -> Request:
    wish = NamespaceWish("sandbox", name, Resources(16_000, 64 * GIB, 500 * GIB, gpus), more.get("ends_at"))
    return request_namespace(actor=user, team=team, wish=wish, justification=why)


def _plan(row: Request, refused: str = "") -> None:
    """As a worker would have noted the cluster's answers."""
    cluster = Cluster.objects.get()
    wish = NamespaceWish.load(row.requested)
    manifests = render(facts_for_plan(cluster, row.team, wish.name, wish.resources, wish.environment))
    plan = row.plan
    plan.objects_planned = [
        {
            "ref": {
                "apiVersion": m["apiVersion"],
                "kind": m["kind"],
                "namespace": m["metadata"].get("namespace"),
                "name": m["metadata"]["name"],
            },
            "verdict": "refused" if refused and m["kind"] == "ResourceQuota" else "creates",
            "message": refused if refused and m["kind"] == "ResourceQuota" else "",
            "diff": [["+", line] for line in yaml.safe_dump(m, sort_keys=False).splitlines()],
            "stand_in": m["kind"] != "Namespace",
        }
        for m in manifests
    ]
    plan.made_for, plan.made_at, plan.observed_generation = row.version, timezone.now(), plan.generation
    plan.save()


def _normal(people: dict[str, User], cluster: Cluster) -> dict[str, int]:
    vision = Team.objects.get(name="vision")
    first = _ask(people["owner"], vision, "vision-prod", {"h100": 4}, "Four runs in parallel until the audit on 14 December.")
    _plan(first)
    fewer = NamespaceWish("sandbox", "vision-prod", Resources(16_000, 64 * GIB, 500 * GIB, {"h100": 2})).dump()
    approve_request(actor=people["approver"], request=first, seen_version=1, decided=fewer, reason="Two until Monday.")
    namespace = Namespace.objects.get(name="vision-prod")
    _applied(namespace, cluster)
    mark_outcome(Request.objects.get(pk=first.pk), "applied", "", applied=fewer)
    _life(cluster, "vision-prod")
    open_one = _ask(people["member"], vision, "vision-edge", {"h100": 1}, "Inference.", ends_at=timezone.now() + dt.timedelta(days=21))
    comment_on_request(actor=people["approver"], request=open_one, body="Would one do until Monday?")
    wish = NamespaceWish("sandbox", "vision-edge", Resources(8_000, 32 * GIB, 0, {"h100": 2}), timezone.now() + dt.timedelta(days=21))
    revise_namespace_request(actor=people["member"], request=open_one, wish=wish, justification="Two, until the audit.", seen_version=1)
    _plan(Request.objects.get(pk=open_one.pk))
    rejected = _ask(people["owner"], vision, "vision-old", {}, "Once more.")
    reject_request(actor=people["approver"], request=rejected, seen_version=1, reason="There is vision-prod.")
    returned = _ask(people["owner"], vision, "vision-demo", {}, "A demo.")
    ask_for_changes(actor=people["approver"], request=returned, seen_version=1, reason="For how long?")
    return {"applied": first.pk, "open": open_one.pk, "rejected": rejected.pk, "returned": returned.pk, "namespace": namespace.pk}


def _applied(namespace: Namespace, cluster: Cluster, failing: str = "") -> None:
    """As the engine and the watcher would have noted it."""
    now, inventory = timezone.now(), []
    for m in render(facts_of(namespace)):
        fails = bool(failing) and m["kind"] == "ResourceQuota"
        ref = ref_of(m)
        state = {"state": "failed" if fails else "created", "message": failing if fails else "", "at": now.isoformat()}
        inventory.append({**ref, "uid": "u", "resourceVersion": "5", "digest": "d", "paths": [], **state})
        used = {"requests.cpu": "9500m", "requests.memory": "41Gi", "requests.storage": "120Gi", "requests.nvidia.com/gpu": "2"}
        body = {**m, "status": {"used": used}} if m["kind"] == "ResourceQuota" else m
        Observed.objects.create(
            cluster=cluster,
            api_version=ref["apiVersion"],
            kind=ref["kind"],
            namespace=ref["namespace"] or "",
            name=ref["name"],
            uid="u",
            resource_version="5",
            owner=namespace.holder,
            body=body,
            observed_at=now,
        )
    verdict = ("False", "Forbidden", failing) if failing else ("True", "Applied", "")
    namespace.conditions = [dict(zip(("type", "status", "reason", "message", "at"), ("Applied", *verdict, now.isoformat()), strict=True))]
    namespace.inventory, namespace.reconciled_at = inventory, now
    namespace.observed_generation = 0 if failing else namespace.generation
    namespace.failures, namespace.next_reconcile_at = (4, now + dt.timedelta(seconds=40)) if failing else (0, None)
    namespace.save()


def _life(cluster: Cluster, where: str) -> None:
    now = timezone.now()
    crashed = {"exit_code": 137, "reason": "OOMKilled", "ended_at": (now - dt.timedelta(seconds=40)).isoformat()}
    image = "registry.example.org/vision/train:2.1"
    back_off = {"state": "waiting", "reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container=main"}
    no_image = 'Back-off pulling image "registry.example.org/vision/notebook:old": ErrImagePull: not found'
    full = "0/4 nodes are available: 3 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint {dedicated: batch}."
    pods: tuple[tuple[str, str, str, str, int, str, dict[str, Any]], ...] = (
        ("resnet-train-0", "Running", "", "", 0, "gpu-h100-00", {"state": "running", "ready": True}),
        ("resnet-train-1", "Running", "CrashLoopBackOff", "", 14, "gpu-h100-01", {**back_off, "last": crashed, "restarts": 14}),
        ("sweep-42", "Pending", "Unschedulable", full, 0, "", {}),
        (
            "notebook-0",
            "Pending",
            "ImagePullBackOff",
            "",
            0,
            "gpu-h100-01",
            {"state": "waiting", "reason": "ImagePullBackOff", "message": no_image},
        ),
        ("a-" + "very-long-pod-name-" * 11 + "end", "Succeeded", "", "", 0, "gpu-h100-00", {"state": "ended", "reason": "Completed"}),
    )
    for name, phase, reason, message, restarts, node, state in pods:
        ready = "1/1" if state.get("ready") else "0/1"
        Pod.objects.create(
            cluster=cluster,
            namespace=where,
            name=name,
            uid=str(uuid5(NAMESPACE_DNS, name)),
            containers=["main"],
            container_states=[{"name": "main", "image": image, "memory": 16 * GIB, "cpu": 4000, **state}],
            controller="Job/resnet-train" if "resnet" in name else "",
            phase=phase,
            reason=reason,
            message=message,
            ready=ready,
            rank=rank_of({"phase": phase, "reason": reason, "ready": ready, "terminating": False}),
            restarts=restarts,
            node=node,
            requests={"cpu": 4000, "memory": 16 * GIB, "nvidia.com/gpu": 1},
            created_at=now - dt.timedelta(hours=2),
            started_at=now if node else None,
            observed_at=now,
        )
    for number, (kind, reason) in enumerate((("Warning", "FailedScheduling"), ("Normal", "Started"))):
        Event.objects.create(
            cluster=cluster,
            namespace=where,
            name=f"e{number}",
            uid=f"e{number}",
            involved_kind="Pod",
            involved_name="sweep-42",
            reason=reason,
            message="0/4 nodes are available: <b>4 Insufficient</b> nvidia.com/gpu. " * 3,
            type=kind,
            count=3,
            first_at=now,
            last_at=now,
        )


def _long(people: dict[str, User], cluster: Cluster) -> dict[str, int]:
    team = people["speaker"].memberships.get().team
    row = _ask(people["speaker"], team, LONG_NAME, {"h100": 400}, LONG_TEXT[:2000])
    _plan(row, refused='admission webhook "policy.example.com" denied the request: ' + "quota objects need the label cost-center " * 8)
    for number in range(12):
        comment_on_request(actor=people["approver"], request=row, body=f"{number}: " + LONG_TEXT[: 100 * (number + 1)])
    return {"long": row.pk}


def _failing(people: dict[str, User], cluster: Cluster) -> dict[str, int]:
    row = _ask(people["owner"], Team.objects.get(name="vision"), "vision-failing", {"a100": 4}, "Speech to text.")
    approve_request(actor=people["approver"], request=row, seen_version=1, confirmed=True)
    namespace = Namespace.objects.get(name="vision-failing")
    reason = "quota objects need the label cost-center"
    _applied(namespace, cluster, failing=reason)
    mark_outcome(Request.objects.get(pk=row.pk), "failed", f"Forbidden: {reason}")
    for found, manager in (("changed", "kubectl-edit"), ("deleted", "")):
        Drift.objects.create(
            cluster=cluster,
            owner_kind="namespace",
            owner_pk=namespace.pk,
            api_version="v1",
            kind="ResourceQuota",
            namespace="vision-failing",
            name=f"slipway-{found}",
            found=found,
            manager=manager,
            fields=["spec.hard.requests.nvidia.com/gpu"],
        )
    return {"failed_request": row.pk, "failed_namespace": namespace.pk}
