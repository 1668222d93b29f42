"""F26: one delete of several is refused."""

import pytest

from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.faults.engine_room import settle
from tests.faults.rules import drop, status

POLICIES = "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies"
OLD = ("slipway-old-1", "slipway-old-2", "slipway-old-3")


def leftovers(namespace, hand):
    """Three policies that an earlier version of the portal rendered: ours by claim and UID, not wanted any more."""
    namespace.refresh_from_db()
    path = POLICIES.format(namespace.name)
    pattern = hand.request("GET", f"{path}/slipway-dns")
    for name in OLD:
        metadata = {"name": name, **{part: pattern["metadata"][part] for part in ("labels", "annotations")}}
        live = hand.request("POST", path, body={**pattern, "metadata": metadata})
        entry = next(entry for entry in namespace.inventory if entry["name"] == "slipway-dns")
        namespace.inventory.append(
            entry | {"name": name, "uid": live["metadata"]["uid"], "resourceVersion": live["metadata"]["resourceVersion"]}
        )
    Namespace.objects.filter(pk=namespace.pk).update(inventory=namespace.inventory)
    namespace.touch()


def names(namespace):
    namespace.refresh_from_db()
    return {entry["name"]: entry for entry in namespace.inventory}


@pytest.mark.parametrize("code", [403, 500])
def test_a_refused_delete_stays_in_the_inventory_and_is_tried_again(code, cast, judge, hand, proxy):
    namespace = cast.namespace()
    settle(namespace)
    leftovers(namespace, hand)
    proxy.fault(status(code, "planted: not this one"), verb="DELETE", path=OLD[1])
    outcome = reconcile("namespace", namespace.pk)
    assert outcome.state == ("refused" if code == 403 else "retry")
    kept = names(namespace)
    assert OLD[1] in kept
    assert kept[OLD[1]]["state"] == "failed"
    assert "not this one" in kept[OLD[1]]["message"]
    assert not {OLD[0], OLD[2]} & set(kept)
    assert namespace.observed_generation < namespace.generation
    proxy.heal()
    Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z")
    settle(namespace)
    assert OLD[1] not in names(namespace)
    judge.agrees()


def test_a_delete_without_an_answer_is_not_shown_as_deleted(cast, judge, hand, proxy):
    namespace = cast.namespace()
    settle(namespace)
    leftovers(namespace, hand)
    proxy.fault(drop(), verb="DELETE", path=OLD[1])
    assert reconcile("namespace", namespace.pk).state == "blocked"
    assert OLD[1] in names(namespace)
    proxy.heal()
    assert settle(namespace) < 5
    assert not set(OLD) & set(names(namespace))
    judge.agrees()
