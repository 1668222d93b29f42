"""Events become steps: each once, with metric, threshold, from and to, whatever order and however often the watcher sees them."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from clusters.models import Event
from clusters.observation import event_hooks
from clusters.observation.events import EventBook
from deployments.actions import promote_candidate
from deployments.gathering import facts_of
from deployments.manifests.names import part_name, predictor_name
from deployments.models import ModelDeployment, ScalingStep
from deployments.models.scaling_step import KEPT
from deployments.queries import scaling_steps
from deployments.scaling.steps import note_events
from deployments.spec import Scaling
from tests.deploying import let_serve, make_deployment, make_rollout, make_spec, revise, scaled
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ABOVE = "New size: {}; reason: cpu resource utilization (percentage of request) above target"
BELOW = "New size: {}; reason: All metrics below target"
_numbers = count(1)


@pytest.fixture
def deployment():
    """One to five replicas by 80 % of the CPU request; older than any event of a test."""
    made = make_deployment(spec=make_spec(scaling=scaled(1, 5)))
    ModelDeployment.objects.update(created_at=timezone.now() - timedelta(days=1))
    return made


def workload(deployment) -> str:
    return f"{deployment.name}-r{deployment.revision.number}-predictor"


def event(deployment, reason, message, *, seconds=0, kind="", name="", repeated=1, uid="") -> Event:
    """A saved event, `seconds` after an hour ago."""
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1) + timedelta(seconds=seconds)
    kinds = {"SuccessfulRescale": "HorizontalPodAutoscaler", "ScalingReplicaSet": "Deployment"}
    number = next(_numbers)
    return Event.objects.create(
        cluster=deployment.cluster,
        namespace=deployment.namespace.name,
        name=f"event-{number}",
        uid=uid or f"event-uid-{number}",
        involved_kind=kind or kinds.get(reason, "Pod"),
        involved_name=name or workload(deployment),
        reason=reason,
        message=message,
        count=repeated,
        last_at=at,
    )


def rescaled(deployment, size, text=ABOVE, **fields) -> Event:
    return event(deployment, "SuccessfulRescale", text.format(size), **fields)


def carried_out(deployment, before, after, form="from {} to {}", replica_set="", **fields) -> Event:
    way, name = ("up" if after > before else "down"), replica_set or f"{workload(deployment)}-7dc458997b"
    return event(deployment, "ScalingReplicaSet", f"Scaled {way} replica set {name} {form.format(before, after)}", **fields)


def steps(deployment) -> list[tuple]:
    """Oldest first."""
    rows = scaling_steps(deployment).values_list("metric", "threshold", "before", "after")
    return list(rows)[::-1]


def test_an_autoscalers_step_has_its_metric_and_the_threshold_of_the_spec(deployment):
    assert note_events([rescaled(deployment, 3)]) == 1
    step = scaling_steps(deployment).get()
    assert (step.metric, step.threshold, step.before, step.after, step.asked_by) == ("cpu", 80, None, 3, None)
    assert step.message == ABOVE.format(3)


@pytest.mark.parametrize("serving", [{}, {"canary": False}], ids=["canary", "plain"])
def test_a_step_of_an_autoscaler_of_our_own_is_one_with_its_deed(deployment, serving):
    let_serve(deployment.cluster, **serving)
    facts = facts_of(deployment)
    ours, theirs = part_name(facts, facts.stable), predictor_name(facts, facts.stable)
    note_events([rescaled(deployment, 3, name=ours), carried_out(deployment, 1, 3, name=theirs, replica_set=f"{theirs}-7dc458997b")])
    assert steps(deployment) == [("cpu", 80, 1, 3)]
    assert ScalingStep.objects.get().workload == theirs


def test_the_former_size_is_the_last_one_that_was_seen(deployment):
    note_events([rescaled(deployment, 3), rescaled(deployment, 5, seconds=60), rescaled(deployment, 1, BELOW, seconds=900)])
    assert steps(deployment) == [("cpu", 80, None, 3), ("cpu", 80, 3, 5), ("cpu", 80, 5, 1)]


@pytest.mark.parametrize("form", ["to {1} from {0}", "from {} to {}"])
@pytest.mark.parametrize("order", [1, -1])
def test_the_word_and_the_deed_are_one_step_in_any_order(deployment, form, order):
    events = [rescaled(deployment, 3), carried_out(deployment, 1, 3, form, seconds=1)]
    for each in events[::order]:
        note_events([each])
    assert steps(deployment) == [("cpu", 80, 1, 3)]
    note_events(events)
    assert steps(deployment) == [("cpu", 80, 1, 3)], "the same events come again with each new list"


def test_a_deed_of_1_20_without_its_former_size_adds_nothing(deployment):
    note_events([rescaled(deployment, 3), carried_out(deployment, 0, 3, "to {1}", seconds=1)])
    assert steps(deployment) == [("cpu", 80, None, 3)]


def test_an_event_that_is_counted_up_is_a_new_step(deployment):
    first = rescaled(deployment, 3, uid="one")
    note_events([first, rescaled(deployment, 1, BELOW, seconds=400)])
    again = rescaled(deployment, 3, uid="one", repeated=2, seconds=800)
    note_events([again])
    note_events([again])
    assert [after for *_rest, after in steps(deployment)] == [3, 1, 3]


def test_with_two_targets_nobody_knows_which_of_them_was_below_last(deployment):
    both = make_deployment(deployment.namespace, spec=make_spec(scaling=Scaling(1, 5, cpu=80, memory=70)))
    ModelDeployment.objects.update(created_at=timezone.now() - timedelta(days=1))
    note_events([rescaled(both, 2, BELOW), rescaled(both, 4, seconds=60)])
    assert steps(both) == [("cpu,memory", None, None, 2), ("cpu", 80, 2, 4)]
    assert steps(deployment) == []


def test_bounds_that_are_enforced_name_the_bound(deployment):
    note_events([rescaled(deployment, 1, "New size: {}; reason: Current number of replicas below Spec.MinReplicas")])
    assert steps(deployment) == [("minimum", 1, None, 1)]


def test_pods_that_are_exchanged_are_no_step(deployment):
    old, new = f"{workload(deployment)}-7dc458997b", f"{workload(deployment)}-56b8fd5c9d"
    events = [
        carried_out(deployment, 0, 1, replica_set=new),
        carried_out(deployment, 2, 1, replica_set=old, seconds=5),
        carried_out(deployment, 1, 2, replica_set=new, seconds=6),
        carried_out(deployment, 1, 0, replica_set=old, seconds=9),
    ]
    note_events(events)
    assert steps(deployment) == []


def test_a_size_that_somebody_else_set_is_a_step_without_a_reason(deployment):
    note_events([carried_out(deployment, 1, 4)])
    assert steps(deployment) == [("", None, 1, 4)]


def test_stopping_and_starting_are_no_steps(deployment):
    note_events([carried_out(deployment, 2, 0), carried_out(deployment, 0, 2, seconds=60)])
    assert steps(deployment) == []


def test_events_of_others_are_nobodys_steps(deployment):
    other = "detector-of-others-predictor"
    note_events(
        [
            rescaled(deployment, 3, name=other),
            rescaled(deployment, 3, name=f"{deployment.name}-r1-predictor-x"),
            rescaled(deployment, 3, kind="Deployment"),
            event(deployment, "FailedRescale", ABOVE.format(3), kind="HorizontalPodAutoscaler"),
            rescaled(deployment, 3, "not a rescale at all {}"),
        ]
    )
    elsewhere = rescaled(deployment, 3)
    elsewhere.namespace = "another"
    note_events([elsewhere])
    assert not ScalingStep.objects.exists()


def test_events_of_a_former_deployment_of_the_name_are_not_this_ones(deployment):
    ModelDeployment.objects.filter(pk=deployment.pk).update(created_at=timezone.now())
    assert note_events([rescaled(deployment, 3)]) == 0


def test_the_candidates_steps_have_the_candidates_threshold(deployment):
    spec = make_spec(scaling=Scaling(1, 3, cpu=50))
    rollout = make_rollout(deployment, spec)
    name = f"{deployment.name}-r{rollout.candidate.number}-predictor"
    note_events([rescaled(deployment, 2, name=name), rescaled(deployment, 4)])
    assert sorted(steps(deployment)) == [("cpu", 50, None, 2), ("cpu", 80, None, 4)]


def test_knatives_autoscaler_is_seen_in_the_deployments_of_its_revisions(deployment):
    let_serve(deployment.cluster, mode="Knative", spelling="Knative")
    serving = make_deployment(deployment.namespace, spec=make_spec(scaling=Scaling(0, 5, concurrency=10)))
    ModelDeployment.objects.update(created_at=timezone.now() - timedelta(days=1))
    name = f"{serving.name}-predictor-00001-deployment"
    replica_set = f"{name}-7dc458997b"
    note_events(
        [
            carried_out(serving, 0, 3, name=name, replica_set=replica_set),
            carried_out(serving, 3, 0, name=name, replica_set=replica_set, seconds=90),
        ]
    )
    assert steps(serving) == [("concurrency", 10, 0, 3), ("concurrency", 10, 3, 0)]


@pytest.fixture
def sleeper(deployment):
    """Knative's, none to five replicas for ten requests at once each; with what Kubernetes says when its revision is sized."""
    let_serve(deployment.cluster, mode="Knative", spelling="Knative")
    made = make_deployment(deployment.namespace, spec=make_spec(scaling=Scaling(0, 5, concurrency=10)))
    ModelDeployment.objects.update(created_at=timezone.now() - timedelta(days=1))
    name = f"{made.name}-predictor-00001-deployment"
    return made, lambda before, after, **fields: carried_out(made, before, after, name=name, replica_set=f"{name}-7dc4", **fields)


