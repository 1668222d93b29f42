"""F9 for deployments: an admission webhook refuses one of their objects, or does not answer.

The embedded server calls no webhooks, and those of an old real server do not reach custom objects that are kept beside it: there the proxy
answers for InferenceServices as an API server does that passes a webhook's refusal on. For Ingresses a real server asks a real one.
"""

import pytest

from deployments.spec import Scaling
from kube.errors import ApiError
from reconcile.backlog import work_off
from tests.clients import session_client
from tests.faults.deletions import wait_for
from tests.faults.deployments.conftest import SERVERS
from tests.faults.deployments.scene import (
    applied,
    attempt,
    begin,
    entries,
    known_kinds,
    live,
    no_hot_loop,
    rests,
    revise,
    states,
    through_ingress,
    tried_in,
)
from tests.faults.rules import status
from tests.faults.webhook import webhook

pytestmark = pytest.mark.django_db(transaction=True)

SERVICE, INGRESS = "InferenceService", "Ingress"
HOOK = 'admission webhook "inferenceservice.kserve-webhook-server.validator" denied the request: '
DOWN = 'Internal error occurred: failed calling webhook "inferenceservice.kserve-webhook-server.validator": connection refused'
HOSTILE = "no models on a Sunday\x1b[31m \u202eevil\x00 <script>alert(1)</script>"
NETWORK = "networking.k8s.io"


def unconfirmed(row):
    return {kind for kind, state in states(row).items() if state not in ("created", "changed", "unchanged")}


def is_shown_safely(cast, row):
    """On the row, in the inventory, and on the page."""
    told = applied(row)["message"] + next(entry["message"] for entry in row.inventory if entry["state"] == "failed")
    assert told.count("no models on a Sunday") == 2
    assert not set(told) & set("\x1b\x00\u202e")
    page = session_client(cast.alice).get(f"/deployments/{row.pk}/").content.decode()
    assert "no models on a Sunday" in page and "<script>alert(1)" not in page


# The code is the webhook's own choice.
@pytest.mark.parametrize("code", [403, 404, 409])
def test_a_refusal_is_shown_made_safe_while_the_other_objects_proceed(code, cast, cluster, judge, proxy, hand):
    row = begin(cast)
    rule = proxy.fault(status(code, HOOK + HOSTILE), verb="PATCH", path="/inferenceservices/")
    assert attempt(row).state == "refused"
    assert HOOK in applied(row)["message"]
    is_shown_safely(cast, row)
    assert unconfirmed(row) == {SERVICE}
    assert all(live(hand, row, kind) for kind in known_kinds(cluster) - {SERVICE})
    assert (rule.fired, row.observed_generation) == (1, 0)
    rests(row)
    no_hot_loop(row, proxy, judge)
    proxy.heal()
    assert attempt(row).state == "done"
    judge.agrees()


def test_a_webhook_that_is_down_is_tried_again_while_the_other_objects_change(served, cast, judge, proxy, hand):
    proxy.fault(status(500, DOWN), verb="PATCH", path="/inferenceservices/")
    revise(cast, served, scaling=Scaling(2, 5, cpu=80), exposure="outside", min_available=None)
    for failures in (1, 2, 3):
        assert (attempt(served).state, served.failures) == ("retry", failures)
        assert tried_in(served) <= 2**failures / 2
    assert "failed calling webhook" in applied(served)["message"]
    assert (served.blocked_on, unconfirmed(served)) == ("", {SERVICE}), "the cluster itself answers"
    assert len(live(hand, served, "HTTPRoute")["spec"]["hostnames"]) == 2
    assert "PodDisruptionBudget" not in entries(served), "what is not wanted any more goes"
    proxy.heal()
    wait_for(lambda: work_off(0.1) == 0 and applied(served)["status"] == "True", 6)
    judge.agrees()


@pytest.mark.parametrize("plane", SERVERS[1:], indirect=True)
@pytest.mark.parametrize("words", [HOSTILE, None], ids=["refuses", "is-down"])
def test_a_real_webhook_holds_up_its_ingress_alone(words, cast, cluster, plane, judge, hand):
    through_ingress(cluster)
    row = begin(cast)
    with webhook(plane, hand, "ingresses", words, NETWORK):
        wait_for(lambda: is_asked(hand), 10)
        assert attempt(row).state == ("refused" if words else "retry")
        assert unconfirmed(row) == {INGRESS}
        assert all(live(hand, row, kind) for kind in known_kinds(cluster) - {INGRESS})
        if words:
            is_shown_safely(cast, row)
            rests(row)
        else:
            assert "failed calling webhook" in applied(row)["message"]
            assert tried_in(row) <= 1
    wait_for(lambda: not is_asked(hand), 10)
    if words:
        attempt(row)
    wait_for(lambda: work_off(0.1) == 0 and applied(row)["status"] == "True", 6)
    judge.agrees()


def is_asked(hand):
    """Whether the API server asks the webhook by now."""
    backend = {"service": {"name": "probe", "port": {"number": 80}}}
    body = {"metadata": {"name": "probe"}, "spec": {"defaultBackend": backend}}
    try:
        hand.request("POST", f"/apis/{NETWORK}/v1/namespaces/default/ingresses", query={"dryRun": "All"}, body=body)
    except ApiError:
        return True
    return False
