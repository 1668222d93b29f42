"""/metrics: what Prometheus reads of the portal, and who may."""

from collections.abc import Callable

import pytest
from django.db.models.functions import Now
from prometheus_client.parser import text_string_to_metric_families

from clusters.models import GpuFlavor, Node, Pod
from reconcile.models import Heartbeat
from tenants.models import Namespace
from tests.clients import session_client, token_client
from tests.deploying import make_deployment, make_serving_namespace
from tests.factories import make_team, make_user
from tests.tenancy import ask, make_cluster, make_due, make_namespace, make_wish

pytestmark = pytest.mark.django_db
Read = Callable[[str], dict[tuple[str, ...], float]]


@pytest.fixture
def read() -> Read:
    """The samples of a family by their labels' values, in the order of the labels' names, as an auditor's token is told them."""
    client = token_client(make_user(platform_roles=["auditor"]), "read")

    def samples(name: str) -> dict[tuple[str, ...], float]:
        answer = client.get("/metrics")
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
        found = [sample for family in text_string_to_metric_families(answer.content.decode()) for sample in family.samples]
        return {tuple(sample.labels[key] for key in sorted(sample.labels)): sample.value for sample in found if sample.name == name}

    return samples


def test_gpus_are_told_by_team_and_flavor_as_granted_and_as_held(read: Read) -> None:
    cluster = make_cluster(h100=16, kubeconfig="x")
    namespace = make_namespace(cluster, gpus={"h100": 4})
    flavor = GpuFlavor.objects.get(cluster=cluster, name="h100")
    Node.objects.create(cluster=cluster, name="gpu-1", labels=flavor.node_selector, allocatable={}, observed_at=Now())
    for place, cards in ((namespace.name, 3), ("kube-system", 1)):
        asked = {"cpu": 1000, flavor.resource_name: cards}
        Pod.objects.create(
            cluster=cluster, namespace=place, name="a", uid=place, phase="Running", node="gpu-1", requests=asked, observed_at=Now()
        )
    assert read("slipway_gpus_granted") == {("fra-1", "h100", "vision"): 4}
    assert read("slipway_gpus_used") == {("fra-1", "h100", "vision"): 3, ("fra-1", "h100", ""): 1}
    assert read("slipway_gpus_installed")["fra-1", "h100"] == 16


def test_a_row_that_waits_ages_the_queue_and_a_parked_one_does_not(read: Read) -> None:
    row = make_namespace()
    Namespace.objects.update(next_reconcile_at=None)
    assert read("slipway_due_rows")[("namespace",)] == 0 and read("slipway_queue_age_seconds")[("namespace",)] == 0
    make_due(row)
    assert read("slipway_due_rows")[("namespace",)] == 1
    Namespace.objects.update(crashes=5)
    assert read("slipway_due_rows")[("namespace",)] == 0 and read("slipway_parked_rows")[("namespace",)] == 1


def test_open_requests_are_counted_by_team(read: Read) -> None:
    team = make_team("vision")
    make_cluster()
    alice = make_user("alice", {team: "owner"})
    ask(alice, team, make_wish(name="vision-a"))
    ask(alice, team, make_wish(name="vision-b"))
    assert list(read("slipway_requests_waiting").values()) == [2]
    assert 0 <= read("slipway_request_age_seconds")[()] < 60


def test_a_state_that_no_deployment_is_in_is_nought(read: Read) -> None:
    make_deployment(make_serving_namespace())
    states = read("slipway_deployments")
    assert sum(states.values()) == 1 and states["failed", "vision"] == 0


def test_a_role_without_a_sign_of_life_has_no_process(read: Read) -> None:
    Heartbeat.beat("worker", "here:1")
    assert read("slipway_role_processes") == {("worker",): 1, ("beat",): 0, ("watcher",): 0}
    assert set(read("slipway_role_silence_seconds")) == {("worker",)}


def test_a_cluster_that_is_not_seen_is_not_reachable(read: Read) -> None:
    make_cluster("fra-1", kubeconfig="x", last_seen_at=Now())
    make_cluster("fra-2", kubeconfig="x", last_seen_at=Now(), stale_since=Now())
    assert read("slipway_cluster_reachable") == {("fra-1",): 1, ("fra-2",): 0}


def test_answers_are_counted_under_their_route_and_not_under_what_was_asked_for(read: Read) -> None:
    stranger = session_client()
    stranger.get("/no/such/page/at-all")
    stranger.get("/healthz")
    counted = read("slipway_http_answers_total")
    assert counted["GET", "healthz", "200"] >= 1 and counted["GET", "none", "404"] >= 1
    assert not any("no/such" in part for key in counted for part in key)


@pytest.mark.parametrize(("roles", "status"), [([], 403), (["approver"], 200), (["admin"], 200), (["auditor"], 200)])
def test_only_who_sees_every_team_reads_them(roles: list[str], status: int) -> None:
    owner = make_user(team_roles={"vision": "owner"}, platform_roles=roles)
    assert token_client(owner, "read").get("/metrics").status_code == status
    assert session_client().get("/metrics").status_code == 401
