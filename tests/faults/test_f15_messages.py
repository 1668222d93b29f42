"""F15 to F18: messages are lost, doubled or never sent; the database alone decides what is done. Real Celery workers, sweep and Redis."""

import re
import time

import pytest
from django.db.models.functions import Now

from approvals.models import Request
from tenants.models import Namespace
from tests.factories import make_token
from tests.faults.crew import Crew, Victim
from tests.faults.deletions import wait_for
from tests.faults.environment import environment
from tests.faults.rules import delay
from tests.faults.site import Site
from tests.faults.trap import trap

GROUP = "faults-2"
REDIS_OUTAGE_SECONDS = 4
pytestmark = pytest.mark.timeout(150)


def applied(*rows):
    return all(row.settled for row in Namespace.objects.filter(pk__in=[row.pk for row in rows]))


def was_claimed(request):
    return Namespace.objects.filter(request=request, fence__gt=0).exists()


def test_a_process_killed_between_commit_and_publish_loses_nothing(cast, judge):
    request, victim = cast.ask(), Victim()
    with Site() as site, trap(victim.kill) as nowhere, Crew(environment(nowhere)) as crew:
        site.worker()
        site.beat()
        victim.start(lambda: crew.start("approve", request.pk, "dana")).wait()
        assert victim.was_killed, "it never published"
        assert Namespace.objects.filter(request=request).exists(), "the message went out before the commit"
        assert wait_for(lambda: was_claimed(request), 10) < 2, site.log("beat")
        wait_for(lambda: applied(Namespace.objects.get(request=request)), 10)
    judge.agrees()


def test_approving_works_without_redis_and_all_is_applied_when_it_is_back(cast, judge):
    request, token = cast.ask(), make_token(cast.dana, "read", "write", "decide")[1]
    with Site() as site, Crew(environment(site.env["REDIS_URL"])) as crew:
        site.worker()
        site.beat()
        site.kill_redis()
        answer = crew.start("approve_by_rest", request.pk, token).result()
        assert answer["status"] == 200
        assert answer["seconds"] < 2
        time.sleep(REDIS_OUTAGE_SECONDS)
        site.start_redis()
        took = wait_for(lambda: applied(Namespace.objects.get(request=request)), 40)
        assert took < 5, site.log("worker")
        # A worker that waits longer after each try would miss the end of a long outage by half a minute.
        assert set(re.findall(r"Trying again in ([0-9.]+) second", site.whole_log("worker"))) == {"1.00"}
        assert Request.objects.get(pk=request.pk).outcome == "applied"
    judge.agrees()


def test_a_worker_at_work_outlives_the_loss_of_redis(cast, judge, proxy):
    first, later = cast.namespace(), cast.namespace()
    slow = proxy.fault(delay(1.5), verb="POST", nth=1)
    with Site(SLIPWAY_SWEEP_SECONDS="60") as site, Crew(environment(site.env["REDIS_URL"])) as crew:
        worker = site.worker()
        crew.start("wake", "namespace", first.pk, 1).result()
        wait_for(lambda: slow.fired, 10)
        site.kill_redis()
        wait_for(lambda: applied(first), 15)
        site.start_redis()
        wait_for(lambda: site.whole_log("worker").count("Connected to redis") > 1, 20)
        crew.start("wake", "namespace", later.pk, 1).result()
        wait_for(lambda: applied(later), 15)
        assert worker.poll() is None
    first.refresh_from_db()
    assert first.fence == 1, "the attempt was ended with its worker"
    judge.agrees()


def test_the_sweep_alone_recovers_everything_with_redis_emptied(cast, judge):
    rows = [cast.namespace() for _ in range(8)]
    with Site() as site:
        site.worker()
        site.beat()
        deadline = time.monotonic() + 30
        while not applied(*rows):
            assert time.monotonic() < deadline, site.log("worker")
            site.redis.flushall()
            time.sleep(0.4)
    judge.agrees()


def test_the_same_task_forty_times_in_parallel_is_one_run(cast, judge, proxy):
    first, row = cast.namespace(), cast.namespace()
    with Site() as site, Crew(environment(site.env["REDIS_URL"])) as crew:
        undisturbed = calls_of(proxy, lambda: crew.start("reconcile", "namespace", first.pk).wait())
        site.worker(concurrency=4)
        twice = calls_of(proxy, lambda: forty(crew, site, row))
    row.refresh_from_db()
    assert row.settled
    assert row.fence == 1, "more than one attempt was begun"
    assert twice == undisturbed
    judge.agrees()


def forty(crew, site, row):
    assert crew.start("wake", "namespace", row.pk, 40).result() == 40
    wait_for(lambda: not site.redis.llen("slipway"), 30)
    wait_for(lambda: applied(row), 15)
    time.sleep(0.5)


def calls_of(proxy, work):
    proxy.forget()
    work()
    return sorted((call.verb, re.sub(r"vision-f\d+", "NAME", call.path)) for call in proxy.since())


def test_forty_processes_at_one_row_are_one_run(cast, judge, proxy):
    row = cast.namespace()
    proxy.forget()
    # A lease that outlives forty processes on two cores: here nobody is to take over.
    with Crew(environment(SLIPWAY_LEASE_SECONDS="60")) as crew:
        hands = [crew.start("reconcile", "namespace", row.pk) for _ in range(40)]
        results = [hand.result() for hand in hands]
    assert results.count("done") == 1
    assert results.count(None) == 39
    row.refresh_from_db()
    assert row.fence == 1, "more than one attempt was begun"
    assert len([call for call in proxy.mutations() if call.verb == "POST"]) == 1
    Namespace.objects.filter(pk=row.pk).update(next_reconcile_at=Now())
    judge.agrees()
