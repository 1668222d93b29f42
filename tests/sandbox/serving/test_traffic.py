"""Traffic of revisions in Knative mode: canary, promotion, roll back."""

from sandbox.serving.knative.traffic import Rollout, advance, read, write

ONE, TWO, THREE = "r-00001", "r-00002", "r-00003"


def _shares(rollout: Rollout) -> dict[str, int]:
    shares: dict[str, int] = {}
    for each in rollout.traffic:
        shares[each["revisionName"]] = shares.get(each["revisionName"], 0) + each["percent"]
    return shares


def _steady(rollout: Rollout, created: str, available: set[str], percent: int | None) -> Rollout:
    """As after some looks at it."""
    for _ in range(4):
        rollout, _ = advance(rollout, created, available, percent)
    return rollout


FIRST = _steady(Rollout(), ONE, {ONE}, None)


def test_nothing_has_traffic_before_it_is_available() -> None:
    rollout, needed = advance(Rollout(), ONE, set(), None)
    assert _shares(rollout) == {} and rollout.ready == "" and needed == {ONE}


def test_the_first_revision_is_rolled_out_to_all() -> None:
    assert _shares(FIRST) == {ONE: 100} and (FIRST.rolled_out, FIRST.previous) == (ONE, "")


def test_a_canary_gets_its_share_once_it_is_ready() -> None:
    early = _steady(FIRST, TWO, {ONE}, 20)
    assert _shares(early) == {ONE: 100} and (early.created, early.ready) == (TWO, ONE)
    assert advance(early, TWO, {ONE}, 20)[1] == {ONE, TWO}
    late = _steady(early, TWO, {ONE, TWO}, 20)
    assert _shares(late) == {ONE: 80, TWO: 20} and late.rolled_out == ONE
    assert [each.get("tag") for each in late.traffic] == [None, "prev"]


def test_without_a_percentage_it_is_promoted() -> None:
    canary = _steady(FIRST, TWO, {ONE, TWO}, 20)
    promoted, needed = advance(canary, TWO, {ONE, TWO}, None)
    assert _shares(promoted) == {TWO: 100} and (promoted.rolled_out, promoted.previous) == (TWO, ONE)
    assert needed == {TWO}


def test_zero_percent_takes_a_canary_back() -> None:
    canary = _steady(FIRST, TWO, {ONE, TWO}, 20)
    assert _shares(_steady(canary, TWO, {ONE, TWO}, 0)) == {ONE: 100, TWO: 0}


def test_zero_percent_takes_a_promoted_one_back_when_the_former_is_up_again() -> None:
    promoted = _steady(_steady(FIRST, TWO, {ONE, TWO}, 20), TWO, {TWO}, None)
    waiting = _steady(promoted, TWO, {TWO}, 0)
    assert _shares(waiting) == {TWO: 100} and ONE in advance(waiting, TWO, {TWO}, 0)[1]
    assert _shares(_steady(waiting, TWO, {ONE, TWO}, 0)) == {ONE: 100, TWO: 0}


def test_a_revision_that_never_gets_ready_takes_nothing_away() -> None:
    promoted = _steady(_steady(FIRST, TWO, {ONE, TWO}, 20), TWO, {TWO}, None)
    stuck = _steady(promoted, THREE, {TWO}, None)
    assert _shares(stuck) == {TWO: 100} and (stuck.created, stuck.ready, stuck.rolled_out) == (THREE, TWO, TWO)


def test_it_is_read_as_it_was_written() -> None:
    canary = _steady(FIRST, TWO, {ONE, TWO}, 20)
    assert read(write(canary)) == canary
