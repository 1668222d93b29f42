"""S2, S10: what is another team's does not exist: not by id, not in a list, a filter, a search, a stream; strangers see the door only."""

import logging

import pytest

from approvals import streaming
from approvals.queries import topics_for
from tests.security.addresses import address
from tests.security.asking import ask
from tests.security.expectations import table
from tests.security.routes import every_route
from tests.security.world import CANARY, make_world
from tests.tenancy import make_wish

TABLE = table()
READABLE = [route for route in every_route() if (route.key, "GET") in TABLE and not route.key.startswith("admin")]
SHOWN_TO_EVERYBODY = {"healthz", "readyz", "account_login", "account_logout", "account_inactive", "set_language"}
LISTS = [
    "request_list",
    "namespace_list",
    "deployment_list",
    "model_list",
    "api-models",
    "api-model-changes",
    "audit_list",
    "search",
    "home",
    "request-list",
    "namespace-list",
    "deployment-list",
    "api-audit-entries",
    "api-teams",
    "api-drifts",
]
FILTERS = [
    "team=vision",
    f"q={CANARY}",
    "requester=alice",
    "actor=alice",
    f"team_name=vision&subject_name={CANARY}",
    "tab=decided",
    "gone=true",
    "page_size=500",
]


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def text_of(response):
    return b"" if getattr(response, "streaming", False) else response.content


def told_beside_the_address(world, route, role):
    """A refusal repeats the address that was asked for, which a model's name is a part of."""
    return text_of(ask(world, route, "GET", role).response).replace(address(route, world).encode(), b"")


@pytest.mark.parametrize("role", ["other", "nobody", "anon"])
def test_no_page_or_endpoint_shows_another_teams_rows(world, role):
    told = [route.key for route in READABLE if CANARY.encode() in told_beside_the_address(world, route, role)]
    # A search repeats the words that were searched for.
    assert set(told) <= {"search"}
    assert f"/{CANARY}" not in text_of(ask(world, named("search"), "GET", role).response).decode()


def test_the_canary_is_there_for_the_team_itself(world):
    told = {route.key for route in READABLE if CANARY.encode() in text_of(ask(world, route, "GET", "viewer").response)}
    assert {
        "home",
        "namespace_list",
        "namespace_detail",
        "request_detail",
        "audit_list",
        "namespace-list",
        "namespace-pods",
        "deployment-list",
        "deployment-detail",
        "deployment-revisions",
        "search",
    } <= told


def named(key):
    return next(route for route in READABLE if route.key == key)


@pytest.mark.parametrize("key", LISTS)
def test_no_filter_widens_a_list(world, key):

    client = world.client("other")
    for query in FILTERS:
        answer = client.get(address(named(key), world), query_params=dict(part.split("=") for part in query.split("&")))
        shown = text_of(answer).decode().replace(f'value="{CANARY}"', "").replace(f"“{CANARY}”", "").replace(f"q={CANARY}", "")
        assert f"{CANARY}-" not in shown and f"{CANARY} justifies" not in shown, f"{key}?{query}"


ABOUT_NO_ROW = {"inbox", "drift_list", "request_reject_many"}
ROWS = [key for (key, method), line in TABLE.items() if method == "GET" and line.cells.get("other") == "404" and key not in ABOUT_NO_ROW]


@pytest.mark.parametrize("key", ROWS)
def test_another_teams_row_is_answered_like_one_that_never_was(world, key):
    """Word by word: nothing in the answer tells that it is there."""
    client = world.client("other")

    there = address(named(key), world)
    numbers = {str(world.request.pk): "987654", str(world.namespace.pk): "987654", "vision": "no-such-team", "tess": "no-such-person"}
    served = world.served
    numbers |= {str(row.pk): "987654" for row in (served.deployment, served.paused, served.rollout.deployment, served.request)}
    numbers |= {str(world.change.pk): "987654", served.version.model.name: "no-such-model"}
    numbers |= {str(world.tokens["alice"].uid): "00000000-0000-4000-8000-000000000000", str(world.entry.pk): "987654"}
    nowhere = "/".join(numbers.get(part, part) for part in there.split("/"))
    assert nowhere != there
    answers = [client.get(path) for path in (there, nowhere)]
    assert [answer.status_code for answer in answers] == [404, 404]
    one, other = (without_address(answer) for answer in answers)
    assert one == other


def without_address(answer):
    if answer["Content-Type"] == "application/problem+json":
        return {key: value for key, value in answer.json().items() if key not in ("instance", "request_id")}
    return answer.templates[0].name if answer.templates else ""


def test_asking_in_the_name_of_another_team_is_answered_like_a_team_that_never_was(world):
    wish = {"cluster": "fra-1", "name": make_wish().name, "cpu": "1", "memory": "1Gi", "justification": "x"}
    answers = [
        world.client("other").post("/api/v1/namespace-requests/", {"team": team, **wish}, format="json") for team in ("vision", "visi0n")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json()["errors"]["team"][0].replace("vision", "visi0n") == answers[1].json()["errors"]["team"][0]


@pytest.mark.django_db
def test_strangers_see_sign_in_health_and_static_files_only(client):
    world = make_world()
    open_to_all = {key for (key, method), line in TABLE.items() if method == "GET" and line.cells["anon"] not in ("login", "401")}
    assert open_to_all == SHOWN_TO_EVERYBODY - {"set_language"}
    for key in open_to_all:
        shown = text_of(ask(world, named(key), "GET", "anon").response).decode()
        assert not any(word in shown for word in ("vision", "alice", "kubeconfig", CANARY)), key
    assert client.get("/static/js/theme.js").status_code == 200
    assert client.get("/static/../portal/settings.py").status_code in (302, 404)
    assert client.get("/no/such/page/").status_code in (302, 404)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-User", "X-Remote-User", "Remote-User", "Impersonate-User", "kubeflow-userid", "X-Forwarded-Email"]
)
def test_a_header_makes_nobody_somebody(db, client, header):
    make_world()
    assert client.get("/api/v1/me/", headers={header: "ada"}).status_code == 401
    assert client.get("/", headers={header: "ada"}).status_code == 302


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "PROPFIND", "CONNECT"])
def test_an_odd_method_opens_nothing_to_strangers(world, method):

    opened = {}
    for route in READABLE:
        answer = world.client("anon").generic(method, address(route, world))
        if answer.status_code < 300 and route.key not in SHOWN_TO_EVERYBODY:
            opened[route.key] = answer.status_code
    assert opened == {}


def test_the_stream_of_the_lists_tells_of_ones_own_teams_only(world, monkeypatch):
    topics = []
    monkeypatch.setattr(streaming, "publish_batch", lambda events: topics.extend(topic for topic, _event, _data in events))
    streaming.announce(world.request, "state")
    told = {name: bool(topics_for(person) & set(topics)) for name, person in world.people.items()}
    assert {name for name, heard in told.items() if heard} == {"alice", "bob", "vic", "dana", "ada", "otto", "tess"}


@pytest.mark.parametrize("role", ["viewer", "member", "approver", "auditor"])
def test_who_may_not_choose_members_learns_nothing_about_who_exists(world, role):
    client = world.client(role)
    bodies = [{"username": name, "role": "viewer"} for name in ("nora", "no-such-person")]
    assert [client.post("/api/v1/teams/vision/members/", body, format="json").status_code for body in bodies] == [403, 403]
    assert [client.generic_send("POST", "/teams/vision/", body, True, {}).status_code for body in bodies] == [403, 403]
