"""F10 to F13: what a watch may meet. A hand changes an object of ours during each fault; the change is found and repaired after it.

The watcher is a process of its own; the test does the workers' part.
"""

import itertools
import time

import pytest

from clusters.models import Cluster, Drift, Observed
from tenants.models import Namespace
from tests.clients import session_client
from tests.faults.deletions import wait_for
from tests.faults.engine_room import settle, work
from tests.faults.rules import status
from tests.faults.site import Site
from tests.faults.streams import GONE, Cut, ErrorFrame, Valve, replay

GROUP = "faults-2"
pytestmark = pytest.mark.timeout(150)

# A silent stream is given up after 1.5 s and a quiet one renewed each second.
IMPATIENT = {"SLIPWAY_WATCH_IDLE_SECONDS": "3", "SLIPWAY_REQUEST_TIMEOUT_SECONDS": "1.5", "SLIPWAY_RESYNC_SECONDS": "3600"}
QUOTA = "/api/v1/namespaces/{}/resourcequotas/slipway-quota"
MERGE = "application/merge-patch+json"


@pytest.fixture
def tenant(cast, proxy, judge):
    """An applied namespace under a watcher that has seen it."""
    namespace = cast.namespace()
    settle(namespace)
    with Site(**IMPATIENT) as site:
        namespace.process, namespace.site = site.watcher(), site
        wait_for(lambda: Observed.objects.filter(owner=namespace.holder).count() == 16, 30)
        wait_for(lambda: Cluster.objects.get().stale_since is None, 10)
        judge.rest()
        yield namespace
        assert namespace.process.poll() is None, "the watcher has ended"


def edit(hand, namespace, cpu):
    """Somebody raises a quota by hand; returns the version that this made."""
    body = {"spec": {"hard": {"requests.cpu": cpu}}}
    query = {"fieldManager": "kubectl-edit"}
    live = hand.request("PATCH", QUOTA.format(namespace.name), query=query, body=body, content_type=MERGE)
    return int(live["metadata"]["resourceVersion"])


def is_repaired(hand, namespace):
    work()
    return hand.request("GET", QUOTA.format(namespace.name))["spec"]["hard"]["requests.cpu"] == "8"


def repaired(hand, namespace, seconds):
    return wait_for(lambda: is_repaired(hand, namespace), seconds)


def closed(namespace, count=1):
    """Once the watcher has seen every repair: the drifts that it wrote down."""

    def all_closed():
        work()
        return Drift.objects.count() >= count and not Drift.objects.open().exists()

    wait_for(all_closed, 15)
    found = {(drift.owner_pk, drift.kind, drift.manager) for drift in Drift.objects.all()}
    assert found == {(namespace.pk, "ResourceQuota", "kubectl-edit")}
    assert Drift.objects.count() == count


@pytest.mark.parametrize("form", ["answer", "frame"])
def test_a_watch_whose_version_is_too_old_lists_again_and_finds_what_it_missed(form, tenant, proxy, hand, judge):
    lists = len(proxy.since(verb="GET", path="resourcequotas$"))
    forms = {"answer": (status(410, "too old resource version"), "before"), "frame": (ErrorFrame(), "stream")}
    gone = proxy.fault(forms[form][0], when=forms[form][1], watch=True)
    wait_for(lambda: gone.fired >= 9, 15)
    edit(hand, tenant, "99")
    proxy.heal()
    repaired(hand, tenant, 10)
    assert len(proxy.since(verb="GET", path="resourcequotas$")) > lists
    closed(tenant)
    judge.agrees()


def test_a_history_that_is_really_gone_is_replaced_by_a_new_list(tenant, plane, proxy, hand, judge):
    proxy.down()
    edit(hand, tenant, "99")
    plane.kill_api_server()
    plane.start_api_server()
    proxy.up()
    repaired(hand, tenant, 20)
    closed(tenant)
    judge.agrees()


def test_a_half_open_connection_is_noticed_and_the_page_says_since_when(tenant, cast, proxy, hand, judge):
    valve = Valve()
    proxy.fault(valve.stream, when="stream")
    proxy.fault(valve.call)
    proxy.fault(valve.call, watch=True)
    time.sleep(2)
    valve.is_open = False
    shut = time.time()
    edit(hand, tenant, "99")
    wait_for(lambda: Cluster.objects.get().stale_since, 45 / 4)
    since = Cluster.objects.get().stale_since.timestamp()
    assert shut - 3 < since < time.time(), "the time since when nothing is known"
    page = session_client(cast.alice).get(f"/namespaces/{tenant.pk}/")
    assert page.status_code == 200
    assert "is not fresh" in page.content.decode() or "does not answer" in page.content.decode()
    valve.is_open = True
    repaired(hand, tenant, 15)
    wait_for(lambda: Cluster.objects.get().stale_since is None, 10)
    closed(tenant)
    judge.agrees()


@pytest.mark.parametrize(
    "fault",
    [Cut(0), Cut(1), Cut(1, mid_line=False), ErrorFrame({**GONE, "code": 500, "reason": "InternalError"})],
    ids=["in the first line", "in the second line", "between lines", "by an ERROR frame"],
)
def test_a_watch_that_is_cut_is_resumed_and_skips_nothing(fault, tenant, proxy, hand, judge):
    rule = proxy.fault(fault, path="resourcequotas", when="stream")
    wait_for(lambda: rule.fired, 10)
    for cpu in itertools.cycle(("97", "98", "99")):
        edit(hand, tenant, cpu)
        time.sleep(0.1)
        if fault.times >= 2:
            break
    proxy.heal()
    repaired(hand, tenant, 10)
    closed(tenant)
    judge.agrees()


def test_replayed_and_reordered_events_are_never_acted_on(tenant, proxy, hand, judge):
    history: list[bytes] = []
    proxy.fault(replay(history), path="resourcequotas", when="stream")
    time.sleep(1.5)
    for count, cpu in enumerate(("97", "98", "99"), 1):
        edit(hand, tenant, cpu)
        repaired(hand, tenant, 10)
        closed(tenant, count)
    assert len(history) >= 6
    judge.rest()
    fence = attempts(tenant)
    for mark in ("a", "b", "c"):
        # Somebody's own label is no drift; its event brings all the old ones again.
        body = {"metadata": {"labels": {"example.com/mark": mark}}}
        hand.request("PATCH", QUOTA.format(tenant.name), body=body, content_type=MERGE)
        time.sleep(0.5)
    live = judge.rest()
    seen = Observed.objects.filter(kind="ResourceQuota", namespace=tenant.name)
    wait_for(lambda: seen.get().resource_version == live[f"{tenant.name}/ResourceQuota/slipway-quota"], 5)
    assert attempts(tenant) == fence, "an old event made the row due"
    closed(tenant, 3)
    judge.agrees()


def attempts(namespace):
    """How many attempts there were, once a second has passed without one."""
    last, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        work()
        time.sleep(0.05)
        fence = Namespace.objects.get(pk=namespace.pk).fence
        last, since = (last, since) if fence == last else (fence, time.monotonic())
    return last
