"""The engine measures a running rollout every few seconds, records what it found, and rolls back by it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from clusters.models import Cluster
from deployments.actions import change_share, pause_deployment
from deployments.models import ModelDeployment, Rollout
from deployments.traffic import servers
from metrics.servers import asking
from tests.deployments.traffic.cluster import GATEWAY, Counters
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def sides(rollout) -> dict:
    return {name: (rollout.figures[name]["requests"], rollout.figures[name]["errors"]) for name in ("stable", "candidate")}


def rolled_back(rollout) -> bool:
    rollout.refresh_from_db()
    return rollout.ended == Rollout.End.ROLLED_BACK


def test_both_sides_are_measured_by_the_pods_own_counters(rollout, cluster, turn):
    stable, candidate = cluster.pods
    stable.counters.serve(good=500)
    outcome = turn()
    assert (outcome.state, outcome.reason) == ("waiting", "Measured")
    assert sides(rollout) == {"stable": (0, 0), "candidate": (0, 0)}, "what was before is of another time"
    stable.counters.serve(good=80)
    candidate.counters.serve(good=19, failed=1, milliseconds=60)
    turn()
    assert rollout.figures["source"] == "servers"
    assert sides(rollout) == {"stable": (80, 0), "candidate": (20, 1)}
    assert rollout.figures["stable"]["p99"] == pytest.approx(9.9)
    assert rollout.figures["candidate"]["p50"] == pytest.approx(55.0)
    assert (rollout.figures["candidate"]["pods"], rollout.figures["candidate"]["sample"]) == (1, 20)
    assert rollout.figures["stable"]["rps"] > 0


def test_the_row_is_due_again_in_a_few_seconds(rollout, cluster, turn, settings):
    settings.SLIPWAY = {**settings.SLIPWAY, "ROLLOUT_SECONDS": 7.0}
    turn()
    assert timedelta(seconds=5) < rollout.next_reconcile_at - timezone.now() < timedelta(seconds=8)


def test_the_ingress_is_asked_before_the_pods(rollout, cluster, turn):
    stable, candidate = cluster.with_ingress()
    stable.serve(good=9000)
    turn()
    stable.serve(good=80)
    candidate.serve(good=15, failed=5)
    turn()
    assert rollout.figures["source"] == "ingress"
    assert sides(rollout) == {"stable": (80, 0), "candidate": (20, 5)}
    assert not any("/pods/" in path for path in cluster.asked), "what is not needed is not asked"


def test_an_ingress_that_restarts_goes_on_counting(rollout, cluster, turn):
    cluster.with_ingress()
    turn()
    cluster.ingress[cluster.names["stable"]].serve(good=30)
    turn()
    cluster.ingress_started = time.time() + 60
    cluster.with_ingress()
    cluster.ingress[cluster.names["stable"]].serve(good=40)
    turn()
    assert sides(rollout)["stable"] == (70, 0)


def test_two_processes_behind_one_ingress_are_told_apart(rollout, cluster, turn):
    first = {name: Counters() for name in cluster.names.values()}
    second = {name: Counters() for name in cluster.names.values()}
    stable = cluster.names["stable"]
    first[stable].serve(good=1000)
    second[stable].serve(good=5)
    starts = {id(first): time.time() - 500, id(second): time.time() - 400}
    for counters in (first, second, first, second, first, second):
        cluster.ingress, cluster.ingress_started = counters, starts[id(counters)]
        turn()
        counters[stable].serve(good=10)
    assert sides(rollout)["stable"] == (40, 0), "each was read twice after its first time, with ten more each time"


def test_an_ingress_that_does_not_say_which_process_answers_is_no_source(rollout, cluster, turn):
    cluster.with_ingress()
    cluster.ingress_started = 0
    turn()
    assert rollout.figures["source"] == "servers"


def test_an_ingress_that_is_silent_for_a_moment_keeps_its_numbers(rollout, cluster, turn):
    stable, _candidate = cluster.with_ingress()
    turn()
    stable.serve(good=25)
    turn()
    kept, cluster.ingress = cluster.ingress, None
    stable.serve(good=5)
    outcome = turn()
    assert (outcome.reason, sides(rollout)["stable"]) == ("SourceSilent", (25, 0))
    assert rollout.figures["why"]
    cluster.ingress = kept
    turn()
    assert sides(rollout)["stable"] == (30, 0)


def test_an_ingress_that_stays_silent_is_given_up_and_counting_begins_anew(rollout, cluster, turn):
    cluster.with_ingress()[0].serve(good=5)
    turn()
    cluster.ingress = None
    turn()
    counters = {**rollout.counters, "silent_since": (timezone.now() - timedelta(seconds=61)).isoformat()}
    Rollout.objects.filter(pk=rollout.pk).update(counters=counters)
    turn()
    assert (rollout.figures["source"], sides(rollout)["stable"]) == ("servers", (0, 0))


def test_without_any_source_there_is_no_number_but_a_reason(rollout, cluster, turn):
    for pod in cluster.pods:
        pod.answer = (404, b"nothing here")
    outcome = turn()
    assert outcome.reason == "NoSource"
    figures = rollout.figures
    assert (figures["source"], figures["since"]) == (None, None)
    for side in (figures["stable"], figures["candidate"]):
        assert {side[name] for name in ("requests", "errors", "rps", "p50", "p95", "p99")} == {None}
        assert side["pods"] == 1, "how many pods are ready is known from elsewhere"
    assert "404" in figures["why"]


def test_a_pod_that_restarts_or_is_replaced_loses_and_doubles_nothing(rollout, cluster, turn):
    candidate = cluster.pods[1]
    turn()
    candidate.counters.serve(good=40)
    turn()
    candidate.restart()
    candidate.counters.serve(good=60)
    turn()
    assert sides(rollout)["candidate"] == (100, 0)
    cluster.pods.remove(candidate)
    cluster.pod("candidate").counters.serve(good=7)
    turn()
    assert sides(rollout)["candidate"] == (107, 0)
    assert sides(rollout)["stable"] == (0, 0)


def test_a_pod_that_is_not_ready_yet_counts_from_its_first_request(rollout, cluster, turn):
    _stable, candidate = cluster.pods
    candidate.ready, candidate.answer = False, (503, b"loading")
    turn()
    assert rollout.figures["candidate"]["requests"] is None
    assert "503" in rollout.figures["candidate"]["missing"]["requests"]
    candidate.ready, candidate.answer = True, None
    candidate.counters.serve(good=12)
    turn()
    assert sides(rollout)["candidate"] == (12, 0)


def test_a_worker_killed_before_it_recorded_leaves_nothing_counted_twice(rollout, cluster, turn, monkeypatch):
    turn()
    cluster.pods[1].counters.serve(good=33)

    def die(attempt, outcome):
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr("reconcile.attempt.Attempt.finish", die)
        turn()
    rollout.refresh_from_db()
    assert sides(rollout)["candidate"] == (0, 0)
    Rollout.objects.filter(pk=rollout.pk).update(lease_until=None)
    turn()
    assert sides(rollout)["candidate"] == (33, 0)


def test_an_erring_candidate_is_rolled_back_by_itself_with_the_numbers(rollout, cluster, turn):
    stable, candidate = cluster.pods
    turn()
    stable.counters.serve(good=400)
    candidate.counters.serve(good=80, failed=20)
    turn()
    assert rolled_back(rollout)
    deployment = ModelDeployment.objects.get(pk=rollout.deployment_id)
    assert (deployment.revision, deployment.settled) == (rollout.stable, False), "the cluster is to be made equal to that"
    verdict = rollout.verdict
    assert verdict["findings"][0]["what"] == "errors"
    assert (verdict["candidate"]["requests"], verdict["candidate"]["errors"], verdict["thresholds"]["errors"]) == (100, 20, 5.0)
    assert (rollout.ended_by, rollout.next_reconcile_at) == (None, None)
    entry = Entry.objects.get(action="rollout.roll_back")
    assert (entry.actor, entry.detail["verdict"]["candidate"]["errors"]) == (None, 20)
    assert "20.00 % of the candidate's 100 requests failed" in entry.detail["reason"]


def test_a_slow_candidate_is_rolled_back(rollout, cluster, turn):
    turn()
    cluster.pods[0].counters.serve(good=400)
    cluster.pods[1].counters.serve(good=100, milliseconds=900)
    turn()
    assert rolled_back(rollout)
    assert rollout.verdict["findings"][0]["what"] == "p99"


def test_a_healthy_candidate_stays(rollout, cluster, turn):
    turn()
    for _ in range(3):
        cluster.pods[0].counters.serve(good=400)
        cluster.pods[1].counters.serve(good=98, failed=2)
        turn()
    assert not rolled_back(rollout)
    assert sides(rollout)["candidate"] == (300, 6)


def test_nothing_is_decided_below_the_minimum_of_either_side(rollout, cluster, turn):
    turn()
    cluster.pods[0].counters.serve(good=99)
    cluster.pods[1].counters.serve(failed=500)
    turn()
    assert not rolled_back(rollout)
    cluster.pods[0].counters.serve(good=1)
    turn()
    assert rolled_back(rollout)


def test_another_share_begins_anew(rollout, cluster, turn):
    turn()
    cluster.pods[0].counters.serve(good=400)
    cluster.pods[1].counters.serve(good=60, failed=30)
    turn()
    owner = make_user(team_roles={rollout.deployment.team: "owner"})
    change_share(actor=owner, rollout=rollout, share=50, seen_share=20)
    assert rollout.figures == {}
    turn()
    assert sides(rollout) == {"stable": (0, 0), "candidate": (0, 0)}
    assert not rolled_back(rollout)


def test_what_was_measured_under_another_share_is_not_recorded(rollout, cluster, turn):
    owner = make_user(team_roles={rollout.deployment.team: "owner"})
    turn()
    cluster.pods[0].counters.serve(good=400)
    cluster.pods[1].counters.serve(failed=400)
    done = []

    def somebody_is_faster(path):
        if "/proxy/" in path and not done:
            done.append(path)
            fresh = Rollout.objects.get(pk=rollout.pk)
            change_share(actor=owner, rollout=fresh, share=50, seen_share=20)

    # The API server's answer comes late, and in this thread's transaction the change is made meanwhile.
    original = servers.ask
    monkey = pytest.MonkeyPatch()
    monkey.setattr(servers, "ask", lambda *arguments: (somebody_is_faster("/proxy/"), original(*arguments))[1])
    try:
        turn()
    finally:
        monkey.undo()
    assert (rollout.share, rollout.figures) == (50, {})
    assert not rolled_back(rollout)


def test_a_candidate_that_never_becomes_ready_is_rolled_back_after_its_time(rollout, cluster, turn):
    cluster.pods[1].ready, cluster.pods[1].answer = False, (503, b"")
    cluster.pods[1].waiting = "ImagePullBackOff"
    turn()
    trouble = {"seconds": 299.9, "calm": 0.0, "restarts": 0, "kind": "not_ready", "words": ""}
    looked_at = (timezone.now() - timedelta(seconds=2)).isoformat()
    Rollout.objects.filter(pk=rollout.pk).update(counters={**rollout.counters, "trouble": trouble, "looked_at": looked_at})
    turn()
    assert rolled_back(rollout)
    assert (rollout.verdict["findings"][0]["what"], rollout.verdict["candidate"]["requests"]) == ("not_ready", None)
    assert "ImagePullBackOff" in Entry.objects.get(action="rollout.roll_back").detail["reason"]


def test_an_outage_is_no_verdict_and_its_time_accuses_nobody(rollout, cluster, turn):
    cluster.pods[1].ready = False
    turn()
    cluster.down = True
    outcome = turn()
    assert (outcome.state, rollout.blocked_on) == ("blocked", rollout.deployment.cluster.key)
    cluster.down = False
    Cluster.objects.update(breaker_opened_at=None)
    long_ago = (timezone.now() - timedelta(hours=2)).isoformat()
    Rollout.objects.filter(pk=rollout.pk).update(blocked_on="", counters={**rollout.counters, "looked_at": long_ago})
    turn()
    assert not rolled_back(rollout)
    assert rollout.counters["trouble"]["seconds"] <= 15.0


def test_a_paused_deployment_is_not_measured(rollout, cluster, turn):
    pause_deployment(actor=make_user(team_roles={rollout.deployment.team: "owner"}), deployment=rollout.deployment)
    assert turn().reason == "Paused"
    assert cluster.asked == []


def test_a_pod_that_answers_hostile_text_or_late_holds_up_nobody(rollout, cluster, turn, monkeypatch):
    monkeypatch.setattr(asking, "ANSWER_SECONDS", 1.0)
    cluster.pods[1].answer = (200, b"rest_server_requests_total{" + b"x" * 100_000)
    slow = cluster.pod("candidate")
    slow.answer = lambda: (time.sleep(4), (200, b""))[1]
    began = time.monotonic()
    turn()
    assert time.monotonic() - began < 4
    assert sides(rollout)["stable"] == (0, 0)
    assert rollout.figures["candidate"]["silent"] == 2


def test_many_pods_are_asked_a_few_at_a_time_and_no_more_than_fifty(rollout, cluster, turn):
    for _ in range(60):
        cluster.pod("candidate")
    turn()
    assert rollout.figures["candidate"]["pods"] == 61
    assert rollout.figures["candidate"]["silent"] == 61 - servers.MOST_PODS


def test_an_ended_rollout_is_measured_no_more(rollout, cluster, turn):
    Rollout.objects.filter(pk=rollout.pk).update(ended="promoted", ended_at=timezone.now())
    assert turn().reason == "Ended"
    assert cluster.asked == []


def test_pods_of_other_names_are_of_no_side(rollout, cluster, turn):
    other = cluster.pod("candidate")
    other.name = other.name.replace("-r2-", "-r22-")
    turn()
    assert rollout.figures["candidate"]["pods"] == 1
    assert GATEWAY in cluster.asked
