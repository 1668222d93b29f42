"""Minutes and hours are made of what was sampled, exactly; gaps, restarts and the end of what is kept."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.columns import empty_column, fold, put
from metrics.models import Chunk
from metrics.packing import pack, unpack
from metrics.sampler import Sampler
from metrics.steps import FINE, HOUR, KEPT, MINUTE
from metrics.store import Store
from metrics.windows import Line
from tests.metrics.conftest import START
from tests.tenancy import make_cluster

NAMESPACE = Line("namespace.1")


@pytest.fixture
def store(db):
    return Store(make_cluster())


def fill(store, values, line=NAMESPACE, begin=START):
    """One value each ten seconds; None for a turn in which nobody answered."""
    for turn, value in enumerate(values):
        at = begin + turn * FINE + 5
        store.take(at, {} if value is None else {line: {"cpu": value}})
        store.write(at)


def columns_of(store, step, start=START, line=NAMESPACE):
    row = Chunk.objects.get(cluster=store.cluster, subject=line.subject, part=line.part, step=step, start=start)
    return unpack(row.data)


def test_a_minute_is_the_sum_the_number_and_the_largest_of_its_samples(store):
    fill(store, [1, 2, 3, 4, 5, 9, 0])
    minute = columns_of(store, MINUTE)
    assert (minute["cpu"][0], minute["cpu:n"][0], minute["cpu:max"][0]) == (24, 6, 9)


def test_a_minute_with_gaps_counts_what_was_there(store):
    fill(store, [1, None, 3, None, None, 5, 0])
    minute = columns_of(store, MINUTE)
    assert (minute["cpu"][0], minute["cpu:n"][0], minute["cpu:max"][0]) == (9, 3, 5)


def test_a_minute_in_which_nobody_answered_is_a_gap(store):
    fill(store, [1] * 6 + [None] * 6 + [2] * 7)
    minute = columns_of(store, MINUTE)
    assert minute["cpu"][0] == 6 and minute["cpu"][1] != minute["cpu"][1] and minute["cpu"][2] == 12


def test_hours_are_made_of_all_samples_whoever_sampled_them(store):
    """Over windows of every step, with gaps and a process that ends in the middle of a minute."""
    chance = random.Random(7)  # noqa: S311
    values = [None if chance.random() < 0.1 else chance.randrange(1000) / 8 for _ in range(3 * 360 + 7)]
    fill(store, values[:500])
    second = Store(store.cluster)
    second.load(START + 500 * FINE)
    fill(second, values[500:], begin=START + 500 * FINE)
    hours = columns_of(store, HOUR)
    for hour in range(3):
        there = [value for value in values[hour * 360 : (hour + 1) * 360] if value is not None]
        assert (hours["cpu"][hour], hours["cpu:n"][hour], hours["cpu:max"][hour]) == (sum(there), len(there), max(there))


def test_pods_have_no_hours(store):
    fill(store, [1] * 400, Line("pod.x"))
    assert set(Chunk.objects.values_list("step", flat=True)) == {FINE, MINUTE}


def test_rows_are_by_window_and_not_by_sample(store):
    fill(store, [1] * 120)
    assert Chunk.objects.filter(step=FINE).count() == 2


def test_what_is_no_longer_kept_goes_and_nothing_else(store):
    fill(store, [1] * 7)
    later = START + KEPT[FINE] + 600
    fill(store, [1] * 7, begin=later)
    assert [row.start for row in Chunk.objects.filter(step=FINE)] == [later]
    assert Chunk.objects.filter(step=MINUTE, start=START).exists()
    fill(store, [1] * 7, begin=START + KEPT[MINUTE] + 3600)
    assert not Chunk.objects.filter(step=MINUTE, start=START).exists()
    assert Chunk.objects.filter(step=HOUR, start=START).exists()
    fill(store, [1] * 7, begin=START + KEPT[HOUR] + 60 * 3600)
    assert not Chunk.objects.filter(start=START).exists()


def test_nothing_is_kept_in_memory_beyond_its_window(store):
    fill(store, [1] * 120, Line("pod.gone"))
    fill(store, [1] * 500, Line("namespace.1"), begin=START + 2 * 3600)
    assert {place.line.subject for place in store.windows.open} == {"namespace.1"}


def test_what_the_database_refuses_is_written_with_the_next_turn(store, monkeypatch):
    store.take(START + 5, {NAMESPACE: {"cpu": 1}})
    with monkeypatch.context() as broken:
        broken.setattr(Chunk.objects, "bulk_create", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store.write(START + 5)
    store.take(START + 15, {NAMESPACE: {"cpu": 2}})
    store.write(START + 15)
    assert list(columns_of(store, FINE)["cpu"][:2]) == [1, 2]


@given(st.dictionaries(st.sampled_from(["cpu", "requests", "times:25"]), st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_packing_loses_nothing(point):
    columns = {}
    put(columns, 3, point)
    back = unpack(pack(columns))
    assert {name: column[3] for name, column in back.items()} == point
    assert all(column[2] != column[2] and len(column) == 60 for column in back.values())


def test_histograms_of_other_bounds_are_told_by_those_that_all_know():
    columns = {name: empty_column() for name in ("times:5", "times:10", "times:inf")}
    put(columns, 0, {"times:5": 1.0, "times:10": 2.0, "times:inf": 2.0})
    put(columns, 1, {"times:10": 5.0, "times:inf": 6.0})
    assert fold(columns, 0, 6) == {"times:10": 7.0, "times:inf": 8.0}


def test_a_sampler_that_begins_reads_what_is_there(site):
    site.pod("a")
    for turn in range(7):
        site.turn(turn * 10 + 5)
    site.sampler = Sampler(site.cluster)
    site.turn(75)
    assert site.read(site.space, "cpu", 0, 120, 60).values == [0.25, None]
    site.turn(125)
    assert site.read(site.space, "cpu", 0, 120, 60).values == [0.25, 0.25]
