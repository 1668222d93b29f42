"""F14: a worker that dies at any of its API calls, before or after the cluster has carried it out."""

import pytest

from tenants.models import Namespace
from tests.faults.cast import Cast
from tests.faults.crew import Crew, Victim
from tests.faults.engine_room import again, settle
from tests.faults.environment import LEASE_SECONDS
from tests.faults.proxy import Proxy
from tests.faults.rules import kill

LONGEST = 60


def provision(crew: Crew, namespace: Namespace) -> None:
    crew.start("reconcile", "namespace", namespace.pk).wait()


def count_calls(crew: Crew, cast: Cast, proxy: Proxy) -> int:
    """How many calls an undisturbed provisioning makes."""
    namespace = cast.namespace()
    proxy.forget()
    provision(crew, namespace)
    namespace.refresh_from_db()
    assert namespace.settled, namespace.conditions
    assert 16 <= len(proxy.since()) <= LONGEST
    return len(proxy.since())


def killed_at(crew: Crew, cast: Cast, proxy: Proxy, number: int, when: str) -> Namespace:
    """A namespace whose worker was killed at its `number`-th call."""
    namespace, victim = cast.namespace(), Victim()
    proxy.heal()
    proxy.fault(kill(victim.kill), nth=number, when=when)
    victim.start(lambda: crew.start("reconcile", "namespace", namespace.pk)).wait()
    assert victim.was_killed, f"there was no call {number}"
    return namespace


@pytest.mark.timeout(180)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_at_any_call_is_followed_by_one_that_finishes(when, crew, cast, proxy, judge):
    calls = count_calls(crew, cast, proxy)
    killed = [killed_at(crew, cast, proxy, number, when) for number in range(1, calls + 1)]
    proxy.heal()
    early = Namespace.objects.filter(pk__in=[row.pk for row in killed], observed_generation__gt=0)
    assert not early.exists(), "a killed attempt was taken for a confirmed one"
    settle(*killed, seconds=LEASE_SECONDS + 20)
    judge.agrees()
    at_rest = judge.rest()
    for _ in range(3):
        again(*killed[:: max(1, calls // 4)])
    assert judge.versions() == at_rest
