"""F1: the API server is down while an approver decides."""

import time

from approvals.models import Request
from tenants.models import Namespace
from tests.clients import session_client, token_client
from tests.faults.engine_room import settle, work


def approve_by_rest(cast, request):
    """The answer, and after how many seconds."""
    client, began = token_client(cast.dana, "read", "write", "decide"), time.monotonic()
    url = f"/api/v1/requests/{request.pk}/approve/"
    answer = client.post(url, {"version": request.version, "reason": "", "confirmed": True}, format="json")
    return answer, time.monotonic() - began


def test_an_approver_can_decide_while_the_api_server_is_down(cast, proxy, judge):
    request = cast.ask()
    proxy.down()
    answer, took = approve_by_rest(cast, request)
    assert answer.status_code == 200, answer.content
    assert took < 1.5
    namespace = Namespace.objects.get(request=request)
    work()
    namespace.refresh_from_db()
    assert namespace.state == "waiting"
    assert (namespace.failures, namespace.observed_generation) == (0, 0)
    assert namespace.condition("Applied")["reason"] == "ClusterUnreachable"
    for page in (f"/api/v1/namespaces/{namespace.pk}/", f"/api/v1/requests/{request.pk}/"):
        assert session_client(cast.alice).get(page).status_code == 200
    judge.agrees()
    proxy.up()
    assert settle(namespace) < 5
    judge.agrees()
    assert Request.objects.get(pk=request.pk).outcome == "applied"


def test_an_outage_counts_no_failure_and_no_crash_however_often_it_is_met(cast, proxy, judge):
    namespace = cast.namespace()
    proxy.down()
    for _ in range(8):
        Namespace.objects.update(next_reconcile_at="2020-01-01T00:00:00Z", blocked_on="")
        work()
    namespace.refresh_from_db()
    assert (namespace.failures, namespace.crashes, namespace.blocked_on) == (0, 0, cast.cluster.key)
    proxy.up()
    assert settle(namespace) < 5
    judge.agrees()
