"""F5: somebody else writes at the same moment: look again, compute again, and not forever."""

from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.faults.engine_room import again, settle
from tests.faults.rules import status, then

QUOTA = "/resourcequotas/"


def test_a_conflict_is_met_by_trying_again_at_once(cast, proxy, judge):
    namespace = cast.namespace()
    rule = proxy.fault(status(409, "the object has been modified"), verb="PATCH", path=QUOTA, nth=(1, 2))
    assert reconcile("namespace", namespace.pk).state == "done"
    assert rule.fired == 2
    judge.agrees()


def test_a_conflict_without_end_ends_the_attempt_and_not_the_patience(cast, proxy, judge):
    namespace = cast.namespace()
    rule = proxy.fault(status(409, "the object has been modified"), verb="PATCH", path=QUOTA)
    outcome = reconcile("namespace", namespace.pk)
    assert outcome.state == "retry"
    assert rule.fired <= 5
    namespace.refresh_from_db()
    assert namespace.observed_generation == 0
    assert "the object has been modified" in namespace.condition("Applied")["message"]
    proxy.heal()
    assert settle(namespace) < 5
    judge.agrees()


def test_a_hand_that_is_faster_than_the_repair_is_met_again(cast, proxy, judge, hand):
    namespace = cast.namespace()
    settle(namespace)
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace.name}/networkpolicies/slipway-default-deny"

    def open_wider(port):
        patch = {"spec": {"ingress": [{"ports": [{"port": port, "protocol": "TCP"}]}]}}
        hand.request("PATCH", path, query={"fieldManager": "kubectl-edit"}, body=patch, content_type="application/merge-patch+json")

    open_wider(80)
    race = proxy.fault(then(lambda: open_wider(81)), verb="PATCH", path="default-deny", nth=2)
    proxy.forget()
    again(namespace)
    assert race.fired == 1
    assert len(proxy.since(verb="PATCH", path="default-deny")) == 3, "apply, a patch that comes too late, a patch that fits"
    judge.agrees()
    assert Namespace.objects.get(pk=namespace.pk).settled
