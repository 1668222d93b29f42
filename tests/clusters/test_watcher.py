"""The watcher on a real API server: hand-made changes are found and repaired, pods and events appear, outages are survived."""

import secrets
import statistics
import time

import pytest

from clusters.models import CapacityAccount, Cluster, Drift, Event, Node, Observed, Pod
from clusters.observation.messages import Changed, Listed
from clusters.observation.resync import resync
from clusters.observation.writer import Writer
from kube.inventory import Ref
from kube.kinds import path_of
from kube.ownership import digest
from reconcile import registry
from reconcile.engine import reconcile
from reconcile.upgrades import Walk
from tenants.models import Namespace
from tests.clusters.watching import edit, get, merge, until, watching, working
from tests.contract.objects import restricted
from tests.tenancy import make_namespace

pytestmark = [pytest.mark.usefixtures("cluster_plane")]

CHANGES = {
    "a quota value": ("ResourceQuota", lambda live: [{"op": "replace", "path": "/spec/hard/limits.cpu", "value": "999"}]),
    "a GPU limit added to the quota": (
        "ResourceQuota",
        lambda live: [{"op": "add", "path": "/spec/hard/requests.amd.com~1gpu", "value": "9"}],
    ),
    "a limit range": ("LimitRange", lambda live: [{"op": "add", "path": "/spec/limits/-", "value": {"type": "Pod", "max": {"cpu": "1"}}}]),
    "a subject added": (
        "RoleBinding",
        lambda live: [
            {"op": "add", "path": "/subjects", "value": [{"kind": "User", "name": "mallory", "apiGroup": "rbac.authorization.k8s.io"}]}
        ],
    ),
    "a policy opened": ("NetworkPolicy", lambda live: [{"op": "add", "path": "/spec/ingress", "value": [{}]}]),
    "the namespace's team label": ("Namespace", lambda live: [{"op": "remove", "path": "/metadata/labels/slipway.dev~1team"}]),
    "the owner label taken away": ("LimitRange", lambda live: [{"op": "remove", "path": "/metadata/labels/slipway.dev~1owner"}]),
    "the claim": ("ServiceAccount", lambda live: [{"op": "remove", "path": "/metadata/annotations/slipway.dev~1claim"}]),
}
# Who only removes a field owns nothing afterwards, so managedFields cannot name them.
LEAVING_NO_TRACE = ("the owner label taken away", "the namespace's team label", "the claim")


@pytest.fixture
def tenant(installed: Cluster) -> Namespace:
    """A namespace that is applied and confirmed."""
    return applied(installed)


def applied(cluster: Cluster) -> Namespace:
    CapacityAccount.objects.update_or_create(
        cluster=cluster, key="cpu", defaults={"installed": 10**8, "ceiling": 10**8, "ceiling_fixed": True}
    )
    CapacityAccount.objects.update_or_create(
        cluster=cluster, key="memory", defaults={"installed": 2**50, "ceiling": 2**50, "ceiling_fixed": True}
    )
    row = make_namespace(cluster, name=f"t-{secrets.token_hex(4)}", gpus={})
    outcome = reconcile("namespace", row.pk)
    assert outcome is not None
    assert outcome.state == "done", outcome
    row.refresh_from_db()
    return row


def entry(row, kind):
    return next(entry for entry in row.inventory if entry["kind"] == kind)


def is_equal(api, item):
    live = get(api, item)
    return live is not None and digest(live, item) == item["digest"]


@pytest.mark.parametrize("what", CHANGES)
def test_a_hand_made_change_is_repaired_and_named(tenant, installed, admin, monkeypatch, what):
    kind, patch = CHANGES[what]
    item = entry(tenant, kind)
    with working(monkeypatch), watching(installed):
        edit(admin, item, patch(get(admin, item)))
        drift = until(lambda: Drift.objects.first(), "the change is in the drift inbox")
        until(lambda: is_equal(admin, item), "the object is as it was")
        until(lambda: Drift.objects.filter(repaired_at__isnull=False).exists(), "the finding is closed")
    assert (drift.kind, drift.owner_kind, drift.owner_pk) == (kind, "namespace", tenant.pk)
    if what not in LEAVING_NO_TRACE:
        assert drift.manager == "kubectl-edit"
        assert [mark for mark, _line in drift.live["lines"] if mark != " "]
    assert Drift.objects.count() == 1


