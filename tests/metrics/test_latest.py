"""The bars beside pods: what they use now, and nothing where nobody has said so lately."""

import time

import pytest

from metrics.latest import Use, latest
from metrics.store import Store
from metrics.windows import Line
from tests.deploying import GIB, make_deployment, observe_pod

pytestmark = pytest.mark.django_db
STATES = [{"name": "kserve-container", "cpu": 1000, "memory": 2 * GIB}]


@pytest.fixture
def pod():
    return observe_pod(make_deployment(), container_states=STATES)


def told(pod, before, **values):
    store, at = Store(pod.cluster), int(time.time()) - before
    store.take(at, {Line(f"pod.{pod.uid}"): values})
    store.write(at)


def test_a_pods_use_stands_against_its_request_and_limit(pod):
    told(pod, 15, cpu=0.25, memory=float(GIB))
    assert latest([pod])[pod.pk] == [Use("cpu", 250, 500, 1000), Use("memory", GIB, GIB, 2 * GIB)]


def test_the_newest_word_counts(pod):
    told(pod, 35, cpu=0.25)
    told(pod, 15, cpu=0.5)
    assert latest([pod])[pod.pk][0].used == 500


def test_what_was_said_long_ago_is_not_what_it_uses_now(pod):
    told(pod, 200, cpu=0.25)
    assert latest([pod])[pod.pk][0].used is None


def test_a_pod_of_which_nothing_is_known_has_no_bar(pod):
    assert [use.used for use in latest([pod])[pod.pk]] == [None, None]


def test_nearly_all_of_the_limit_is_told_apart():
    near, calm = Use("cpu", 950, 500, 1000), Use("cpu", 700, 500, 1000)
    assert (near.calm, near.much) == (0, 950) and (calm.calm, calm.much) == (700, 0)


def test_without_a_limit_the_bar_is_a_part_of_the_request():
    use = Use("cpu", 700, 500, None)
    assert (use.whole, use.calm, use.much) == (500, 500, 0)


def test_pods_of_a_page_cost_one_question(pod, django_assert_max_num_queries):
    others = [observe_pod(make_deployment(), container_states=STATES) for _ in range(2)]
    with django_assert_max_num_queries(2):
        latest([pod, *others])
