"""The cluster's word while somebody still writes: that of the plan, asked within a moment, seldom, and never waited for by the form."""

from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from clusters.models import Cluster
from deployments import cluster_word, verdicts
from deployments.models import ModelDeployment
from kube.errors import ApiError, Unreachable
from tests.clients import token_client
from tests.deploying import make_serving_namespace, make_spec, make_version, revise
from tests.deployments.asking import set_environment
from tests.deployments.test_api import BODY, PATH
from tests.factories import make_user
from tests.pages.browsing import page_client
from tests.pages.test_deployments_asking import filled

pytestmark = pytest.mark.django_db
WORD = "/deployments/word/"
NO_ROOM = 'pods "x" is forbidden: exceeded quota: slipway-quota, requested: pods=1'


@pytest.fixture
def space():
    make_version()
    make_version(aliases=("champion",))
    caches["local"].clear()
    return make_serving_namespace(name="vision-lab")


class Api:
    """Takes every object on trial but what `refuses` names by a part of its path; or says nothing."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.refuses, self.silent = "", False

    def call(self, verb: str, path: str, *, deadline: Any, **_options: Any) -> Any:
        assert 0 < deadline.remaining() <= cluster_word.PATIENCE_SECONDS, "nobody waits longer"
        self.calls.append(path)
        if self.silent:
            raise Unreachable("planted")
        if self.refuses and self.refuses in path:
            raise ApiError(403, "Forbidden", NO_ROOM)
        made = {"metadata": {"name": "x", "namespace": "vision-lab"}}
        return type("Answer", (), {"status": 201, "body": made, "date": None})

    def request(self, verb: str, path: str, **options: Any) -> Any:
        return self.call(verb, path, **options).body


@pytest.fixture
def api(monkeypatch):
    made = Api()
    monkeypatch.setattr(verdicts, "connection", lambda cluster: made)
    return made


@pytest.fixture
def alice(space):
    return page_client(make_user("alice", {"vision": "member"}))


def word(client, space, **changes: Any) -> str:
    answer = client.post(WORD, filled(space, **changes))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_the_plan_would_say_stands_beside_the_form(alice, space, api):
    api.refuses = "/pods"
    page = word(alice, space)
    assert "would refuse Pod" in page and "exceeded quota" in page and "Ask for more quota" in page
    assert "Would wait" in page and 'id="verdict-nothing" hx-swap-oob="delete"' in page
    assert not ModelDeployment.objects.exists()


def test_what_does_not_stand_beside_the_form_is_not_taken_away(alice, space, api):
    api.refuses = "/pods"
    set_environment(space, "production")
    page = word(alice, space)
    assert "exceeded quota" in page and "hx-swap-oob" not in page, "an approver decides, and that stays said"


def test_the_check_itself_waits_for_no_cluster_and_says_that_it_is_being_asked(alice, space, api):
    page = alice.post("/deployments/check/", filled(space)).content.decode()
    assert api.calls == [] and 'hx-post="/deployments/word/"' in page and "delay:300ms" in page
    wrong = alice.post("/deployments/check/", filled(space, cpu_request="-1")).content.decode()
    assert "/deployments/word/" not in wrong


def test_a_cluster_that_takes_everything_is_said_to(alice, space, api):
    assert "would refuse none of its objects" in word(alice, space) and api.calls


def test_the_same_input_is_asked_once_and_another_one_again(alice, space, api):
    word(alice, space)
    once = len(api.calls)
    word(alice, space)
    assert len(api.calls) == once
    word(alice, space, minimum="2", maximum="2")
    assert len(api.calls) > once


def test_a_cluster_that_is_silent_is_left_alone_for_a_while(alice, space, api):
    api.silent = True
    assert "was not asked" in word(alice, space)
    asked = len(api.calls)
    assert asked == 1, "one silence is enough"
    assert "was not asked" in word(alice, space, minimum="2", maximum="2")
    assert len(api.calls) == asked


@pytest.mark.parametrize("field", ["breaker_opened_at", "stale_since"])
def test_one_that_is_known_to_be_away_is_not_asked(alice, space, api, field):
    Cluster.objects.update(**{field: timezone.now()})
    assert "was not asked" in word(alice, space) and api.calls == []


def test_no_more_than_a_few_wait_for_clusters_at_once(alice, space, api):
    held = [cluster_word._slots.acquire(blocking=False) for _ in range(cluster_word.AT_ONCE)]
    assert all(held)
    try:
        assert "was not asked" in word(alice, space) and api.calls == []
    finally:
        for _ in held:
            cluster_word._slots.release()
    assert "was asked, and" in word(alice, space), "and that it was busy is not remembered"


def test_rest_tells_what_the_cluster_would_refuse_and_that_it_was_asked(space, api):
    api.refuses = "/inferenceservices/"
    bob = token_client(make_user("bob", {"vision": "member"}))
    told = bob.post(f"{PATH}findings/", BODY).json()
    assert told["cluster_asked"] and [each["code"] for each in told["findings"]] == ["cluster_refuses"]
    assert "InferenceService defects" in told["findings"][0]["message"]
    dry = bob.post(f"{PATH}?dry_run=true", BODY).json()
    assert dry["cluster_asked"] and "The cluster was asked" in dry["verdict"] and dry["manifests"]
    set_environment(space, "production")
    assert bob.post(f"{PATH}?dry_run=true", BODY).json()["verdict"].startswith("An approver decides this.")


def test_a_viewer_can_look_at_findings_but_cannot_have_the_cluster_asked(space, api):
    told = token_client(make_user("vera", {"vision": "viewer"})).post(f"{PATH}findings/", BODY).json()
    assert told["cluster_asked"] is False and api.calls == []


def test_an_edit_asks_about_the_deployment_that_stands(alice, space, api):
    row = revise(space, "defects", make_spec())
    page = alice.post(f"/deployments/check/?deployment={row.pk}", filled(space, seen_revision="1", how="now", minimum="2", maximum="2"))
    assert f'hx-post="/deployments/word/?deployment={row.pk}"' in page.content.decode()
    sent = filled(space, seen_revision="1", how="now", minimum="2", maximum="2")
    assert "refuse none" in alice.post(f"{WORD}?deployment={row.pk}", sent).content.decode()
    assert any(path.endswith("/inferenceservices/defects") for path in api.calls)