def test_two_hands_at_one_object_are_both_named(tenant, installed, admin, monkeypatch):
    item = entry(tenant, "ResourceQuota")
    with watching(installed):
        for number in range(2):
            merge(admin, item, {"spec": {"hard": {"limits.cpu": f"99{number}"}}}, manager=f"hand-{number}")
            until(lambda hand=f"hand-{number}": Drift.objects.filter(manager=hand).exists(), "the hand is in the drift inbox")
    with working(monkeypatch), watching(installed):
        until(lambda: not Drift.objects.open().exists(), "the findings are closed")
    assert set(Drift.objects.values_list("manager", flat=True)) == {"hand-0", "hand-1"}


@pytest.mark.parametrize("kind", ["ResourceQuota", "LimitRange", "RoleBinding", "NetworkPolicy", "ServiceAccount"])
def test_a_deleted_object_comes_back(tenant, installed, admin, monkeypatch, kind):
    item = entry(tenant, kind)
    with working(monkeypatch), watching(installed):
        admin.request("DELETE", path_of(Ref.of(item)))
        until(lambda: (live := get(admin, item)) and live["metadata"]["uid"] != item["uid"], "the object is there again")
        until(lambda: Drift.objects.filter(found="deleted", repaired_at__isnull=False).exists(), "the finding is closed")


def test_a_quiet_cluster_is_left_alone_by_resyncs_and_the_watch(tenant, installed, admin, monkeypatch):
    with working(monkeypatch) as woken, watching(installed) as watcher:
        until(lambda: Observed.objects.filter(owner=tenant.holder).count() == len(tenant.inventory), "all objects are observed")
        before = {item["name"] + item["kind"]: get(admin, item)["metadata"]["resourceVersion"] for item in tenant.inventory}
        results = [resync(installed, watcher._connect()) for _ in range(3)]
        assert [(result.differing, result.objects >= len(tenant.inventory)) for result in results] == [(0, True)] * 3
        assert woken.empty()
    assert {item["name"] + item["kind"]: get(admin, item)["metadata"]["resourceVersion"] for item in tenant.inventory} == before
    assert not Drift.objects.exists()


def test_a_newer_portal_that_renders_the_same_applies_nothing_again_and_one_that_does_not_does(tenant, admin, monkeypatch):
    assert Walk().step() == 0
    render = registry.kind("namespace").render

    def newer(row):
        return [{**manifest, "metadata": labelled(manifest["metadata"])} for manifest in render(row)]

    monkeypatch.setattr(registry.kind("namespace"), "render", newer)
    assert Walk().step() == 1
    assert reconcile("namespace", tenant.pk).state == "done"
    assert all(get(admin, item)["metadata"]["labels"]["slipway.dev/new"] == "yes" for item in tenant.inventory)


def labelled(metadata):
    return {**metadata, "labels": {**metadata["labels"], "slipway.dev/new": "yes"}}


def test_what_happened_while_nobody_watched_is_found_at_the_start(tenant, installed, admin, monkeypatch):
    quota, policy = entry(tenant, "ResourceQuota"), entry(tenant, "NetworkPolicy")
    merge(admin, quota, {"spec": {"hard": {"limits.cpu": "999"}}})
    admin.request("DELETE", path_of(Ref.of(policy)))
    with working(monkeypatch), watching(installed):
        until(lambda: is_equal(admin, quota), "the quota is as it was")
        until(lambda: get(admin, policy), "the policy is there again")
    # The run that repairs one of them may repair the other before it is judged.
    found = {(drift.kind, drift.found) for drift in Drift.objects.all()}
    assert found and found <= {("ResourceQuota", "changed"), ("NetworkPolicy", "deleted")}


def test_a_resync_finds_what_the_watch_missed_and_touches_only_that_owner(tenant, installed, admin, monkeypatch):
    other = applied(installed)
    with working(monkeypatch):
        merge(admin, entry(tenant, "ResourceQuota"), {"spec": {"hard": {"limits.cpu": "999"}}})
        generations = Namespace.objects.get(pk=other.pk).fence
        result = resync(installed, admin)
        assert result.differing == 1
        until(lambda: is_equal(admin, entry(tenant, "ResourceQuota")), "the quota is as it was")
    assert Namespace.objects.get(pk=other.pk).fence == generations


