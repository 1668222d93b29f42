"""S3: nobody grants more than they have and nobody decides their own request, by whatever second role, token or door."""

from datetime import timedelta

import pytest

from accounts.models import ApiToken, Membership, PlatformRole
from approvals.models import Request
from tests.factories import make_token
from tests.security.client import AnyClient

DECISIONS = ["approve", "reject", "ask-for-changes"]
PAGES = ["approve", "reject", "send-back"]


@pytest.fixture(params=["approver", "admin"])
def alice(world, request):
    """The requester, who has got a role that decides."""
    PlatformRole.objects.create(user=world.people["alice"], role=request.param)
    return world.people["alice"]


def said(world):
    return {"version": world.request.version, "reason": "mine", "confirmed": True}


def bearer(user, *scopes):
    client = AnyClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_token(user, *scopes, expires_in=timedelta(days=60))[1]}")
    return client


def still_open(world):
    return Request.objects.get(pk=world.request.pk).state == "pending"


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_requester_cannot_decide_with_a_second_role_by_session_or_token(world, alice, decision):
    browser = AnyClient()
    browser.force_login(alice)
    for client in (browser, bearer(alice, "read", "write", "decide")):
        assert client.post(f"/api/v1/requests/{world.request.pk}/{decision}/", said(world), format="json").status_code == 403
    assert still_open(world)


@pytest.mark.parametrize("page", PAGES)
def test_a_requester_cannot_decide_on_the_page_either(world, alice, page):
    browser = AnyClient()
    browser.force_login(alice)
    form = {"seen_version": world.request.version, "reason": "mine", "confirmed": "on", "cpu": "8", "memory": "32Gi", "gpu_h100": "1"}
    assert browser.generic_send("POST", f"/requests/{world.request.pk}/{page}/", form, True, {}).status_code == 403
    assert still_open(world)


def test_a_requester_cannot_decide_after_an_owner_was_made_of_somebody_else(world, alice):
    """The one who asked stays the one who asked, whatever becomes of the membership."""
    Membership.objects.filter(user=alice).delete()
    assert (
        bearer(alice, "read", "decide").post(f"/api/v1/requests/{world.request.pk}/approve/", said(world), format="json").status_code == 403
    )
    assert still_open(world)


def test_a_token_gives_no_scope_that_it_lacks_and_does_not_outlive_itself(world):
    client = bearer(world.people["dana"], "read", "write")
    for scopes in (["decide"], ["read", "decide"]):
        asked = {"name": "more", "scopes": scopes, "expires_in_days": 1}
        assert client.post("/api/v1/tokens/", asked, format="json").status_code == 403
    assert client.post("/api/v1/tokens/", {"name": "longer", "scopes": ["read"], "expires_in_days": 300}, format="json").status_code == 400
    assert not ApiToken.objects.filter(name__in=["more", "longer"]).exists()


@pytest.mark.parametrize("role", ["viewer", "member", "owner", "other", "approver", "auditor", "nobody"])
def test_nobody_but_an_admin_gives_platform_roles(world, role):
    name = world.people[
        {"viewer": "vic", "member": "bob", "owner": "alice", "other": "carol", "approver": "dana", "auditor": "otto", "nobody": "nora"}[
            role
        ]
    ]
    before = PlatformRole.objects.count()
    for given in ("admin", "approver", "auditor"):
        answer = world.client(role).post(f"/api/v1/users/{name.username}/platform-roles/", {"role": given}, format="json")
        assert answer.status_code == 403, "they see themselves, and may not"
    assert PlatformRole.objects.count() == before


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_a_member_cannot_make_themselves_or_a_friend_an_owner(world, role):
    own = {"viewer": "vic", "member": "bob"}[role]
    client = world.client(role)
    assert client.patch(f"/api/v1/teams/vision/members/{own}/", {"role": "owner"}, format="json").status_code == 403
    assert client.post("/api/v1/teams/vision/members/", {"username": own, "role": "owner"}, format="json").status_code == 403
    assert client.post("/api/v1/teams/vision/members/", {"username": "nora", "role": "owner"}, format="json").status_code == 403
    assert Membership.objects.filter(role="owner", team__name="vision").count() == 1


def test_an_owner_cannot_map_a_group_of_the_identity_provider(world):
    answer = world.client("owner").patch("/api/v1/teams/vision/", {"idp_group": "everybody"}, format="json", headers={"If-Match": "*"})
    assert answer.status_code == 403
