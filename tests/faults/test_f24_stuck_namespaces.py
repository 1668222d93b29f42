"""F24: a namespace that stays Terminating."""

from tenants.actions import delete_namespace
from tenants.models import Namespace
from tests.faults.crew import Victim
from tests.faults.deletions import removed, wait_for
from tests.faults.engine_room import settle, work
from tests.faults.rules import kill

HOLD = "example.com/hold"


def hold(hand, namespace):
    """A ConfigMap of somebody else's that will not go."""
    body = {"metadata": {"name": "held", "finalizers": [HOLD]}}
    hand.request("POST", f"/api/v1/namespaces/{namespace.name}/configmaps", body=body)


def test_a_stuck_deletion_shows_what_holds_it_and_leaves_foreign_finalizers_alone(cast, judge, hand):
    namespace = cast.namespace()
    settle(namespace)
    hold(hand, namespace)
    delete_namespace(actor=cast.alice, namespace=namespace, confirm=namespace.name)

    def told():
        work()
        namespace.refresh_from_db()
        return HOLD in (namespace.condition("Applied") or {})["message"]

    wait_for(told, 15)
    assert namespace.condition("Applied")["reason"] == "Terminating"
    assert namespace.state == "deleting"
    assert namespace.observed_generation < namespace.generation
    assert namespace.failures == 0, "waiting is no failure"
    path = f"/api/v1/namespaces/{namespace.name}/configmaps/held"
    assert hand.request("GET", path)["metadata"]["finalizers"] == [HOLD]
    judge.agrees()
    patch = [{"op": "remove", "path": "/metadata/finalizers"}]
    hand.request("PATCH", path, body=patch, content_type="application/json-patch+json")
    wait_for(lambda: work() and removed(namespace), 20)
    judge.agrees()


def test_a_namespace_whose_worker_died_before_it_knew_the_uid_is_deleted_all_the_same(cast, judge, hand, proxy, crew):
    namespace, victim = cast.namespace(), Victim()
    proxy.fault(kill(victim.kill), verb="POST", nth=1, when="after")
    victim.start(lambda: crew.start("reconcile", "namespace", namespace.pk)).wait()
    assert victim.was_killed
    assert hand.request("GET", f"/api/v1/namespaces/{namespace.name}")["metadata"]["annotations"]["slipway.dev/claim"] == namespace.claim
    proxy.heal()
    delete_namespace(actor=cast.alice, namespace=Namespace.objects.get(pk=namespace.pk), confirm=namespace.name)
    wait_for(lambda: work() and removed(namespace), 30)
    judge.agrees()
