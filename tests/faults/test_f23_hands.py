"""F23: every kind of ours is edited or deleted by hand; it is repaired within two seconds and the inbox says who it was.

Watcher, worker and Redis are processes of their own; the oracle compares bodies before and after.
"""

import statistics
import time

import pytest

from clusters.models import Drift, Observed
from tenants.models import Namespace
from tests.faults.deletions import wait_for
from tests.faults.engine_room import settle
from tests.faults.site import Site

GROUP = "faults-1"
pytestmark = pytest.mark.timeout(240)

SECONDS = 2.0
JSON_PATCH = "application/json-patch+json"
V1, NETWORK, RBAC = "/api/v1", "/apis/networking.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1"
MALLORY = {"kind": "User", "name": "mallory", "apiGroup": "rbac.authorization.k8s.io"}
ANYWHERE = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}
POD_LIMIT = {"type": "Pod", "max": {"cpu": "64"}}


def put(path, value):
    return {"op": "add", "path": path, "value": value}


# (where, plural/name, what the hand does; None deletes)
HANDS = {
    "quota value changed": (V1, "resourcequotas/slipway-quota", [put("/spec/hard/requests.cpu", "999")]),
    "quota GPU limit added": (V1, "resourcequotas/slipway-quota", [put("/spec/hard/requests.amd.com~1gpu", "8")]),
    "quota scope key removed": (V1, "resourcequotas/slipway-quota", [{"op": "remove", "path": "/spec/hard/requests.nvidia.com~1gpu"}]),
    "quota deleted": (V1, "resourcequotas/slipway-quota", None),
    "limit changed": (V1, "limitranges/slipway-limits", [put("/spec/limits/0/default/cpu", "64")]),
    "limit key added": (V1, "limitranges/slipway-limits", [put("/spec/limits/0/max", {"cpu": "64", "memory": "1Ti"})]),
    "limit item added": (V1, "limitranges/slipway-limits", [put("/spec/limits/-", POD_LIMIT)]),
    "limits deleted": (V1, "limitranges/slipway-limits", None),
    "default deny opened for ingress": (NETWORK, "networkpolicies/slipway-default-deny", [put("/spec/ingress", [{}])]),
    "default deny opened for egress": (NETWORK, "networkpolicies/slipway-default-deny", [put("/spec/egress", [{}])]),
    "default deny narrowed": (NETWORK, "networkpolicies/slipway-default-deny", [put("/spec/podSelector/matchLabels", {"app": "x"})]),
    "policy item added": (NETWORK, "networkpolicies/slipway-dns", [put("/spec/egress/-", ANYWHERE)]),
    "policy item changed": (NETWORK, "networkpolicies/slipway-dns", [put("/spec/egress/0/ports/0/port", 5353)]),
    "exception removed": (NETWORK, "networkpolicies/slipway-internet", [{"op": "remove", "path": "/spec/egress/0/to/0/ipBlock/except"}]),
    "policy deleted": (NETWORK, "networkpolicies/slipway-default-deny", None),
    "subject added": (RBAC, "rolebindings/slipway-owner", [put("/subjects/-", MALLORY)]),
    "subjects added to none": (RBAC, "rolebindings/slipway-viewer", [put("/subjects", [MALLORY])]),
    "subject changed": (RBAC, "rolebindings/slipway-member", [put("/subjects/0/name", "oidc:mallory")]),
    "binding deleted": (RBAC, "rolebindings/slipway-owner", None),
    "account deleted": (V1, "serviceaccounts/slipway-workload", None),
    "owner label removed": (RBAC, "rolebindings/slipway-member", [{"op": "remove", "path": "/metadata/labels/slipway.dev~1owner"}]),
    "owner label changed": (V1, "limitranges/slipway-limits", [put("/metadata/labels/slipway.dev~1owner", "namespace.0")]),
    "claim changed": (V1, "resourcequotas/slipway-quota", [put("/metadata/annotations/slipway.dev~1claim", "mine")]),
}
# A hand that deletes or only takes away owns no field afterwards: the API server does not keep who it was.
NAMELESS = ("deleted", "removed")


def by_hand(hand, namespace, where, what, change):
    path = f"{where}/namespaces/{namespace.name}/{what}"
    if change is None:
        hand.request("DELETE", path)
    else:
        hand.request("PATCH", path, query={"fieldManager": "kubectl-edit"}, body=change, content_type=JSON_PATCH)


def test_each_of_our_kinds_is_repaired_within_two_seconds_and_the_inbox_says_who_it_was(cast, proxy, hand, judge):
    namespace = cast.namespace()
    with Site() as site:
        site.worker()
        site.watcher()
        settle(namespace)
        wait_for(lambda: Observed.objects.filter(owner=namespace.holder).count() == 16, 30)
        judge.rest()
        before = judge.bodies(namespace.name)
        took = {name: repair_time(hand, judge, namespace, before, *HANDS[name]) for name in HANDS}
        wait_for(lambda: not Drift.objects.open().exists(), 10)
        settle(namespace)
    assert statistics.median(took.values()) < SECONDS / 2, took
    assert {name: seconds for name, seconds in took.items() if seconds >= SECONDS} == {}
    told = list(Drift.objects.order_by("pk").values_list("found", "manager"))
    assert len(told) == len(HANDS), told
    for name, (found, manager) in zip(HANDS, told, strict=True):
        # Without its owner label an object leaves the watch as if it were gone.
        assert found == ("deleted" if name.endswith((" deleted", "label removed")) else "changed"), name
        assert manager == "kubectl-edit" or name.endswith(NAMELESS), name
    judge.agrees()


def repair_time(hand, judge, namespace, before, where, what, change):
    """Seconds until the oracle sees every body as it was."""
    drifts = Drift.objects.count()
    by_hand(hand, namespace, where, what, change)
    began = time.monotonic()
    wait_for(lambda: judge.bodies(namespace.name) == before, 20)
    took = time.monotonic() - began
    wait_for(lambda: Drift.objects.count() > drifts and not Drift.objects.open().exists(), 10)
    return took


def test_a_namespace_deleted_by_hand_comes_back_whole(cast, hand, judge):
    namespace = cast.namespace()
    with Site() as site:
        site.worker()
        site.beat()
        site.watcher()
        settle(namespace)
        wait_for(lambda: Observed.objects.filter(owner=namespace.holder).count() == 16, 30)
        uid = hand.request("GET", f"{V1}/namespaces/{namespace.name}")["metadata"]["uid"]
        hand.request("DELETE", f"{V1}/namespaces/{namespace.name}")
        wait_for(lambda: is_back(namespace, uid), 60)
    judge.agrees()


def is_back(namespace, uid):
    namespace = Namespace.objects.get(pk=namespace.pk)
    space = next(entry for entry in namespace.inventory if entry["kind"] == "Namespace")
    return namespace.settled and namespace.next_reconcile_at is None and space["uid"] not in (None, uid)
