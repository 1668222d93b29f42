"""Histograms are added and subtracted without losing an observation, and asked for quantiles as Prometheus does."""

from bisect import bisect_left
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.servers.histogram import EMPTY, Histogram

BOUNDS = (1.0, 2.0, 5.0, 10.0, 50.0)
values = st.lists(st.floats(0, 100), max_size=60)


def histogram(observed: list[float], bounds: tuple[float, ...] = BOUNDS) -> Histogram:
    counts = [0] * (len(bounds) + 1)
    for value in observed:
        counts[bisect_left(bounds, value)] += 1
    return Histogram(bounds, tuple(sum(counts[: place + 1]) for place in range(len(counts))))


@given(values, values)
def test_two_together_are_as_if_one_had_counted_everything(one, other):
    assert histogram(one).plus(histogram(other)) == histogram(one + other)


@given(values, values)
def test_what_came_since_is_the_difference(before, since):
    assert histogram(before + since).minus(histogram(before)) == histogram(since)


@given(values, values)
def test_different_buckets_are_added_where_both_have_one(one, other):
    both = histogram(one).plus(histogram(other, (2.0, 3.0, 10.0)))
    assert both == histogram(one + other, (2.0, 10.0)), "what only one of them knows is known of neither"


@given(values)
def test_nothing_changes_nothing(observed):
    assert EMPTY.plus(histogram(observed)) == histogram(observed) == histogram(observed).minus(EMPTY)


@given(values.filter(bool), st.floats(0.01, 1))
def test_a_quantile_is_in_the_bucket_of_the_true_one(observed, q):
    found = histogram(observed).quantile(q)
    true = sorted(observed)[max(0, -(-len(observed) * q // 1).__int__() - 1)]
    if true > BOUNDS[-1]:
        assert found == (BOUNDS[-1], True), "beyond the last bucket nobody knows by how much, and that is said"
        return
    place = bisect_left(BOUNDS, true)
    low = BOUNDS[place - 1] if place else 0.0
    assert low - 1e-9 <= found.value <= BOUNDS[place] + 1e-9
    assert not found.above


@given(values.filter(bool))
def test_quantiles_do_not_cross(observed):
    found = [histogram(observed).quantile(q).value for q in (0.5, 0.95, 0.99)]
    assert found == sorted(found)


@pytest.mark.parametrize(("q", "value"), [(2 / 3, 1.5), (0.25, 0.75), (1.0, 2.0), (0.75, 1.625)])
def test_within_a_bucket_it_is_linear(q, value):
    assert Histogram((1.0, 2.0), (1, 3, 3)).quantile(q).value == pytest.approx(value)


def test_buckets_that_were_read_while_requests_came_are_put_right():
    assert Histogram.of({1.0: 5, 2.0: 4, inf: 6}).counts == (5, 5, 6)


@pytest.mark.parametrize("buckets", [{}, {inf: 5}, {1.0: 5}, {float(n): n for n in range(300)} | {inf: 300}])
def test_what_is_no_histogram_is_none(buckets):
    assert Histogram.of(buckets) is None


def test_without_an_observation_there_is_no_quantile():
    assert histogram([]).quantile(0.5) is None
    assert EMPTY.quantile(0.5) is None