def test_an_apply_of_ours_is_not_taken_for_drift(installed, admin, monkeypatch):
    with working(monkeypatch) as woken, watching(installed):
        rows = [applied(installed) for _ in range(2)]
        owned = {row.holder for row in rows}
        until(lambda: Observed.objects.filter(owner__in=owned).count() == sum(len(row.inventory) for row in rows), "all is observed")
        for cpu in range(1, 6):
            rows[0].base = {**rows[0].base, "cpu": cpu * 1000}
            rows[0].save(update_fields=["base"])
            rows[0].touch()
            assert reconcile("namespace", rows[0].pk).state == "done"
        newest = get(admin, entry(rows[0], "ResourceQuota"))["metadata"]["resourceVersion"]
        until(lambda: Observed.objects.filter(kind="ResourceQuota", resource_version=newest).exists(), "the newest quota is observed")
        assert woken.empty()
    assert not Drift.objects.exists()
    assert Namespace.objects.get(pk=rows[0].pk).next_reconcile_at is None


def test_late_news_of_an_earlier_apply_of_ours_is_not_taken_for_drift(tenant, installed, admin):
    quota = entry(tenant, "ResourceQuota")
    earlier = get(admin, quota)
    tenant.base = {**tenant.base, "cpu": 7000}
    tenant.save(update_fields=["base"])
    tenant.touch()
    assert reconcile("namespace", tenant.pk).state == "done"
    writer = Writer(installed)
    assert writer.process([Changed(("v1", "ResourceQuota"), "MODIFIED", earlier)]) == []
    assert not Drift.objects.exists()
    assert [verdict.found for verdict in writer.process([Changed(("v1", "ResourceQuota"), "MODIFIED", get(admin, quota))])] == ["same"]


def test_what_a_restored_cluster_holds_is_judged_although_its_versions_are_older(tenant, installed, admin, monkeypatch):
    monkeypatch.setattr("clusters.observation.verdicts.OVERTAKEN_SECONDS", 0.1)
    quota = entry(tenant, "ResourceQuota")
    restored = get(admin, quota)
    restored["metadata"]["resourceVersion"] = "1"
    restored["spec"]["hard"]["limits.cpu"] = "999"
    writer = Writer(installed)
    assert writer.process([Listed(("v1", "ResourceQuota"), [restored], "1")]) == []
    time.sleep(0.15)
    assert [verdict.found for verdict in writer.process([])] == ["changed"]


def test_objects_with_a_copied_label_are_not_ours_to_touch(tenant, installed, admin, monkeypatch):
    labels = {"slipway.dev/owner": tenant.holder}
    copy = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "copy", "namespace": tenant.name, "labels": labels},
        "spec": {"limits": []},
    }
    with working(monkeypatch) as woken, watching(installed):
        made = admin.request("POST", f"/api/v1/namespaces/{tenant.name}/limitranges", body=copy)
        until(lambda: Observed.objects.filter(name="copy").exists(), "it is seen")
        time.sleep(0.2)
        assert woken.empty()
    assert get(admin, made)["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


def test_pods_and_events_of_our_namespaces_are_shown_and_those_of_others_are_not(tenant, installed, admin, monkeypatch):
    def pod(namespace):
        resources = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}}
        spec = {"containers": [{"name": "main", "image": "none", "resources": resources}], "terminationGracePeriodSeconds": 0}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": namespace}, "spec": spec}
        return until(lambda: attempt(admin, f"/api/v1/namespaces/{namespace}/pods", restricted(body)), "the pod is made")

    with working(monkeypatch), watching(installed):
        pod(tenant.name)
        pod("default")
        until(lambda: Pod.objects.filter(namespace=tenant.name, name="p").exists(), "the pod has a row")
        status = {
            "status": {
                "phase": "Running",
                "startTime": "2026-01-01T00:00:00Z",
                "containerStatuses": [
                    {
                        "name": "main",
                        "ready": True,
                        "restartCount": 2,
                        "image": "none",
                        "imageID": "",
                        "lastState": {},
                        "state": {"running": {}},
                    }
                ],
            }
        }
        admin.request("PATCH", f"/api/v1/namespaces/{tenant.name}/pods/p/status", body=status, content_type="application/merge-patch+json")
        until(lambda: Pod.objects.filter(namespace=tenant.name, phase="Running", ready="1/1", restarts=2).exists(), "it runs")
        assert Pod.objects.get().containers == ["main"]
        message = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": "e", "namespace": tenant.name},
            "reason": "Odd",
            "message": "a\x1b[31m b\u0000",
            "type": "Warning",
            "involvedObject": {"kind": "Pod", "name": "p", "namespace": tenant.name},
        }
        admin.request("POST", f"/api/v1/namespaces/{tenant.name}/events", body=message)
        until(lambda: Event.objects.filter(reason="Odd", message="a b", involved_name="p").exists(), "the event has a row, made safe")
        for namespace in (tenant.name, "default"):
            admin.request("DELETE", f"/api/v1/namespaces/{namespace}/pods/p", body={"gracePeriodSeconds": 0})
        until(lambda: not Pod.objects.exists(), "the pod's row is gone")
    assert set(Event.objects.values_list("namespace", flat=True)) == {tenant.name}


