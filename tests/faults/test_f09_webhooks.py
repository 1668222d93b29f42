"""F9: an admission webhook refuses an object, or does not answer."""

from kube.errors import ApiError
from tenants.models import Namespace
from tests.faults.deletions import wait_for
from tests.faults.engine_room import again, settle
from tests.faults.webhook import webhook

HOSTILE = "no limits on a Sunday\x1b[31m \u202eevil\x00 <script>alert(1)</script>"


def attempt_until(namespace, words):
    """A webhook takes a moment to be known to the API server."""

    def met():
        namespace.touch()
        again(namespace)
        namespace.refresh_from_db()
        return words in (namespace.condition("Applied") or {"message": ""})["message"]

    wait_for(met, 15)


def failed_objects(namespace):
    return [entry["kind"] for entry in namespace.inventory if entry["state"] not in ("created", "changed", "unchanged")]


def test_a_webhooks_refusal_is_shown_made_safe_and_the_other_objects_proceed(cast, plane, judge, hand):
    namespace = cast.namespace()
    with webhook(plane, hand, "limitranges", HOSTILE):
        Namespace.objects.filter(pk=namespace.pk).update(next_reconcile_at=None)
        wait_for(lambda: refuses(hand), 10)
        attempt_until(namespace, "no limits on a Sunday")
        shown = namespace.condition("Applied")["message"]
        assert not set(shown) & set("\x1b\x00\u202e")
        assert failed_objects(namespace) == ["LimitRange"]
        assert namespace.observed_generation == 0
    wait_for(lambda: not refuses(hand), 10)
    again(namespace)
    settle(namespace)
    judge.agrees()


def test_a_webhook_that_does_not_answer_holds_up_its_objects_alone(cast, plane, judge, hand):
    namespace = cast.namespace()
    with webhook(plane, hand, "limitranges", None):
        Namespace.objects.filter(pk=namespace.pk).update(next_reconcile_at=None)
        wait_for(lambda: refuses(hand), 10)
        attempt_until(namespace, "failed calling webhook")
        assert failed_objects(namespace) == ["LimitRange"]
        assert namespace.next_reconcile_at is not None, "it is tried again"
        assert namespace.blocked_on == "", "the cluster itself answers"
    wait_for(lambda: not refuses(hand), 10)
    settle(namespace)
    judge.agrees()


def refuses(hand):
    """Whether the API server knows of the webhook by now."""
    body = {"metadata": {"name": "probe"}, "spec": {"limits": []}}
    try:
        hand.request("POST", "/api/v1/namespaces/default/limitranges", query={"dryRun": "All"}, body=body)
    except ApiError:
        return True
    return False
