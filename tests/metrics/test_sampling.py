"""What the metrics API says becomes values of pods and of their namespaces; what it does not say is a gap."""

import json
import time

import pytest

from kube.errors import Unreachable
from metrics.models import Chunk, Origin
from metrics.sampler import Sampler
from tests.metrics.fake_cluster import Used

pytestmark = pytest.mark.django_db


def test_a_pods_use_is_that_of_all_its_containers(site):
    pod = site.pod("web", used=False)
    site.fake.used.append(Used(site.namespace.name, "web", "150m", "1Mi", more=(("100000000n", "1Mi"),)))
    site.turn(5)
    assert site.read(f"pod.{pod.uid}", "cpu", 0, 20, 10).values == [0.25, None]
    assert site.read(f"pod.{pod.uid}", "memory", 0, 20, 10).values == [2 * 2**20, None]


def test_a_namespace_uses_what_its_pods_do_and_no_other_namespaces_pods(site):
    site.pod("a"), site.pod("b")
    site.use("a", "1"), site.use("b", "500m")
    site.fake.used.append(Used("kube-system", "a", "7"))
    site.turn(5)
    series = site.read(site.space, "cpu", 0, 10, 10)
    assert (series.values, series.source) == ([1.5], "metrics.k8s.io")
    assert site.read(site.space, "pods", 0, 10, 10).values == [2]
    assert set(Chunk.objects.values_list("subject", flat=True)) == {site.space} | {
        f"pod.{uid}" for uid in site.sampler.store.cluster.pods.values_list("uid", flat=True)
    }


def test_pods_that_do_not_run_any_more_are_not_counted(site):
    site.pod("a"), site.pod("done", phase="Succeeded")
    site.turn(5)
    assert site.read(site.space, "pods", 0, 10, 10).values == [1]


def test_a_turn_without_an_answer_is_a_gap_and_not_a_nought(site):
    site.pod("a")
    site.turn(5)
    site.fake.refusal = 503
    site.turn(15)
    site.fake.refusal = 0
    site.turn(25)
    assert site.read(site.space, "cpu", 0, 30, 10).values == [0.25, None, 0.25]


@pytest.mark.parametrize(("status", "words"), [(404, "install the metrics server"), (403, "cluster_bootstrap"), (503, "does not answer")])
def test_a_cluster_that_tells_nothing_is_no_source_with_the_reason(site, status, words):
    site.pod("a")
    site.fake.refusal = status
    site.turn(5)
    series = site.read(site.space, "cpu", 0, 10, 10)
    assert (series.values, series.source) == ([None], "")
    assert series.reason.startswith("no source: ") and words in series.reason


def test_the_reason_goes_when_the_api_comes(site):
    site.pod("a")
    site.fake.refusal = 404
    site.turn(5)
    site.fake.refusal = 0
    site.turn(15)
    assert site.read(site.space, "cpu", 10, 20, 10).reason == ""
    assert Origin.objects.get(group="resources").source == "metrics.k8s.io"


def test_what_the_metrics_server_remembers_of_a_silent_node_is_no_use_of_now(site):
    site.pod("a"), site.pod("b")
    site.fake.used[0].age = 300
    site.turn(5)
    assert site.read(site.space, "pods", 0, 10, 10).values == [1]


@pytest.mark.parametrize(
    "hostile",
    [
        None,
        {},
        {"metadata": {}},
        {"metadata": {"namespace": "x", "name": "y"}, "containers": [{"usage": {"cpu": "-1", "memory": "x"}}]},
        "text",
        7,
    ],
)
def test_an_entry_that_makes_no_sense_hides_no_other(site, hostile):
    site.pod("a")
    site.fake.raw = lambda: json.dumps({"items": [hostile, Used(site.namespace.name, "a").entry()]}).encode()
    site.turn(5)
    assert site.read(site.space, "cpu", 0, 10, 10).values == [0.25]


def test_gpus_have_no_source_and_what_would_bring_one_is_said(site):
    site.pod("a")
    site.turn(5)
    series = site.read(site.space, "gpu", 0, 10, 10)
    assert (series.values, series.source) == ([None], "") and "DCGM" in series.reason


def test_a_slow_cluster_takes_no_longer_than_a_turn(site, monkeypatch):
    monkeypatch.setattr("metrics.sampler.TURN_SECONDS", 0.3)
    site.pod("a")
    site.fake.raw = lambda: time.sleep(2) or b"{}"
    began = time.monotonic()
    site.turn(5)
    assert time.monotonic() - began < 1.5
    assert site.read(site.space, "cpu", 0, 10, 10).values == [None]


def test_another_process_goes_on_where_one_has_ended(site):
    site.pod("a")
    site.turn(5)
    site.sampler = Sampler(site.cluster)
    site.use("a", "2")
    site.turn(15)
    assert site.read(site.space, "cpu", 0, 20, 10).values == [0.25, 2]


def test_a_namespace_of_the_same_name_does_not_inherit(site):
    site.pod("a")
    site.turn(5)
    assert site.read("namespace.999999", "cpu", 0, 10, 10).values == [None]


def test_the_request_and_limit_of_all_pods_stand_beside_their_use(site):
    states = [{"name": "main", "cpu": 1000, "memory": 2**30}]
    site.pod("a", requests={"cpu": 500, "memory": 2**29}, container_states=states)
    site.pod("b", requests={"cpu": 250}, container_states=states)
    site.turn(5)
    series = site.read(site.space, "cpu", 0, 20, 10)
    assert (series.request, series.limit) == ([0.75, None], [2.0, None])


def test_without_a_limit_on_every_container_there_is_none(site):
    site.pod("a", container_states=[{"name": "main", "cpu": 1000}, {"name": "beside"}])
    site.turn(5)
    assert site.read(site.space, "cpu", 0, 10, 10).limit is None


def test_unreachable_is_an_answer_not_an_exception(site, monkeypatch):
    site.pod("a")

    def refuse(*_arguments: object, **_options: object) -> None:
        raise Unreachable("nobody there")

    monkeypatch.setattr(site.api, "call", refuse)
    site.turn(5)
    assert "nobody there" in site.read(site.space, "cpu", 0, 10, 10).reason
