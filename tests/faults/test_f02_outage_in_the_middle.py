"""F2: the API server is gone after the k-th object; nothing is confirmed early, and the rest follows when it is back."""

import pytest
from django.db import connection

from approvals.models import Request
from reconcile.engine import reconcile
from tenants.models import Namespace
from tests.faults.engine_room import again, settle
from tests.faults.rules import drop, then

MUTATING = "POST|PATCH|DELETE"


@pytest.mark.parametrize("survivors", [0, 1, 2, 7, 14])
def test_a_provisioning_cut_short_is_not_confirmed_and_resumes(survivors, cast, proxy, judge):
    namespace = cast.namespace()
    proxy.fault(drop(), verb=MUTATING, nth=range(survivors + 1, 1000))
    outcome = reconcile("namespace", namespace.pk)
    assert outcome.state == "blocked"
    namespace.refresh_from_db()
    assert namespace.observed_generation == 0
    assert Request.objects.get(pk=namespace.request_id).outcome == "applying"
    proxy.heal()
    assert settle(namespace) < 5
    judge.agrees()
    before = judge.rest()
    for _ in range(3):
        again(namespace)
    assert judge.versions() == before


def test_a_change_that_comes_while_an_attempt_runs_is_not_taken_for_applied(cast, proxy, judge):
    namespace = cast.namespace()
    wider = {**namespace.base, "cpu": 12_000}

    def change():
        Namespace.objects.filter(pk=namespace.pk).update(base=wider)
        namespace.touch()
        # It runs in a thread of the proxy, whose connection nobody else would close.
        connection.close()

    proxy.fault(then(change), verb="PATCH", path="/limitranges/", nth=1)
    outcome = reconcile("namespace", namespace.pk)
    assert outcome.state == "done"
    namespace.refresh_from_db()
    assert (namespace.generation, namespace.observed_generation) == (2, 1)
    assert judge.complaints() == []
    assert settle(namespace) < 5
    judge.agrees()
    assert judge.bodies(namespace.name)[f"{namespace.name}/ResourceQuota/slipway-quota"]["spec"]["hard"]["requests.cpu"] == "12"
