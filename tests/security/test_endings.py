"""S6: a session or a token ends with the sign-out, the deactivation, the lost role; an open stream closes soon after."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import AsyncClient, Client
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, Membership, User
from logs import stream as log_stream
from streams import sse
from tests.factories import PASSWORD, make_token
from tests.security.client import AnyClient
from tests.security.world import CANARY, make_world

ME = "/api/v1/me/"


def signed_in(name):
    cache.clear()
    client = Client()
    assert client.post("/account/login/", {"login": name, "password": PASSWORD}).status_code == 302
    assert client.get(ME).status_code == 200
    return client


def replay(key):
    client = Client()
    client.cookies["sessionid"] = key
    return client.get(ME).status_code


def bearer(user, *scopes):
    client = AnyClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(user, *scopes)[1]}")
    return client


def test_signing_out_ends_the_session_and_its_cookie_opens_nothing(world):
    client = signed_in("alice")
    key = client.cookies["sessionid"].value
    client.post("/account/logout/")
    assert client.get(ME).status_code == 401
    assert replay(key) == 401


def test_signing_in_changes_the_sessions_key(world):
    client = Client()
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    cache.clear()
    client.post("/account/login/", {"login": "alice", "password": PASSWORD})
    assert client.cookies["sessionid"].value != "chosen-by-somebody-else"


def test_a_deactivated_persons_sessions_and_tokens_end_and_stay_ended(world):
    alice, client = world.people["alice"], signed_in("alice")
    key, token = client.cookies["sessionid"].value, bearer(world.people["alice"])
    actions.deactivate_user(actor=world.people["ada"], user=alice)
    assert (client.get(ME).status_code, token.get(ME).status_code) == (401, 401)
    assert not ApiToken.objects.filter(user=alice).exists()
    actions.reactivate_user(actor=world.people["ada"], user=User.objects.get(pk=alice.pk))
    assert (replay(key), token.get(ME).status_code) == (401, 401)


def test_a_lost_platform_role_ends_sessions_and_the_tokens_that_decide(world):
    dana, client = world.people["dana"], signed_in("dana")
    deciding, reading = bearer(dana, "read", "decide"), bearer(dana, "read")
    actions.set_platform_role(actor=world.people["ada"], user=dana, role="approver", granted=False)
    assert (client.get(ME).status_code, deciding.get(ME).status_code) == (401, 401)
    assert reading.get(f"/api/v1/requests/{world.request.pk}/").status_code == 404, "the token stands, the right does not"


def test_a_lost_membership_counts_at_once_for_sessions_and_tokens(world):
    bob = world.people["bob"]
    browser, script = signed_in("bob"), bearer(bob, "read", "write")
    actions.remove_membership(actor=world.people["alice"], team=world.request.team, user=bob)
    for client in (browser, script):
        assert client.get(f"/api/v1/namespaces/{world.namespace.pk}/").status_code == 404
    assert script.post(f"/api/v1/namespaces/{world.namespace.pk}/retry/").status_code == 404


def test_a_changed_password_ends_the_other_sessions(world):
    here, elsewhere = signed_in("alice"), signed_in("alice")
    form = {"old_password": PASSWORD, "new_password1": "a brand new password 42", "new_password2": "a brand new password 42"}
    assert here.post("/account/password/", form).status_code == 302
    assert (here.get(ME).status_code, elsewhere.get(ME).status_code) == (200, 401)


def test_a_revoked_or_expired_token_opens_nothing(world):
    alice = world.people["alice"]
    revoked, expired = bearer(alice), bearer(alice)
    tokens = ApiToken.objects.filter(user=alice, name="test").order_by("-created")
    tokens.filter(pk=tokens[0].pk).update(expiry=timezone.now())
    actions.revoke_token(actor=alice, token=ApiToken.objects.filter(user=alice, expiry__gt=timezone.now()).order_by("-created")[0])
    assert (revoked.get(ME).status_code, expired.get(ME).status_code) == (401, 401)


ENDINGS = {
    "deactivation": lambda world, bob: actions.deactivate_user(actor=world.people["ada"], user=bob),
    "lost membership": lambda world, bob: Membership.objects.filter(user=bob).delete(),
    "ended session": lambda world, bob: User.objects.filter(pk=bob.pk).update(session_salt="another"),
}
STREAMS = {
    "request_live": lambda world: f"/requests/{world.request.pk}/live/",
    "request_stream": lambda world: "/requests/live/",
    "namespace_live": lambda world: f"/namespaces/{world.namespace.pk}/live/",
    "deployment_live": lambda world: f"/deployments/{world.served.deployment.pk}/live/",
    "pod_logs": lambda world: f"/namespaces/{world.namespace.pk}/pods/{CANARY}-pod/log/live/",
    "namespace_logs": lambda world: f"/namespaces/{world.namespace.pk}/logs/live/",
    "deployment_logs": lambda world: f"/deployments/{world.served.deployment.pk}/logs/live/",
    "deployment_stream": lambda world: "/deployments/live/",
    "home_live": lambda world: "/live/",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("stream", STREAMS)
def test_an_open_stream_closes_after_access_ended(own_redis, monkeypatch, stream, ending):
    for module in (sse, log_stream):
        monkeypatch.setattr(module, "RIGHTS_SECONDS", 0.3)
        monkeypatch.setattr(module, "KEEPALIVE_SECONDS", 0.1)
    world = make_world()
    browser = AsyncClient()
    browser.force_login(world.people["bob"])
    seen = asyncio.run(watched(browser, STREAMS[stream](world), lambda: ENDINGS[ending](world, world.people["bob"])))
    assert seen["open"], "it was open while the rights stood"
    assert '"reason":"denied"' in seen["last"]
    assert seen["seconds"] < 10


async def watched(browser, path, end):
    """Follows the stream over two checks of the rights, ends them, and follows it until it closes."""
    response = await browser.get(path)
    assert response.status_code == 200
    last, ended = "", 0.0
    begun = time.monotonic()
    async for chunk in response.streaming_content:
        last = chunk.decode() if isinstance(chunk, bytes) else chunk
        if not ended and time.monotonic() > begun + 0.8:
            await sync_to_async(end)()
            ended = time.monotonic()
        assert time.monotonic() < begun + 60, "the stream stays open"
    return {"open": bool(ended), "last": last, "seconds": time.monotonic() - ended}


def test_the_shipped_settings_close_a_stream_within_half_a_minute():
    assert sse.RIGHTS_SECONDS <= 30
