"""F26 for deployments: of all deletes of a deployment one is refused. It is not shown as deleted before everything is gone."""

import pytest
from django.core.exceptions import ValidationError

from audit.errors import Conflict
from audit.models import Entry
from clusters.breaker import probe_open_breakers
from deployments.actions import delete_deployment
from kube.inventory import Ref
from kube.kinds import path_of
from reconcile.backlog import work_off
from tests.clients import session_client
from tests.deployments.asking import ask_for
from tests.faults.deletions import wait_for
from tests.faults.deployments.scene import (
    applied,
    attempt,
    entries,
    known_kinds,
    live,
    no_hot_loop,
    rests,
    states,
    through_ingress,
    tried_in,
)
from tests.faults.rules import drop, status

pytestmark = pytest.mark.django_db(transaction=True)


def doom(cast, row):
    return delete_deployment(actor=cast.alice, deployment=row, confirm=row.name)


def refuse(proxy, row, kind, action):
    """Deletes of this object of the row meet the action."""
    return proxy.fault(action, verb="DELETE", path=path_of(Ref.of(entries(row)[kind])))


def stands(cast, row):
    """Neither the page, nor the REST API, nor the record says that it is deleted, and its name is not free."""
    row.refresh_from_db()
    told = session_client(cast.alice).get(f"/api/v1/deployments/{row.pk}/").json()
    assert (row.deleted_at, "deleted" in (row.state, told["state"], told["health"]["state"])) == (None, False)
    assert not Entry.objects.filter(action="deployment.deleted").exists()
    with pytest.raises((Conflict, ValidationError)):
        ask_for(cast.alice, row.namespace, name=row.name, options={"confirmed": True})


@pytest.mark.parametrize("kind", ["InferenceService", "ServiceMonitor", "PodDisruptionBudget"])
def test_what_may_not_be_deleted_stays_known_while_the_others_go(kind, served, cast, cluster, judge, proxy, hand):
    # Where the server knows no budgets of today, the route stands in for one.
    kind = kind if kind in known_kinds(cluster) else "HTTPRoute"
    doom(cast, served)
    rule = refuse(proxy, served, kind, status(403, "planted: not this one"))
    assert attempt(served).state == "refused"
    assert states(served) == {kind: "failed"}
    assert "not this one" in entries(served)[kind]["message"] and f"{kind} {entries(served)[kind]['name']}" in applied(served)["message"]
    assert live(hand, served, kind)
    stands(cast, served)
    judge.agrees()
    rests(served)
    no_hot_loop(served, proxy, judge)
    assert rule.fired == 4, "once in each attempt"
    proxy.heal()
    assert attempt(served).state == "removed"
    assert (served.state, served.inventory) == ("deleted", [])
    judge.agrees()


@pytest.mark.parametrize("code", [500, 503])
def test_a_delete_that_fails_for_now_is_tried_again_by_itself(code, served, cast, judge, proxy, hand):
    """503 for one kind is no outage: the cluster has just told of the namespace."""
    doom(cast, served)
    refuse(proxy, served, "InferenceService", status(code, "planted: the store of this kind is away"))
    for failures in (1, 2):
        assert (attempt(served).state, served.failures, served.blocked_on) == ("retry", failures, "")
        assert tried_in(served) <= 2**failures / 2
        assert states(served) == {"InferenceService": "failed"}
        stands(cast, served)
    judge.agrees()
    proxy.heal()
    wait_for(lambda: work_off(0.1) == 0 and is_deleted(served), 6)
    judge.agrees()


def test_a_delete_without_an_answer_is_not_shown_as_done(served, cast, judge, proxy, hand):
    doom(cast, served)
    refuse(proxy, served, "ServiceMonitor", drop())
    assert attempt(served).state == "blocked"
    assert "ServiceMonitor" in entries(served) and live(hand, served, "ServiceMonitor")
    stands(cast, served)
    proxy.heal()
    wait_for(lambda: swept() and is_deleted(served), 8)
    judge.agrees()


def test_what_is_not_wanted_any_more_and_may_not_be_deleted_leaves_the_change_unconfirmed(served, cluster, judge, proxy, hand):
    through_ingress(cluster)
    refuse(proxy, served, "HTTPRoute", status(403, "planted: not this one"))
    served.touch()
    assert attempt(served).state == "refused"
    assert served.observed_generation < served.generation
    assert (states(served)["HTTPRoute"], states(served)["Ingress"]) == ("failed", "created")
    assert live(hand, served, "HTTPRoute") and live(hand, served, "Ingress")
    judge.agrees()
    proxy.heal()
    assert attempt(served).state == "done"
    assert "HTTPRoute" not in entries(served)
    judge.agrees()


def is_deleted(row):
    row.refresh_from_db()
    return row.state == "deleted"


def swept():
    """The sweep has probed the cluster that did not answer, and a worker has done what is due."""
    probe_open_breakers()
    return work_off(0.2) == 0
