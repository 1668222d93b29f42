"""Knative's autoscaler as arithmetic: averages, bounds, delays, panics, and the ways to zero and back."""

import pytest

from sandbox.serving.autoscaler.decision import Decider
from sandbox.serving.autoscaler.rules import Rules, rules_of
from sandbox.serving.autoscaler.windows import Average, Highest, Load

GROUP = "autoscaling.knative.dev"


def rules(**given: str) -> Rules:
    """As annotations say; underscores for hyphens."""
    return rules_of({f"{GROUP}/{name.replace('_', '-')}": value for name, value in given.items()})


def after(decider: Decider, begun: float, seconds: int, *, load: float, current: int, reachable: bool = True) -> int:
    """The last decision after so many seconds of an even load, asked each second; the pods that are wanted are there at once."""
    for second in range(1, seconds + 1):
        decider.record(begun + second, Load(1.0, load, load))
        current = decider.desired(begun + second, current, current, reachable=reachable)
    return current


def test_what_is_not_written_is_knatives_own() -> None:
    assert rules_of({}) == Rules("concurrency", 70.0, 0, 0, 60.0, 0.0, 1, 1, 0.0, 600.0)
    assert rules(metric="rps").target == pytest.approx(140.0)


@pytest.mark.parametrize(
    ("given", "limit", "target"),
    [
        ({"target": "10"}, 0, 7.0),
        ({"target": "10"}, 4, 2.8),
        ({}, 20, 14.0),
        ({"target": "10", "target_utilization_percentage": "100"}, 0, 10.0),
        ({"target": "10", "metric": "rps"}, 4, 7.0),
        ({"target": "none"}, 0, 70.0),
        ({"target": "0"}, 0, 70.0),
    ],
)
def test_a_target_is_aimed_at_with_some_room(given: dict[str, str], limit: int, target: float) -> None:
    written = {f"{GROUP}/{name.replace('_', '-')}": value for name, value in given.items()}
    assert rules_of(written, limit).target == pytest.approx(target)


@pytest.mark.parametrize(("text", "window"), [("30s", 30.0), ("1m30s", 90.0), ("1s", 6.0), ("9h", 3600.0), ("soon", 60.0), ("-5s", 60.0)])
def test_a_window_is_written_as_a_duration(text: str, window: float) -> None:
    assert rules(window=text).window == window


def test_an_average_counts_only_the_time_that_was_told() -> None:
    average = Average(10.0)
    assert average.value(0.0) is None
    average.add(1.0, 4.0, 1.0)
    average.add(8.0, 0.0, 1.0)
    assert average.value(8.0) == 2.0
    assert average.value(11.5) == 0.0
    assert average.value(30.0) is None


def test_the_highest_of_a_delay_stands_as_long_as_it() -> None:
    highest = Highest(5.0)
    assert [highest.note(at, count) for at, count in ((0, 3), (1, 1), (5, 1), (5.5, 1), (6, 2))] == [3, 3, 3, 1, 2]


def test_load_is_shared_by_as_many_pods_as_the_target_asks_for() -> None:
    decider = Decider(rules(target="10", window="10s"), 0.0)
    assert after(decider, 0.0, 12, load=21.0, current=1) == 3


def test_requests_per_second_scale_as_well() -> None:
    decider = Decider(rules(target="10", metric="rps", window="10s"), 0.0)
    decider.record(1.0, Load(1.0, 0.0, 28.0))
    assert decider.desired(1.0, 1, 1, reachable=True) == 4


def test_bounds_hold() -> None:
    assert after(Decider(rules(target="1", max_scale="3", window="6s"), 0.0), 0.0, 8, load=50.0, current=1) == 3
    assert after(Decider(rules(min_scale="2", window="6s"), 0.0), 0.0, 30, load=0.0, current=4) == 2