def test_a_revision_of_knatives_that_begins_is_no_step_but_each_time_it_sleeps_and_wakes_is(sleeper):
    row, sized = sleeper
    note_events([sized(0, 1)])
    assert steps(row) == []
    note_events([sized(1, 0, seconds=90), sized(0, 1, seconds=200), sized(1, 0, seconds=290)])
    assert steps(row) == [("concurrency", 10, 1, 0), ("concurrency", 10, 0, 1), ("concurrency", 10, 1, 0)]


def test_steps_of_knatives_that_follow_soon_are_steps_of_their_own(sleeper):
    row, sized = sleeper
    note_events([sized(1, 2), sized(2, 1, seconds=10), sized(1, 2, seconds=20)])
    assert [after for *_rest, after in steps(row)] == [2, 1, 2]


def test_only_the_newest_steps_are_kept(deployment):
    at = timezone.now() - timedelta(hours=2)
    old = [ScalingStep(deployment=deployment, at=at + timedelta(seconds=n), after=n, source=f"old:{n}") for n in range(KEPT)]
    ScalingStep.objects.bulk_create(old)
    note_events([rescaled(deployment, 3)])
    kept = scaling_steps(deployment)
    assert (kept.count(), kept.first().after, kept.last().after) == (KEPT, 3, 1)