def attempt(api, path, body):
    """A new ServiceAccount's token comes a moment after it, and until then pods are refused."""
    try:
        return api.request("POST", path, body=body)
    except Exception as error:
        if "retry" in str(error) or "no API token" in str(error) or "serviceaccount" in str(error):
            return None
        raise


def test_a_new_node_adds_capacity_and_its_end_takes_it(installed, admin, new_node):
    with watching(installed):
        new_node({"nvidia.com/gpu.product": "NVIDIA-L40S"}, cpu="10", memory="1Gi", nvidia_com__gpu="4")
        until(lambda: CapacityAccount.objects.filter(key="gpu:l40s", ceiling=4).exists(), "the cards are counted")
        admin.request("DELETE", f"/api/v1/nodes/{Node.objects.get().name}")
        until(lambda: CapacityAccount.objects.filter(key="gpu:l40s", installed=0).exists(), "the cards are gone")
        assert "No node" in installed.flavors.get().warning


def test_a_namespace_that_is_gone_leaves_nothing_for_the_next_of_its_name(tenant, installed, admin):
    Event.objects.create(cluster=installed, namespace=tenant.name, name="e", last_at="2026-01-01T00:00:00Z")
    with watching(installed):
        admin.request("DELETE", f"/api/v1/namespaces/{tenant.name}")
        until(lambda: not Observed.objects.filter(name=tenant.name).exists(), "the namespace is gone", 30)
        until(lambda: not Event.objects.filter(namespace=tenant.name).exclude(reason="").exists(), "nothing of it is left")
    assert not Observed.objects.filter(namespace=tenant.name).exists()


def test_an_outage_makes_the_cluster_stale_and_what_happened_meanwhile_is_found(tenant, installed, admin, monkeypatch, cluster_plane):
    quota = entry(tenant, "ResourceQuota")
    with working(monkeypatch), watching(installed) as watcher:
        until(lambda: watcher.tick() or Cluster.objects.get().last_seen_at, "all is live")
        cluster_plane.kill_api_server()
        until(lambda: watcher.tick() or Cluster.objects.get().stale_since, "the page can say since when it is old")
        cluster_plane.start_api_server()
        merge(admin, quota, {"spec": {"hard": {"limits.cpu": "999"}}})
        until(lambda: is_equal(admin, quota), "the quota is as it was", 20)
        until(lambda: watcher.tick() or Cluster.objects.get().stale_since is None, "all is live again", 20)


def test_a_repair_is_quick(tenant, installed, admin, monkeypatch):
    quota, took = entry(tenant, "ResourceQuota"), []
    with working(monkeypatch), watching(installed):
        for round_ in range(20):
            edit(admin, quota, [{"op": "replace", "path": "/spec/hard/limits.cpu", "value": str(1000 + round_)}])
            began = time.monotonic()
            until(lambda: is_equal(admin, quota), "the quota is as it was")
            took.append(time.monotonic() - began)
            until(lambda: Namespace.objects.get(pk=tenant.pk).lease_until is None, "the worker is done")
    assert statistics.median(took) < 0.5, took
