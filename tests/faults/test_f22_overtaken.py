"""F21 and F22: a worker sleeps past its lease while another one does its work; what it still does counts for nothing."""

import os
import signal
import threading

import pytest

from clusters.models import Observed
from tenants.models import Namespace
from tests.faults.crew import Victim
from tests.faults.deletions import wait_for
from tests.faults.engine_room import settle, work
from tests.faults.environment import LEASE_SECONDS
from tests.faults.rules import then
from tests.faults.site import Site

GROUP = "faults-2"
pytestmark = pytest.mark.timeout(120)
QUOTA = "/api/v1/namespaces/{}/resourcequotas/slipway-quota"


def widen(namespace, cpu):
    namespace.refresh_from_db()
    Namespace.objects.filter(pk=namespace.pk).update(base={**namespace.base, "cpu": cpu})
    namespace.touch()


def test_a_worker_that_sleeps_past_its_lease_records_nothing(cast, crew, proxy, judge):
    namespace, sleeper = cast.namespace(), Victim()
    proxy.fault(then(lambda: sleeper.signal(signal.SIGSTOP)), path="/limitranges/", nth=1)
    process = sleeper.start(lambda: crew.start("reconcile", "namespace", namespace.pk))
    wait_for(lambda: sleeper.was_met, 10)
    proxy.heal()
    settle(namespace, seconds=LEASE_SECONDS + 10)
    before = Namespace.objects.get(pk=namespace.pk)
    assert before.fence == 2
    os.kill(process.pid, signal.SIGCONT)
    process.wait()
    after = Namespace.objects.get(pk=namespace.pk)
    assert (after.conditions, after.inventory, after.observed_generation) == (
        before.conditions,
        before.inventory,
        before.observed_generation,
    )
    assert (after.failures, after.blocked_on, after.lease_until) == (0, "", None)
    assert after.next_reconcile_at is not None, "what the late worker may have done is looked at"
    settle(namespace)
    judge.agrees()


def test_a_late_write_of_an_overtaken_worker_is_overwritten_within_five_seconds(cast, crew, proxy, judge, hand):
    namespace, released = cast.namespace(), threading.Event()
    settle(namespace)
    with Site() as site:
        site.watcher()
        wait_for(lambda: Observed.objects.filter(owner=namespace.holder).count() == 16, 30)
        widen(namespace, 10_000)
        late = proxy.fault(then(lambda: released.wait(30)), path="slipway-quota", nth=1)
        process = crew.start("reconcile", "namespace", namespace.pk)
        wait_for(lambda: late.fired, 10)
        process.kill()
        widen(namespace, 12_000)
        settle(namespace, seconds=LEASE_SECONDS + 10)
        released.set()
        wait_for(lambda: cpu(hand, namespace) == "10", 5)

        def repaired():
            work()
            return cpu(hand, namespace) == "12"

        assert wait_for(repaired, 10) < 5
        settle(namespace)
    judge.agrees()


def cpu(hand, namespace):
    return hand.request("GET", QUOTA.format(namespace.name))["spec"]["hard"]["requests.cpu"]