def test_a_persons_bounds_are_steps_in_their_name(deployment):
    person = make_user(team_roles={deployment.team: "member"})
    spec = replace(deployment.revision.spec, scaling=scaled(2, 8))
    revise(deployment.namespace, deployment.name, spec, actor=person, reason="The fair begins.")
    found = {step.metric: step for step in scaling_steps(deployment)}
    assert {metric: (step.before, step.after) for metric, step in found.items()} == {"minimum": (1, 2), "maximum": (5, 8)}
    assert {step.asked_by for step in found.values()} == {person}
    assert found["minimum"].message == "The fair begins."
    revise(deployment.namespace, deployment.name, replace(spec, spread="nodes"), actor=person)
    assert scaling_steps(deployment).count() == 2, "another change moves no bound"


def test_what_carries_out_a_persons_change_is_no_second_step(deployment):
    fixed = make_deployment(deployment.namespace, spec=make_spec(scaling=Scaling(1, 1)))
    ModelDeployment.objects.update(created_at=timezone.now() - timedelta(days=1))
    revise(fixed.namespace, fixed.name, replace(fixed.revision.spec, scaling=Scaling(3, 3)))
    note_events([carried_out(fixed, 1, 3, seconds=3605)])
    assert steps(fixed) == [("maximum", None, 1, 3), ("minimum", None, 1, 3)] or steps(fixed) == [
        ("minimum", None, 1, 3),
        ("maximum", None, 1, 3),
    ]


def test_a_candidates_bounds_count_when_it_is_promoted(deployment):
    rollout = make_rollout(deployment, replace(make_spec(), scaling=scaled(2, 5)))
    assert not scaling_steps(deployment).exists(), "a candidate changes nothing of what serves"
    promote_candidate(actor=make_user(team_roles={deployment.team: "owner"}), rollout=rollout)
    step = scaling_steps(deployment).get()
    assert (step.metric, step.before, step.after, step.asked_by) == ("minimum", 1, 2, rollout.candidate.author)


def test_what_the_watcher_saves_is_told_and_a_listener_that_fails_holds_up_nobody(deployment, monkeypatch):
    def fails(rows):
        raise RuntimeError("a listener's own fault")

    monkeypatch.setattr(event_hooks, "on_events", [fails, note_events])
    thing = {
        "metadata": {"name": "e.1", "namespace": deployment.namespace.name, "uid": "u1", "creationTimestamp": timezone.now().isoformat()},
        "involvedObject": {"kind": "HorizontalPodAutoscaler", "name": workload(deployment)},
        "reason": "SuccessfulRescale",
        "message": ABOVE.format(4),
        "count": 1,
    }
    event_hooks.tell(EventBook(deployment.cluster).save([thing]))
    assert steps(deployment) == [("cpu", 80, None, 4)]


def test_a_burst_asks_the_database_by_its_deployments_not_by_its_events(deployment, django_assert_max_num_queries):
    """A list of the watcher's brings an hour of events of everything in a namespace, again and again."""
    burst = [rescaled(deployment, 1 + number % 4, seconds=60 * number) for number in range(40)]
    burst += [carried_out(deployment, 1 + number % 3, 2 + number % 3, seconds=60 * number + 5) for number in range(40)]
    others = [rescaled(deployment, 2, name=f"nobodys-{number}-predictor") for number in range(40)]
    with django_assert_max_num_queries(20):
        assert note_events([*burst, *others]) >= 40
    with django_assert_max_num_queries(12):
        assert note_events([*burst, *others]) == 0


def test_the_app_listens_to_the_watcher():
    assert note_events in event_hooks.on_events
