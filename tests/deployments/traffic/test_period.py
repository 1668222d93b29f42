"""Counters of processes that restart, are replaced or stay silent are added up so that nothing is lost and nothing counted twice."""

import datetime as dt
import json
from dataclasses import dataclass, field
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from deployments.traffic.period import Period, Seen
from metrics.servers.histogram import Histogram
from metrics.servers.reading import Reading

SINCE = dt.datetime(2026, 5, 1, 12, 0, tzinfo=dt.UTC)


@dataclass
class Process:
    """A pod's server with counters as they really behave, and what the truth about them is."""

    key: str
    side: str
    started: float | None
    requests: int = 0
    errors: int = 0
    unread: int = 0

    def reading(self) -> Reading:
        slow = self.requests // 3
        times = Histogram((10.0, 100.0), (self.requests - slow, self.requests, self.requests))
        return Reading(self.requests, self.errors, times, self.started)


@dataclass
class World:
    """What happens to the pods of both sides, and what a worker that records in a database makes of it."""

    tells_start: bool
    made: count = field(default_factory=count)
    served: dict[str, int] = field(default_factory=lambda: {"stable": 0, "candidate": 0})
    lost: dict[str, int] = field(default_factory=lambda: {"stable": 0, "candidate": 0})

    def __post_init__(self) -> None:
        self.now = SINCE.timestamp() - 1000
        self.pods = [self.new("stable"), self.new("stable"), self.new("candidate")]
        self.now = SINCE.timestamp()
        for pod in self.pods:
            pod.requests, pod.errors = 1000, 100
        self.stored = Period(SINCE, "servers")
        self.measure(silent=())

    def new(self, side: str) -> Process:
        self.now += 10
        return Process(f"uid-{next(self.made)}", side, self.now if self.tells_start else None)

    def serve(self, place: int, requests: int) -> None:
        pod = self.pods[place % len(self.pods)]
        pod.requests += requests
        pod.errors += requests // 2
        pod.unread += requests
        self.served[pod.side] += requests

    def restart(self, place: int) -> None:
        pod = self.pods[place % len(self.pods)]
        self.now += 10
        self.lost[pod.side] += pod.unread
        pod.requests = pod.errors = pod.unread = 0
        pod.started = self.now if self.tells_start else None

    def replace(self, place: int) -> None:
        place %= len(self.pods)
        self.lost[self.pods[place].side] += self.pods[place].unread
        self.pods[place] = self.new(self.pods[place].side)

    def measure(self, silent: tuple[int, ...], recorded: bool = True) -> None:
        begins = not self.stored.known
        period = Period.load(json.loads(json.dumps(self.stored.dump())))
        quiet = {self.pods[place % len(self.pods)].key for place in silent}
        period.take_in([Seen(pod.key, pod.side, None if pod.key in quiet else pod.reading(), not begins) for pod in self.pods])
        if not recorded:
            return  # the worker was killed here: what it knew is gone
        self.stored = period
        for pod in self.pods:
            pod.unread = pod.unread if pod.key in quiet else 0

    def counted(self, side: str) -> int:
        return self.stored.totals[side].requests or 0


numbers = st.integers(0, 5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("serve"), numbers, st.integers(0, 50)),
        st.tuples(st.just("restart"), numbers),
        st.tuples(st.just("replace"), numbers),
        st.tuples(st.just("measure"), st.lists(numbers, max_size=3).map(tuple), st.booleans()),
    ),
    max_size=40,
)


def run(world: World, story: list[tuple]) -> World:
    for what, *arguments in story:
        getattr(world, what)(*arguments)
    world.measure(silent=())
    return world


@given(steps)
def test_every_request_that_a_process_lived_to_tell_is_counted_once(story):
    world = run(World(tells_start=True), story)
    for side in ("stable", "candidate"):
        assert world.counted(side) == world.served[side] - world.lost[side]


@given(steps)
def test_without_a_word_of_their_start_nothing_is_counted_twice(story):
    world = run(World(tells_start=False), story)
    for side in ("stable", "candidate"):
        assert world.counted(side) <= world.served[side] - world.lost[side]


@given(steps)
def test_errors_and_times_go_with_the_requests(story):
    world = run(World(tells_start=True), story)
    for totals in world.stored.totals.values():
        assert totals.times.total == (totals.requests or 0)
        assert 0 <= totals.errors <= (totals.requests or 0)


def take(period: Period, *seen: Seen) -> Period:
    period.take_in(seen)
    return period


def test_a_restart_between_two_looks_is_recognised_by_less_than_before():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", Reading(100)))
    take(period, Seen("a", "stable", Reading(30)))
    assert period.totals["stable"].requests == 30, "all that the new process has counted, and not 30 - 100"


def test_a_restart_that_has_caught_up_is_recognised_by_its_start():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", Reading(100, started=1000.0)))
    take(period, Seen("a", "stable", Reading(150, started=1060.0)))
    assert period.totals["stable"].requests == 150


def test_a_clock_that_is_put_right_is_no_restart():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", Reading(100, started=1000.0)))
    take(period, Seen("a", "stable", Reading(150, started=1001.0)))
    assert period.totals["stable"].requests == 50


def test_a_process_of_before_that_answers_late_counts_from_its_first_answer():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", None), Seen("b", "stable", Reading(5)))
    take(period, Seen("a", "stable", Reading(1000, started=SINCE.timestamp() - 99)), Seen("b", "stable", Reading(5)))
    assert period.totals["stable"].requests == 0
    take(period, Seen("a", "stable", Reading(1007, started=SINCE.timestamp() - 99)), Seen("b", "stable", Reading(5)))
    assert period.totals["stable"].requests == 7


def test_a_process_that_began_within_the_period_counts_whole():
    period = take(Period(SINCE, "ingress"), Seen("a", "stable", None))
    take(period, Seen("a", "stable", Reading(40, started=SINCE.timestamp() + 3)))
    assert period.totals["stable"].requests == 40


def test_a_side_that_nobody_has_told_of_has_no_number():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", Reading(5)), Seen("b", "candidate", None, fresh=True))
    assert period.totals["candidate"].requests is None
    take(period, Seen("a", "stable", Reading(5)), Seen("b", "candidate", Reading(0)))
    assert period.totals["candidate"].requests == 0


def test_one_server_that_does_not_count_errors_leaves_the_side_without_them():
    period = take(Period(SINCE, "servers"), Seen("a", "stable", Reading(5, 1)), Seen("b", "stable", Reading(5, None, None)))
    take(period, Seen("a", "stable", Reading(9, 2)), Seen("b", "stable", Reading(9, None, None)))
    assert period.totals["stable"].requests == 8
    assert period.totals["stable"].errors is None, "the errors of half of the pods are no number of the side"
    assert period.totals["stable"].times is None
