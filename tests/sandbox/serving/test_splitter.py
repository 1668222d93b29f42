"""Shares of the ingress are exact, and spread evenly."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.serving.gateway.splitter import Splitter


def test_a_fifth_of_five_hundred_is_a_hundred() -> None:
    splitter = Splitter([80, 20])
    turns = [splitter.next([True, True]) for _ in range(500)]
    assert Counter(turns) == {0: 400, 1: 100}
    # Not in a row: of any ten requests two.
    assert {Counter(turns[start : start + 10])[1] for start in range(490)} == {2}


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.integers(1, 400))
def test_each_gets_its_share_to_within_one(weights: list[int], requests: int) -> None:
    splitter, usable = Splitter(weights), [True] * len(weights)
    turns = Counter(splitter.next(usable) for _ in range(requests))
    if not sum(weights):
        assert turns == {None: requests}
        return
    for index, weight in enumerate(weights):
        assert abs(turns[index] - requests * weight / sum(weights)) <= len(weights)


def test_one_that_is_not_usable_gets_nothing_and_catches_nothing_up() -> None:
    splitter = Splitter([80, 20])
    assert {splitter.next([True, False]) for _ in range(100)} == {0}
    assert Counter(splitter.next([True, True]) for _ in range(100)) == {0: 80, 1: 20}


@pytest.mark.parametrize(("weights", "usable"), [([0, 0], [True, True]), ([50, 50], [False, False]), ([], [])])
def test_nobody_may_have_a_turn(weights: list[int], usable: list[bool]) -> None:
    assert Splitter(weights).next(usable) is None
