"""Teams, members and people over REST: who sees what, and who may change it."""

from typing import Any

import pytest

from accounts.models import Membership, PlatformRole, Team, User
from audit.models import Entry
from tests.clients import session_client, token_client
from tests.factories import make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]
TEAM = "/api/v1/teams/vision/"
MEMBERS = "/api/v1/teams/vision/members/"


def test_me_names_roles_teams_and_token() -> None:
    alice = make_user("alice", {"vision": "owner", "speech": "viewer"}, ["auditor"])
    by_session = session_client(alice).get("/api/v1/me/").json()
    assert (by_session["username"], by_session["platform_roles"], by_session["token"]) == ("alice", ["auditor"], None)
    assert [(team["name"], team["role"]) for team in by_session["teams"]] == [("speech", "viewer"), ("vision", "owner")]
    by_token = token_client(alice, "read").get("/api/v1/me/").json()
    assert by_token["token"]["scopes"] == ["read"]


ROUTES = [
    ("get", "/api/v1/me/"),
    ("get", "/api/v1/teams/"),
    ("post", "/api/v1/teams/"),
    ("get", TEAM),
    ("patch", TEAM),
    ("get", MEMBERS),
    ("post", MEMBERS),
    ("get", f"{MEMBERS}alice/"),
    ("patch", f"{MEMBERS}alice/"),
    ("delete", f"{MEMBERS}alice/"),
    ("get", "/api/v1/tokens/"),
    ("post", "/api/v1/tokens/"),
    ("get", "/api/v1/users/"),
    ("get", "/api/v1/users/alice/"),
    ("put", "/api/v1/users/alice/deactivation/"),
    ("delete", "/api/v1/users/alice/deactivation/"),
    ("post", "/api/v1/users/alice/platform-roles/"),
    ("delete", "/api/v1/users/alice/platform-roles/admin/"),
    ("get", "/api/v1/audit-entries/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_anonymous_visitor_cannot_do_anything(method: str, path: str) -> None:
    make_user("alice", {"vision": "owner"}, ["admin"])
    forged = {"X-Forwarded-User": "alice", "X-Remote-User": "alice", "Impersonate-User": "alice", "kubeflow-userid": "alice"}
    answer = getattr(session_client(), method)(path, {"username": "alice"}, headers=forged)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "get"])
