"""Clusters over REST: everyone sees names and what is left, administrators the rest, nobody the credential."""

import json

import pytest
from django.utils import timezone

from audit.models import Entry
from clusters.capacity import reserve
from clusters.models import CapacityAccount, Cluster, Drift, GpuFlavor, Node
from tests.clients import session_client, token_client
from tests.factories import make_user
from tests.tenancy import make_cluster, make_namespace

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.clusters.urls")]
CANARY = "token-canary-7f3a"


@pytest.fixture
def cluster():
    cluster = make_cluster("fra-1", kubeconfig=CANARY, version="v1.34.0")
    reserve(cluster=cluster, holder="namespace.9", amounts={"gpu:h100": 5})
    Node.objects.create(cluster=cluster, name="n1", uid="1", ready=True, observed_at=timezone.now())
    return cluster


@pytest.fixture
def admin(db):
    return make_user("root", platform_roles=["admin"])


def drift(owner):
    return Drift.objects.create(
        cluster=owner.cluster, owner_kind="namespace", owner_pk=owner.pk, api_version="v1", kind="LimitRange",
        namespace=owner.name, name="l", found="changed", manager="kubectl-edit", live={"lines": [["-", "a: 1"], ["+", "a: 2"]]},
    )  # fmt: skip


def test_a_visitor_who_is_not_signed_in_sees_nothing(cluster):
    for path in ("clusters/", "clusters/fra-1/", "clusters/fra-1/nodes/", "drifts/"):
        assert session_client().get(f"/api/v1/{path}").status_code in (401, 403)


def test_everyone_signed_in_sees_what_is_left_but_not_who_holds_it(cluster):
    answer = session_client(make_user()).get("/api/v1/clusters/fra-1/")
    [gpus] = [line for line in answer.json()["capacity"] if line["key"] == "gpu:h100"]
    assert (gpus["installed"], gpus["granted"], gpus["free"], gpus["flavors"]) == (16, 5, 11, ["h100"])
    assert "holders" not in gpus
    assert answer.json()["details"] is None


def test_an_admin_sees_holders_and_details_and_an_approver_holders(cluster, admin):
    data = session_client(admin).get("/api/v1/clusters/fra-1/").json()
    assert data["details"]["version"] == "v1.34.0"
    assert next(line for line in data["capacity"] if line["key"] == "gpu:h100")["holders"] == {"namespace.9": 5}
    data = session_client(make_user(platform_roles=["approver"])).get("/api/v1/clusters/fra-1/").json()
    assert data["details"] is None
    assert next(line for line in data["capacity"] if line["key"] == "gpu:h100")["holders"] == {"namespace.9": 5}


def test_no_answer_contains_the_credential(cluster, admin):
    for path in ("clusters/", "clusters/fra-1/", "clusters/fra-1/nodes/", "drifts/"):
        answer = session_client(admin).get(f"/api/v1/{path}")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert CANARY not in text and "kubeconfig" not in text


def test_only_an_admin_sees_nodes(cluster, admin):
    assert session_client(make_user()).get("/api/v1/clusters/fra-1/nodes/").status_code == 403
    assert [row["name"] for row in session_client(admin).get("/api/v1/clusters/fra-1/nodes/").json()["results"]] == ["n1"]


def test_a_list_takes_as_many_queries_for_ten_clusters_as_for_one(admin, cluster, django_assert_max_num_queries):
    for number in range(9):
        make_cluster(f"c{number}")
    client = session_client(admin)
    with django_assert_max_num_queries(8):
        assert client.get("/api/v1/clusters/").json()["count"] == 10


def test_an_admin_can_declare_a_flavor_with_a_warning_and_nobody_else_can(cluster, admin):
    body = {"name": "b200", "cards": 4, "node_selector": {"pool": "b200"}}
    assert session_client(make_user(platform_roles=["approver"])).post("/api/v1/clusters/fra-1/flavors/", body).status_code == 403
    assert not GpuFlavor.objects.filter(name="b200").exists()
    assert Entry.objects.filter(action="flavor.declare", outcome="denied").count() == 1
    answer = session_client(admin).post("/api/v1/clusters/fra-1/flavors/", body)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["source"], answer.json()["account"]) == ("declared", "gpu:b200")
    assert "No node" in answer.json()["warning"]
    assert CapacityAccount.objects.get(key="gpu:b200").ceiling == 4
    assert Entry.objects.filter(action="flavor.declare", outcome="accepted").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "h100"}, "name"),
        ({"cards": -1}, "cards"),
        ({"resource_name": "gpu"}, "resource_name"),
        ({"pool": "none"}, "pool"),
        ({"name": "a b"}, "name"),
    ],
)
def test_a_wrong_flavor_is_refused_by_field(cluster, admin, change, field):
    GpuFlavor.objects.filter(name="h100").update(source="observed")
    answer = session_client(admin).post("/api/v1/clusters/fra-1/flavors/", {"name": "x1", "cards": 1, **change})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_flavors_of_one_pool_share_what_can_be_granted(cluster, admin):
    answer = session_client(admin).post("/api/v1/clusters/fra-1/flavors/", {"name": "h100-half", "cards": 99, "pool": "h100"})
    assert answer.json()["account"] == "gpu:h100"
    assert CapacityAccount.objects.get(key="gpu:h100").ceiling == 16


def test_a_token_that_may_only_read_cannot_declare(cluster, admin):
    assert token_client(admin, "read").post("/api/v1/clusters/fra-1/flavors/", {"name": "x1", "cards": 1}).status_code == 403


def test_drift_is_seen_by_the_team_and_by_those_who_see_everything_and_by_nobody_else(cluster, admin):
    namespace = make_namespace(cluster, gpus={})
    found = drift(namespace)
    member = make_user(team_roles={"vision": "viewer"})
    stranger = make_user(team_roles={"speech": "owner"})
    for user, count in ((admin, 1), (member, 1), (stranger, 0), (make_user(), 0)):
        data = session_client(user).get("/api/v1/drifts/").json()
        assert [row["id"] for row in data["results"]] == [found.pk] * count
    assert json.dumps(session_client(member).get("/api/v1/drifts/").json()["results"][0]["lines"]) == '[["-", "a: 1"], ["+", "a: 2"]]'
    assert session_client(member).get("/api/v1/drifts/?repaired_at__isnull=false").json()["count"] == 0


def test_a_new_device_in_the_cluster_makes_every_namespace_due(cluster, admin):
    """Its quota must name the new resource, or it would be unlimited there."""
    namespace = make_namespace(cluster, gpus={})
    type(namespace).objects.update(next_reconcile_at=None, inventory=[{"apiVersion": "v1", "kind": "Namespace", "name": "x"}])
    body = {"name": "mi300", "cards": 4, "resource_name": "amd.com/gpu"}
    assert session_client(admin).post("/api/v1/clusters/fra-1/flavors/", body).status_code == 201
    namespace.refresh_from_db()
    assert namespace.next_reconcile_at is not None
    assert Cluster.objects.get().flavors.filter(name="mi300").exists()