def test_a_burst_is_met_before_the_stable_window_has_seen_it() -> None:
    decider = Decider(rules(target="10", window="60s"), 0.0)
    after(decider, 0.0, 58, load=0.1, current=1)
    assert after(decider, 58.0, 2, load=70.0, current=1) == 4
    assert after(decider, 60.0, 4, load=70.0, current=4) == 10
    # What was added in a panic stays for a window after it, and goes by halves.
    assert after(decider, 64.0, 50, load=0.0, current=10) == 10
    assert after(decider, 114.0, 9, load=0.0, current=10) < 10


def test_it_goes_down_by_halves_at_most() -> None:
    decider = Decider(rules(window="6s"), 0.0)
    after(decider, 0.0, 10, load=0.0, current=1)
    assert decider.desired(10.5, 8, 8, reachable=True) == 4
    assert decider.desired(11.0, 1, 1, reachable=True) == 0


def test_a_step_down_waits_for_its_delay() -> None:
    decider = Decider(rules(target="10", window="6s", scale_down_delay="20s"), 0.0)
    assert after(decider, 0.0, 10, load=21.0, current=1) == 3
    assert after(decider, 10.0, 18, load=0.0, current=3) == 3
    assert after(decider, 28.0, 9, load=0.0, current=3) == 1, "one of three is the most that goes by halves, and the next step waits anew"
    assert after(decider, 37.0, 25, load=0.0, current=1) == 0


def test_nothing_shrinks_before_a_window_has_passed() -> None:
    decider = Decider(rules(window="6s"), 0.0)
    assert after(decider, 0.0, 5, load=0.0, current=3) == 3, "after a restart nobody knows what came before"
    assert after(decider, 5.0, 5, load=0.0, current=3) == 0


def test_without_any_news_nothing_changes_but_for_the_bounds() -> None:
    decider = Decider(rules(min_scale="2"), 0.0)
    assert decider.desired(500.0, 3, 3, reachable=True) == 3
    assert decider.desired(500.0, 0, 0, reachable=True) == 2


def test_one_that_sleeps_is_woken_at_once_and_sleeps_again_after_a_window() -> None:
    decider = Decider(rules(window="6s"), 0.0)
    assert after(decider, 0.0, 20, load=0.0, current=1) == 0
    assert decider.woken() == 1
    decider.record(20.5, Load(0.5, 0.5, 1.0))
    assert decider.desired(20.5, 1, 0, reachable=True) == 1
    assert after(decider, 20.5, 4, load=0.0, current=1) == 1
    assert after(decider, 24.5, 4, load=0.0, current=1) == 0


def test_as_many_are_woken_as_the_activation_asks_for() -> None:
    decider = Decider(rules(activation_scale="3", max_scale="2"), 0.0)
    assert decider.woken() == 2
    assert Decider(rules(activation_scale="3"), 0.0).woken() == 3


def test_a_pod_that_never_answers_is_given_up_at_the_deadline() -> None:
    decider = Decider(rules_of({f"{GROUP}/window": "6s", "serving.knative.dev/progress-deadline": "30s"}), 0.0)
    sizes = []
    for second in range(1, 41):
        decider.record(float(second), Load(1.0))
        sizes.append(decider.desired(float(second), 1, 0, reachable=True))
    assert sizes[:30] == [1] * 30 and sizes[30:] == [0] * 10


def test_the_last_pod_stays_for_its_retention() -> None:
    decider = Decider(rules(window="6s", scale_to_zero_pod_retention_period="10s"), 0.0)
    assert after(decider, 0.0, 14, load=0.0, current=1) == 1
    assert after(decider, 14.0, 4, load=0.0, current=1) == 0


def test_a_revision_without_traffic_has_no_minimum() -> None:
    decider = Decider(rules(min_scale="2", window="6s"), 0.0)
    assert after(decider, 0.0, 10, load=0.0, current=2, reachable=True) == 2
    assert after(decider, 10.0, 2, load=0.0, current=2, reachable=False) == 0
