"""F14 with real Celery workers: one dies in the middle and another takes over; F19: a row that ends its worker each time is parked."""

import os
import signal
import time

import pytest

from reconcile.attempt import park_crashed
from reconcile.due import MAX_CRASHES, due, retry_now
from reconcile.registry import kind
from tenants.models import Namespace
from tests.faults.crew import Crew, Victim
from tests.faults.deletions import wait_for
from tests.faults.engine_room import settle
from tests.faults.environment import environment
from tests.faults.rules import kill
from tests.faults.site import Site

GROUP = "faults-2"
pytestmark = pytest.mark.timeout(150)


def test_another_worker_takes_over_within_fifteen_seconds_of_a_death(cast, proxy, judge):
    namespace, died = cast.namespace(), []
    with Site(SLIPWAY_LEASE_SECONDS="10") as site:
        first, second = site.worker(name="first"), site.worker(name="second")
        os.killpg(second.pid, signal.SIGSTOP)

        def end() -> None:
            os.killpg(first.pid, signal.SIGKILL)
            died.append(time.monotonic())

        proxy.fault(kill(end), verb="PATCH", path=f"/{namespace.name}/", nth=3)
        site.beat()
        wait_for(lambda: died, 20)
        proxy.heal()
        os.killpg(second.pid, signal.SIGCONT)
        wait_for(lambda: Namespace.objects.get(pk=namespace.pk).settled, 30)
        assert time.monotonic() - died[0] < 15
    judge.agrees()


def test_a_row_that_ends_its_worker_each_time_is_parked_and_others_flow(cast, proxy, judge):
    deadly, other = cast.namespace(), cast.namespace()
    with Crew(environment(SLIPWAY_LEASE_SECONDS="0.8")) as crew:
        for crash in range(1, MAX_CRASHES + 1):
            die(crew, proxy, deadly)
            deadly.refresh_from_db()
            assert deadly.crashes == crash
        wait_for(lambda: due(Namespace).filter(pk=deadly.pk).exists(), 5)
        assert crew.start("reconcile", "namespace", deadly.pk).result() is None, "a sixth attempt was begun"
    assert park_crashed(kind("namespace")) == 1
    deadly.refresh_from_db()
    assert deadly.condition("Applied")["reason"] == "Parked"
    assert deadly.next_reconcile_at is None
    proxy.heal()
    assert settle(other) < 3
    retry_now("namespace", deadly.pk)
    settle(deadly)
    judge.agrees()


def die(crew, proxy, namespace):
    """One attempt that ends its process, begun as soon as the lease of the one before has ended."""
    wait_for(lambda: due(Namespace).filter(pk=namespace.pk).exists(), 5)
    victim = Victim()
    proxy.heal()
    proxy.fault(kill(victim.kill), nth=1)
    victim.start(lambda: crew.start("reconcile", "namespace", namespace.pk)).wait()
    assert victim.was_killed
