"""Whose values are a deployment's and its revisions', what its servers counted, and which marks stand on its charts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from deployments.actions import change_share
from deployments.marks import marks
from deployments.models import ScalingStep
from deployments.sampling import workloads
from metrics.series import About
from tests.deploying import let_serve, make_deployment, make_rollout, make_spec, observe_pod, observe_service, revise
from tests.deployments.traffic.cluster import Counters
from tests.factories import make_user
from tests.metrics.conftest import START, Site
from tests.metrics.fake_cluster import Used

pytestmark = pytest.mark.django_db


@pytest.fixture
def deployment(site: Site):
    let_serve(site.cluster)
    made = make_deployment(site.namespace)
    observe_service(made)
    return made


def add_pod(site: Site, deployment, name: str = "", **fields):
    """A pod of it that tells its use."""
    pod = observe_pod(deployment, name, **fields)
    site.fake.used.append(Used(site.namespace.name, pod.name))
    return pod


def test_a_pod_belongs_to_the_deployment_whose_service_it_names(site, deployment):
    mine = add_pod(site, deployment)
    other = observe_pod(deployment, "other", labels={"serving.kserve.io/inferenceservice": "other"})
    found = workloads(site.cluster, [mine, other])
    assert set(found) == {mine.uid}
    assert (found[mine.uid].subject, found[mine.uid].part, found[mine.uid].places[0]) == (deployment.holder, "r1", (8080, "/metrics"))


def test_beside_a_candidate_each_revision_has_its_own_values(site, deployment):
    rollout = make_rollout(deployment)
    add_pod(site, deployment, f"{deployment.name}-r1-predictor-a"), add_pod(site, deployment, f"{deployment.name}-r2-predictor-b")
    site.use(f"{deployment.name}-r2-predictor-b", "2")
    site.turn(5)
    told = {part: site.read(deployment.holder, "cpu", 0, 10, 10, part).values for part in ("", "r1", "r2")}
    assert rollout.candidate.number == 2 and told == {"": [2.25], "r1": [0.25], "r2": [2.0]}


def test_requests_errors_and_times_come_from_the_servers_counters(site, deployment):
    pod = add_pod(site, deployment)
    counters = site.fake.servers[pod.name] = Counters(good=500)
    site.turn(5)
    counters.serve(good=90, failed=10, milliseconds=8)
    site.turn(15)
    told = {name: site.read(deployment.holder, name, 0, 20, 10).values for name in ("requests", "errors", "p50")}
    assert told["requests"] == [None, 10.0], "what was counted before anybody looked is of no time that is known"
    assert told["errors"] == [None, 10.0]
    assert told["p50"][1] == 5.0


def test_a_restart_does_not_count_backwards(site, deployment):
    pod = add_pod(site, deployment)
    site.fake.servers[pod.name] = Counters(started=1000.0, good=500)
    site.turn(5)
    site.fake.servers[pod.name] = Counters(started=2000.0, good=20)
    site.turn(15)
    assert site.read(deployment.holder, "requests", 10, 20, 10).values == [2.0]


def test_of_a_pod_that_is_new_everything_counts(site, deployment):
    pod = add_pod(site, deployment)
    site.fake.servers[pod.name] = Counters()
    site.turn(5)
    new = add_pod(site, deployment)
    site.fake.servers[new.name] = Counters(good=30)
    site.turn(15)
    assert site.read(deployment.holder, "requests", 10, 20, 10).values == [3.0]


def test_silence_is_a_gap_and_what_came_meanwhile_is_spread_over_it(site, deployment):
    pod = add_pod(site, deployment)
    counters = site.fake.servers[pod.name] = Counters()
    site.turn(5)
    site.fake.broken[pod.name] = (500, b"no")
    counters.serve(good=100)
    site.turn(15)
    assert "answers 500" in site.read(deployment.holder, "requests", 10, 20, 10).reason
    site.fake.broken.clear()
    counters.serve(good=100)
    site.turn(25)
    assert site.read(deployment.holder, "requests", 0, 30, 10).values == [None, None, 10.0]


def test_the_rate_of_a_minute_is_what_came_in_it(site, deployment):
    pods = [add_pod(site, deployment) for _ in range(2)]
    for pod in pods:
        site.fake.servers[pod.name] = Counters()
    for turn in range(13):
        site.turn(turn * 10 + 5)
        for pod in pods:
            site.fake.servers[pod.name].serve(good=50)
    series = site.read(deployment.holder, "requests", 60, 120, 60)
    assert (series.values, series.source) == ([10.0], "model server")


def test_servers_that_do_not_count_errors_have_no_percentage_but_a_reason(site, deployment):
    pod = add_pod(site, deployment)
    text = b"# TYPE request_predict_seconds histogram\nrequest_predict_seconds_count 4\n"
    site.fake.broken[pod.name] = (200, text)
    site.turn(5)
    errors = site.read(deployment.holder, "errors", 0, 10, 10)
    assert errors.source == "" and "counts no failed requests" in errors.reason


def test_of_more_pods_than_are_asked_none_is_told_for_all(site, deployment, monkeypatch):
    monkeypatch.setattr("metrics.sources.servers.MOST_PODS", 1)
    for _ in range(2):
        add_pod(site, deployment)
    site.turn(5)
    assert "Prometheus" in site.read(deployment.holder, "requests", 0, 10, 10).reason
    assert not [path for path in site.fake.asked if "proxy" in path]


def test_when_there_are_too_many_servers_the_workloads_take_turns(site, deployment, monkeypatch):
    monkeypatch.setattr("metrics.sources.servers.MOST_ASKED", 1)
    other = make_deployment(site.namespace, spec=make_spec())
    observe_service(other)
    names = {add_pod(site, each).name for each in (deployment, other)}
    site.turn(5)
    site.turn(15)
    asked = [next(name for name in names if name in path) for path in site.fake.asked if "proxy/metrics" in path and ":8080" in path]
    assert sorted(asked) == sorted(names)


def test_charts_are_marked_with_revisions_candidates_scaling_and_restarts(site, deployment):
    actor = make_user(team_roles={site.namespace.team: "member"})
    rollout = make_rollout(deployment)
    change_share(actor=actor, rollout=rollout, share=50, seen_share=20)
    now = timezone.now()
    ScalingStep.objects.create(deployment=deployment, at=now, before=1, after=3, source="x")
    observe_pod(deployment, restarts=1, last_exit={"reason": "OOMKilled", "ended_at": now.isoformat()})
    observe_pod(deployment, last_exit={"reason": "Completed", "ended_at": now.isoformat()})
    begin = int(now.timestamp()) - 3600
    found = {(mark.kind, mark.title.partition(" started")[0]) for mark in marks(site.cluster.pk, deployment.holder, begin, begin + 7200)}
    assert {kind for kind, _title in found} == {"revision", "rollout", "scaling", "restart"}
    titles = {title for _kind, title in found}
    assert {"Revision r2", "Candidate r2 begins", "Candidate r2 at 50 %", "1 → 3"} <= titles
    assert len([kind for kind, _title in found if kind == "restart"]) == 1
    pod = site.cluster.pods.get(restarts=1)
    assert [mark.kind for mark in marks(site.cluster.pk, f"pod.{pod.uid}", begin, begin + 7200)] == ["restart"]


def test_a_namespaces_charts_name_whose_marks_they_are(site, deployment):
    begin = int(timezone.now().timestamp()) - 3600
    found = list(marks(site.cluster.pk, site.space, begin, begin + 7200))
    assert [mark.title for mark in found] == [f"{deployment.name}: Revision r1"]
    assert list(marks(site.cluster.pk, "namespace.999999", begin, begin + 7200)) == []


def test_marks_of_another_time_are_not_told(site, deployment):
    begin = int((datetime.now(UTC) - timedelta(days=2)).timestamp())
    assert not [mark for mark in marks(site.cluster.pk, deployment.holder, begin, begin + 60) if mark.kind != "restart"]


def test_a_deployment_that_is_gone_is_asked_no_more(site, deployment):
    pod = add_pod(site, deployment)
    type(deployment).objects.filter(pk=deployment.pk).update(deleted_at=timezone.now())
    assert workloads(site.cluster, [pod]) == {}


def test_servers_of_custom_images_are_asked_at_their_port(site, deployment):
    spec = replace(make_spec(), runtime="custom", port=9000)
    revise(site.namespace, deployment.name, spec)
    pod = add_pod(site, deployment)
    assert workloads(site.cluster, [pod])[pod.uid].places == ((9000, "/metrics"),)
    assert About(site.cluster.pk, deployment.holder).bounds == {} and START % 3600 == 0