def test_a_session_without_a_csrf_token_cannot_change_anything(method: str, path: str) -> None:
    alice = make_user("alice", {"vision": "owner"}, ["admin"])
    answer = getattr(session_client(alice, csrf=True), method)(path, {"role": "viewer"}, headers={"If-Match": "*"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert "CSRF" in answer.json()["detail"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if "vision" in route[1]])
def test_a_strangers_team_is_not_found(method: str, path: str) -> None:
    make_user("alice", {"vision": "owner"})
    carol = make_user("carol", {"speech": "owner"})
    answer = getattr(session_client(carol), method)(path, {"username": "carol", "role": "owner"}, headers={"If-Match": "*"})
    assert answer.status_code == 404
    assert Membership.objects.filter(team__name="vision").count() == 1


def test_lists_and_filters_show_no_strangers_team() -> None:
    make_team("vision")
    client = session_client(make_user("carol", {"speech": "owner"}))
    for query in ("", "?name=vision", "?name__icontains=i", "?ordering=-name"):
        names = [team["name"] for team in client.get(f"/api/v1/teams/{query}").json()["results"]]
        assert "vision" not in names
    assert client.get("/api/v1/teams/?name__icontains=SPEE").json()["count"] == 1


def test_an_admin_can_make_a_team_once_per_key_and_nobody_else_can() -> None:
    admin = session_client(make_user("admin", platform_roles=["admin"]))
    body = {"name": "vision", "display_name": "Vision", "version": 9, "id": 77}
    made, again = (admin.post("/api/v1/teams/", body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (made.status_code, made["Location"], made.json()["version"]) == (201, TEAM, 1)
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert (admin.get(TEAM).status_code, Team.objects.get().pk != 77) == (200, True)
    taken = admin.post("/api/v1/teams/", {"name": "vision"})
    assert (taken.status_code, list(taken.json()["errors"])) == (400, ["name"])
    for roles in ([], ["approver"], ["auditor"]):
        assert session_client(make_user(platform_roles=roles)).post("/api/v1/teams/", {"name": "mine"}).status_code == 403
    assert Team.objects.count() == 1


def test_an_owner_can_rename_but_not_map_a_group() -> None:
    client = session_client(make_user("alice", {"vision": "owner"}))
    etag = client.get(TEAM)["ETag"]
    assert client.patch(TEAM, {"display_name": "New"}).status_code == 428
    assert client.patch(TEAM, {"idp_group": "everyone"}, headers={"If-Match": etag}).status_code == 403
    renamed = client.patch(TEAM, {"display_name": "New", "name": "stolen"}, headers={"If-Match": etag})
    assert (renamed.status_code, renamed.json()["display_name"], renamed.json()["name"]) == (200, "New", "vision")
    assert client.patch(TEAM, {"display_name": "Old"}, headers={"If-Match": etag}).status_code == 412
    assert client.patch(TEAM, {"display_name": "Newer"}, headers={"If-Match": renamed["ETag"]}).status_code == 200
    assert Team.objects.get().display_name == "Newer"


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_a_viewer_or_member_reads_the_team_and_changes_nothing(role: str) -> None:
    make_user("alice", {"vision": "owner"})
    client = session_client(make_user("bob", {"vision": role}))
    assert client.get(TEAM).json()["role"] == role
    assert client.get(TEAM).json()["member_count"] == 2
    assert client.get(MEMBERS).json()["count"] == 2
    for method, path in [("patch", TEAM), ("post", MEMBERS), ("patch", f"{MEMBERS}alice/"), ("delete", f"{MEMBERS}alice/")]:
        body = {"username": "bob", "role": "owner", "display_name": "x"}
        assert getattr(client, method)(path, body, headers={"If-Match": "*"}).status_code == 403
    assert set(Membership.objects.values_list("user__username", "role")) == {("alice", "owner"), ("bob", role)}


def test_an_owner_can_manage_members_over_rest() -> None:
    client = session_client(make_user("alice", {"vision": "owner"}))
    make_user("bob")
    made = client.post(MEMBERS, {"username": "Bob", "role": "viewer"})
    assert (made.status_code, made["Location"], made.json()["role"]) == (201, f"{MEMBERS}bob/", "viewer")
    assert client.patch(made["Location"], {"role": "member"}).json()["role"] == "member"
    assert client.get(made["Location"]).json()["role"] == "member"
    assert client.delete(made["Location"]).status_code == 204
    assert client.get(made["Location"]).status_code == 404
    assert client.delete(f"{MEMBERS}alice/").json()["code"] == "last_owner"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "nobody", "role": "member"}, "username"),
        ({"username": "bob", "role": "king"}, "role"),
        ({"role": "member"}, "username"),
    ],
)
def test_a_malformed_member_is_refused_by_field(body: dict[str, Any], field: str) -> None:
    make_user("bob")
    answer = session_client(make_user("alice", {"vision": "owner"})).post(MEMBERS, body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_people_are_listed_for_admins_and_others_find_only_themselves() -> None:
    make_user("alice")
    for roles in ([], ["approver"], ["auditor"]):
        client = session_client(make_user("bob" + "".join(roles), platform_roles=roles))
        assert client.get("/api/v1/users/").json()["count"] == 1
        assert client.get("/api/v1/users/alice/").status_code == 404
        assert client.put("/api/v1/users/alice/deactivation/").status_code == 404
    admin = session_client(make_user("admin", platform_roles=["admin"]))
    assert admin.get("/api/v1/users/?ordering=username").json()["results"][0]["username"] == "admin"
    assert admin.get("/api/v1/users/?platform_roles__role=approver").json()["count"] == 1
    assert "password" not in admin.get("/api/v1/users/alice/").content.decode()


def test_nobody_can_promote_or_revive_themselves_over_rest() -> None:
    client = session_client(make_user("bob"))
    assert client.post("/api/v1/users/bob/platform-roles/", {"role": "admin"}).status_code == 403
    assert client.delete("/api/v1/users/bob/platform-roles/admin/").status_code == 403
    assert client.put("/api/v1/users/bob/deactivation/").status_code == 403
    assert (PlatformRole.objects.count(), Entry.objects.filter(outcome="denied").count()) == (0, 3)


def test_an_admin_can_give_and_take_roles_and_deactivate_over_rest() -> None:
    admin = session_client(make_user("admin", platform_roles=["admin"]))
    make_user("bob")
    assert admin.post("/api/v1/users/bob/platform-roles/", {"role": "approver"}).json()["platform_roles"] == ["approver"]
    assert admin.delete("/api/v1/users/bob/platform-roles/approver/").status_code == 204
    assert admin.put("/api/v1/users/bob/deactivation/").json()["is_active"] is False
    assert admin.delete("/api/v1/users/bob/deactivation/").json()["is_active"] is True
    assert admin.delete("/api/v1/users/admin/platform-roles/admin/").json()["code"] == "last_admin"
    assert admin.post("/api/v1/users/bob/platform-roles/", {"role": "king"}).status_code == 400
    assert User.objects.get(username="bob").is_active
    assert Entry.objects.filter(source="rest", outcome="accepted").count() == 4


def test_the_audit_log_shows_everything_to_admins_and_auditors_and_to_others_their_own() -> None:
    people = {
        "admin": make_user("admin", platform_roles=["admin"]),
        "auditor": make_user("auditor", platform_roles=["auditor"]),
        "alice": make_user("alice", {"vision": "owner"}),
        "carol": make_user("carol", {"speech": "owner"}),
    }
    session_client(people["alice"]).post(MEMBERS, {"username": "admin", "role": "viewer"}, headers={"X-Request-ID": "r-1"})
    session_client(people["carol"]).post("/api/v1/teams/", {"name": "x"})
    seen = {
        name: {entry["action"] for entry in session_client(user).get("/api/v1/audit-entries/").json()["results"]}
        for name, user in people.items()
    }
    both = {"membership.set", "team.create"}
    assert seen == {"admin": both, "auditor": both, "alice": {"membership.set"}, "carol": {"team.create"}}
    entry = session_client(people["auditor"]).get("/api/v1/audit-entries/?request_id=r-1").json()["results"][0]
    assert (entry["actor"], entry["source"], entry["team_name"]) == ("alice", "rest", "vision")
    assert session_client(people["carol"]).get(f"/api/v1/audit-entries/{entry['id']}/").status_code == 404
    assert session_client(people["alice"]).get(f"/api/v1/audit-entries/{entry['id']}/").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/teams/", MEMBERS, "/api/v1/users/", "/api/v1/audit-entries/"])
def test_a_longer_list_needs_no_more_queries(path: str, django_assert_max_num_queries: Any) -> None:
    admin = make_user("admin", {"vision": "owner"}, ["admin"])
    for _ in range(12):
        make_user(team_roles={make_team(): "owner", "vision": "viewer"}, platform_roles=["auditor"])
    client = session_client(admin)
    client.post("/api/v1/teams/", {"name": "a"})
    with django_assert_max_num_queries(9):
        assert client.get(path).status_code == 200


def test_a_team_name_cannot_be_an_injection() -> None:
    client = session_client(make_user("admin", platform_roles=["admin"]))
    assert client.get("/api/v1/teams/?name=' OR 1=1 --").json()["count"] == 0
    assert client.get("/api/v1/audit-entries/?at__gte=yesterday").status_code == 400
