"""The judge: never before the minimum, never without a number, and never milder for a worse candidate."""

from hypothesis import given
from hypothesis import strategies as st

from deployments.traffic.judge import Thresholds, judge
from deployments.traffic.noise import compare_errors, compare_times
from deployments.traffic.period import Totals
from deployments.traffic.trouble import Look, Trouble
from metrics.servers.histogram import Histogram

CALM = Trouble()
amounts = st.integers(0, 3000)


def limits(max_errors=5.0, max_p99=500.0, min_requests=100, startup_seconds=300, share=20) -> Thresholds:
    return Thresholds(max_errors, max_p99, min_requests, startup_seconds, share)


def figures(stable=1000, requests=1000, errors=0, p99=100.0, above=(), sample=None) -> dict:
    candidate = {"requests": requests, "errors": errors, "p99": p99, "above": list(above), "sample": requests if sample is None else sample}
    return {"stable": {"requests": stable}, "candidate": candidate}


def whats(thresholds, numbers, trouble=CALM) -> list[str]:
    return [finding.what for finding in judge(thresholds, numbers, trouble)]


def test_more_errors_than_allowed_end_it_with_the_numbers():
    (found,) = judge(limits(), figures(requests=400, errors=21), CALM)
    assert (found.what, found.value, found.limit, found.sample) == ("errors", 5.25, 5.0, 400)
    assert "5.25 % of the candidate's 400 requests failed" in found.words


def test_exactly_what_is_allowed_ends_nothing():
    assert whats(limits(), figures(requests=400, errors=20, p99=500.0)) == []


def test_a_slow_candidate_is_ended_as_well():
    assert whats(limits(), figures(p99=501.0)) == ["p99"]
    assert whats(limits(), figures(errors=999, p99=501.0)) == ["errors", "p99"]


def test_a_p99_beyond_the_last_bucket_is_judged_by_what_is_sure_of_it():
    assert whats(limits(max_p99=500), figures(p99=500.0, above=["p99"])) == ["p99"], "it is more than 500"
    assert whats(limits(max_p99=500), figures(p99=400.0, above=["p99"])) == [], "it is more than 400; whether than 500 nobody knows"


@given(amounts, amounts, amounts)
def test_nothing_is_judged_before_both_sides_have_their_minimum(stable, requests, errors):
    found = whats(limits(min_requests=100), figures(stable, requests, min(errors, requests), p99=9999.0))
    assert not found or (stable >= 100 and requests >= 100)


@given(st.integers(100, 3000), amounts, amounts)
def test_one_more_error_never_makes_it_milder(requests, one, more):
    few, many = sorted((min(one, requests), min(one + more, requests)))
    assert set(whats(limits(), figures(requests=requests, errors=few))) <= set(whats(limits(), figures(requests=requests, errors=many)))


@given(st.floats(0, 100), st.floats(0, 100), st.integers(100, 3000), amounts)
def test_a_stricter_threshold_never_lets_more_through(one, other, requests, errors):
    strict, mild = sorted((one, other))
    numbers = figures(requests=requests, errors=min(errors, requests))
    assert set(whats(limits(max_errors=mild), numbers)) <= set(whats(limits(max_errors=strict), numbers))


def test_what_has_no_number_or_no_threshold_is_not_judged():
    assert whats(limits(), figures(errors=None, p99=None)) == []
    assert whats(limits(max_errors=None, max_p99=None), figures(errors=1000, p99=1e9)) == []
    assert whats(limits(), figures(requests=None, errors=None)) == []
    assert whats(limits(), {}) == []


def test_a_p99_of_too_few_timed_requests_is_not_judged():
    assert whats(limits(), figures(p99=9999.0, sample=99)) == []


def test_with_all_requests_at_the_candidate_nobody_waits_for_the_other_side():
    assert whats(limits(share=100), figures(stable=0, errors=500)) == ["errors"]
    assert whats(limits(share=99), figures(stable=0, errors=500)) == []


def test_with_no_share_what_comes_all_the_same_is_judged():
    assert whats(limits(share=0), figures(stable=1000, requests=200, errors=100)) == ["errors"]
    assert whats(limits(share=0), figures(stable=1000, requests=0)) == []


def test_a_minimum_of_nought_still_wants_one_request():
    assert whats(limits(min_requests=0), figures(stable=5, requests=0, errors=0)) == []


def after(*looks: tuple[Look, float]) -> Trouble:
    trouble = Trouble()
    for look, elapsed in looks:
        trouble = trouble.after(look, elapsed)
    return trouble


STARTING = Look(True, pods=1, words="ContainerCreating")
CRASHING = Look(True, pods=1, restarts=3, crashing=True, words="CrashLoopBackOff: exit code 1")
READY = Look(True, pods=1, ready=1)


def test_a_candidate_that_does_not_become_ready_in_its_time_is_ended():
    slow = after(*[(STARTING, 10.0)] * 30)
    assert whats(limits(startup_seconds=300), {}, slow) == [], "it has exactly its time"
    (found,) = judge(limits(startup_seconds=300), {}, slow.after(STARTING, 10.0))
    assert found.what == "not_ready"
    assert "ContainerCreating" in found.words


def test_a_candidate_that_becomes_ready_in_time_begins_anew():
    assert after(*[(STARTING, 10.0)] * 29, (READY, 10.0)).seconds == 0
    assert whats(limits(), {}, after(*[(STARTING, 10.0)] * 29, (READY, 10.0), *[(STARTING, 10.0)] * 29)) == []


def test_a_candidate_that_runs_a_little_between_its_crashes_is_ended():
    again = Look(True, pods=1, ready=1, restarts=3)
    trouble = Trouble()
    for round_ in range(12):
        trouble = trouble.after(Look(True, pods=1, restarts=round_ + 1, crashing=True, words="CrashLoopBackOff"), 20.0)
        trouble = trouble.after(Look(True, pods=1, ready=1, restarts=round_ + 1), 20.0)
    (found,) = judge(limits(startup_seconds=200), {}, trouble)
    assert found.what == "crash_loop"
    assert trouble.after(again, 1.0).kind == "crash_loop"


def test_a_candidate_that_crashed_once_and_runs_is_trusted_again():
    calm = after((CRASHING, 100.0), *[(Look(True, pods=1, ready=1, restarts=3), 10.0)] * 7)
    assert (calm.seconds, calm.kind) == (0.0, "")


def test_time_in_which_nothing_is_expected_accuses_nobody():
    assert after(*[(Look(False), 1000.0)] * 5).seconds == 0


def totals(requests: int, errors: int = 0, slow: int = 0) -> Totals:
    return Totals(requests, errors, Histogram((10.0, 100.0), (requests - slow, requests, requests)))


def test_what_is_worse_than_chance_is_shown():
    assert compare_errors(totals(1000, 10), totals(1000, 40)) == "worse"
    assert compare_errors(totals(1000, 40), totals(1000, 10)) == "better"
    assert compare_errors(totals(1000, 10), totals(1000, 14)) == "same"
    assert compare_errors(totals(10, 0), totals(10, 10)) is None, "ten requests say nothing"
    assert compare_times(totals(1000), totals(1000, slow=500), 0.99) == "worse"
    assert compare_times(totals(1000, slow=3), totals(1000, slow=3), 0.99) == "same"
    assert compare_times(totals(1000, slow=500), totals(1000), 0.99) == "better"


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_same_on_both_sides_is_no_difference(requests, errors):
    side = totals(requests, min(requests, errors))
    assert compare_errors(side, side) in (None, "same")
    assert compare_times(side, side, 0.99) in (None, "same")
