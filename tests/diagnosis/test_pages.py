"""The pages and the REST API of pods: understood from one page, a page at a time, only for whom may see them, whatever was written."""

import pytest
from django.test import Client

from clusters.models import Pod
from tests.diagnosis.seen import ended, now, running, see_event, see_pod, unschedulable, waiting
from tests.factories import make_user
from tests.pages.browsing import csv_of

BACK_OFF = "back-off 5m0s restarting failed container=web pod=web-0_vision(1)"
HOSTILE = "<script>alert(1)</script>\x1b[31m" + "x" * 5000


def browser(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def page(space, alice):
    """A page of the namespace as alice sees it."""
    client = browser(alice)
    return lambda path="": client.get(f"/namespaces/{space.pk}/{path}")


@pytest.fixture
def crashing(space):
    return see_pod(
        space,
        "web-0",
        waiting("CrashLoopBackOff", BACK_OFF, restarts=4, last=ended(3, message="no settings")),
        ownerReferences=[{"kind": "ReplicaSet", "name": "web-6d5f", "controller": True}],
        labels={"pod-template-hash": "6d5f"},
    )


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_pods_page_tells_why_what_would_help_who_made_it_and_what_was_said(page, space, crashing):
    for seconds in (30, 20, 10):
        see_event(space, "Pod", "web-0", "BackOff", f"back-off {seconds}s restarting failed container", ago=seconds)
    told = text(page("pods/web-0/"))
    assert "Its program stopped with an error" in told and "exit code 3" in told and "no settings" in told
    assert "Read its last log lines" in told
    assert told.index(">Deployment<") < told.index(">ReplicaSet<") < told.index(">web-6d5f<")
    assert '<td class="num" data-label="Times">3</td>' in told and "registry.example.org/team/web:1" in told
    assert f'data-logs="/namespaces/{space.pk}/pods/web-0/log/live/"' in told


def test_the_overview_leads_to_the_pods_that_need_somebody(page, space, crashing):
    told = text(page())
    assert "What needs somebody" in told and f'href="/namespaces/{space.pk}/pods/web-0/"' in told


def test_the_overview_of_a_namespace_in_which_all_is_well_says_nothing_of_it(page, space):
    see_pod(space, "web-1", running())
    assert "What needs somebody" not in text(page())


def test_the_list_shows_a_hundred_pods_and_first_those_that_need_somebody(page, space, crashing):
    Pod.objects.bulk_create(
        Pod(
            cluster=space.cluster,
            namespace=space.name,
            name=f"a-{n:03}",
            uid=str(n),
            phase="Running",
            ready="1/1",
            observed_at=crashing.observed_at,
        )
        for n in range(120)
    )
    first, second = text(page("pods/")), text(page("pods/?page=2"))
    assert first.index("web-0") < first.index("a-000") and "Its program stopped with an error" in first
    assert "a-098" in first and "a-099" not in first and "a-099" in second and "1–100 of 121" in first


def test_explanations_are_made_for_the_rows_that_are_shown_and_for_no_others(
    page, space, crashing, django_assert_max_num_queries, monkeypatch
):
    asked = []
    monkeypatch.setattr("tenants.views.pods.reasons_of", lambda pods, *rest: asked.extend(pods) or {})
    for number in range(30):
        see_pod(space, f"web-{number}", waiting("CrashLoopBackOff", BACK_OFF, last=ended(1)))
    with django_assert_max_num_queries(25):
        page("pods/?page_size=25")
    assert len(asked) == 25


def test_the_list_is_filtered_by_state_and_name_and_can_be_downloaded(page, space, alice, crashing):
    see_pod(space, "well-1", running())
    trouble, named = text(page("pods/?state=trouble")), text(page("pods/?q=well"))
    assert "web-0" in trouble and "well-1" not in trouble and "well-1" in named and "web-0" not in named
    [row] = csv_of(browser(alice), f"/namespaces/{space.pk}/pods/?format=csv&state=trouble")
    assert (row["name"], row["state"], row["reason"]) == ("web-0", "trouble", "CrashLoopBackOff")


@pytest.mark.parametrize("path", ["pods/", "pods/web-0/", "pods/web-0/log/live/"])
def test_a_stranger_finds_no_pod(space, crashing, path):
    assert browser(make_user(team_roles={"speech": "owner"})).get(f"/namespaces/{space.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["pods/", "pods/web-0/", "explanations/", "events/"])
def test_a_stranger_is_told_nothing_over_rest(space, crashing, path):
    assert browser(make_user(team_roles={"speech": "owner"})).get(f"/api/v1/namespaces/{space.pk}/{path}").status_code == 404


def test_a_pod_that_is_gone_is_a_404(page, crashing):
    assert page("pods/web-9/").status_code == 404


def test_rest_tells_the_same_as_the_page(space, alice, crashing):
    see_event(space, "Pod", "web-0", "BackOff", "back-off restarting failed container")
    told = browser(alice).get(f"/api/v1/namespaces/{space.pk}/pods/web-0/").json()
    [found] = told["explanations"]
    assert (found["code"], found["tone"], told["state"]) == ("exit-error", "bad", "trouble")
    assert told["owner_chain"][0] == {"kind": "Deployment", "name": "web"} and told["events"][0]["count"] == 1
    [group] = browser(alice).get(f"/api/v1/namespaces/{space.pk}/explanations/").json()
    assert group["about"] == [{"kind": "Pod", "name": "web-0"}] and group["explanation"]["code"] == "exit-error"


def test_rest_filters_pods_and_answers_a_state_that_is_none(space, alice, crashing):
    see_pod(space, "well-1", running())
    client, path = browser(alice), f"/api/v1/namespaces/{space.pk}/pods/"
    assert [pod["name"] for pod in client.get(f"{path}?state=running").json()["results"]] == ["well-1"]
    refused = client.get(f"{path}?state=moon")
    assert refused.status_code == 400 and "state" in str(refused.json())


def test_whatever_a_cluster_writes_is_text_of_bounded_length(page, space):
    see_pod(space, "web-0", waiting(HOSTILE[:60], HOSTILE), phase="Pending")
    see_pod(space, "web-1", waiting("ImagePullBackOff", f'Back-off pulling image "{HOSTILE}": not found'), phase="Pending")
    see_pod(space, "web-2", phase="Pending", status=unschedulable(f"0/2 nodes are available: 2 {HOSTILE}. preemption: no"))
    see_event(space, "ReplicaSet", "web", "FailedCreate", f'admission webhook "w" denied the request: {HOSTILE}')
    for path in ("", "pods/", "pods/web-0/", "pods/web-1/", "pods/web-2/", "events/"):
        told = text(page(path))
        assert "<script>alert" not in told and "\x1b" not in told and "x" * 2100 not in told


def test_a_pod_on_its_way_of_which_nothing_is_said_is_not_accused(page, space):
    see_pod(space, "young", waiting("ContainerCreating"), phase="Pending", creationTimestamp=now(-5))
    assert "The cluster has not said that anything holds it up." in text(page("pods/young/"))
