"""Series over REST: whose, of what time, in which steps, as JSON and CSV; gaps are null, and whoever may not see it is told nothing."""

import csv
import io
import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from metrics.marks import Mark, _known, register_marks
from metrics.models import Chunk, Origin
from metrics.store import Store
from metrics.windows import Line
from tests.deploying import make_deployment, observe_pod
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = int(time.time()) - int(time.time()) % 600


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def deployment() -> Any:
    return make_deployment()


@pytest.fixture
def member(deployment: Any) -> APIClient:
    return client_of(make_user(team_roles={deployment.namespace.team: "member"}))


def keep(deployment: Any, values: dict[int, dict[str, float]], line: Line | None = None) -> None:
    """Points by the seconds before NOW."""
    store = Store(deployment.cluster)
    for before, point in sorted(values.items(), reverse=True):
        store.take(NOW - before, {line or Line(deployment.holder): point})
        store.write(NOW - before)


def get(client: APIClient, where: Any, **query: Any) -> Any:
    return client.get(f"/api/v1/{where}/series/", query)


def at(deployment: Any) -> str:
    return f"deployments/{deployment.pk}"


def last_minute(**query: Any) -> dict[str, Any]:
    return {"from": str(NOW - 60), "to": str(NOW), **query}


def test_members_see_values_with_gaps_in_equal_steps(deployment, member):
    keep(deployment, {55: {"cpu": 1.0}, 45: {"cpu": 2.0}, 15: {"cpu": 4.0}})
    answer = get(member, at(deployment), **last_minute(name="cpu"))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["from"], told["to"], told["step"]) == (NOW - 60, NOW, 10)
    assert told["times"] == list(range(NOW - 60, NOW, 10))
    (series,) = told["series"]
    assert (series["name"], series["unit"], series["source"]) == ("cpu", "cores", "metrics.k8s.io")
    assert series["values"] == [1.0, 2.0, None, None, 4.0, None]


def test_strangers_are_told_that_there_is_nothing(deployment):
    stranger = client_of(make_user())
    pod = observe_pod(deployment)
    space = f"namespaces/{deployment.namespace.pk}"
    for where in (at(deployment), space, f"{space}/pods/{pod.name}"):
        assert get(stranger, where).status_code == 404
    assert get(APIClient(), at(deployment)).status_code == 401


def test_rates_and_percentages_are_of_what_was_counted(deployment, member):
    times = {"times:10": 90.0, "times:100": 99.0, "times:inf": 100.0}
    keep(deployment, {55: {"seconds": 10.0, "requests": 100.0, "errors": 5.0, "errors.of": 100.0, **times}})
    told = get(member, at(deployment), **last_minute(name="requests,errors,p50,p99")).json()
    first = {series["name"]: series["values"][0] for series in told["series"]}
    assert first == {"requests": 10.0, "errors": 5.0, "p50": pytest.approx(5.5556, abs=1e-4), "p99": 100.0}


def test_no_requests_are_a_rate_of_nought_and_no_percentage(deployment, member):
    keep(deployment, {55: {"seconds": 10.0, "requests": 0.0, "errors": 0.0, "errors.of": 0.0}})
    told = get(member, at(deployment), **last_minute(name="requests,errors")).json()
    assert [series["values"][0] for series in told["series"]] == [0.0, None]


def test_longer_steps_are_means_with_the_largest_beside_them(deployment, member):
    keep(deployment, {before: {"cpu": float(before)} for before in range(55, 0, -10)} | {-5: {"cpu": 0.0}})
    told = get(member, at(deployment), name="cpu", step="60", **{"from": str(NOW - 60), "to": str(NOW)}).json()
    (series,) = told["series"]
    assert (series["values"], series["max"]) == ([30.0], [55.0])


def test_each_revision_is_told_by_itself_when_asked(deployment, member):
    keep(deployment, {55: {"cpu": 3.0}})
    keep(deployment, {55: {"cpu": 1.0}}, Line(deployment.holder, "r2"))
    keep(deployment, {55: {"cpu": 2.0}}, Line(deployment.holder, "r10"))
    told = get(member, at(deployment), **last_minute(name="cpu", by="revision")).json()
    assert [(series["revision"], series["values"][0]) for series in told["series"]] == [("", 3.0), ("r2", 1.0), ("r10", 2.0)]


def test_a_namespace_has_its_quota_as_the_limit(deployment, member):
    keep(deployment, {55: {"cpu": 1.0}}, Line(deployment.namespace.holder))
    told = get(member, f"namespaces/{deployment.namespace.pk}", **last_minute(name="cpu")).json()
    assert told["series"][0]["limit"][0] == deployment.namespace.quota.cpu / 1000


def test_a_pod_has_its_own_request_and_limit(deployment, member):
    states = [{"name": "kserve-container", "cpu": 1000, "memory": 2**30}, {"name": "fetch", "step": True}]
    pod = observe_pod(deployment, container_states=states)
    keep(deployment, {55: {"cpu": 0.25}}, Line(f"pod.{pod.uid}"))
    told = get(member, f"namespaces/{deployment.namespace.pk}/pods/{pod.name}", **last_minute(name="cpu")).json()
    (series,) = told["series"]
    assert (series["values"][0], series["request"][0], series["limit"][0]) == (0.25, 0.5, 1.0)
    assert get(member, f"namespaces/{deployment.namespace.pk}/pods/gone").status_code == 404


def test_without_a_source_the_reason_is_said(deployment, member):
    Origin.objects.create(cluster=deployment.cluster, group="resources", reasons={"": ["not_served", ""]}, told_at="2026-01-01T00:00Z")
    told = {series["name"]: series for series in get(member, at(deployment)).json()["series"]}
    assert told["cpu"]["source"] is None and "install the metrics server" in told["cpu"]["reason"]
    assert told["gpu"]["source"] is None and "DCGM" in told["gpu"]["reason"]
    assert told["requests"]["source"] is None and "no model server" in told["requests"]["reason"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"name": "secrets"}, "name"),
        ({"from": "yesterday"}, "from"),
        ({"from": "1h", "to": "2h"}, "from"),
        ({"from": "100d"}, "from"),
        ({"to": "99999999999999"}, "to"),
        ({"step": "7"}, "step"),
        ({"step": "-10"}, "step"),
        ({"from": "7d", "step": "60"}, "step"),
        ({"from": "24h", "step": "10"}, "step"),
        ({"from": "90d", "step": "3600"}, "step"),
    ],
)
def test_a_query_that_makes_no_sense_is_a_problem_that_names_the_field(deployment, member, query, field):
    answer = get(member, at(deployment), **query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), answer.content
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(("begin", "step"), [("1h", 10), ("6h", 60), ("24h", 60), ("7d", 3600), ("90d", 7200)])
def test_each_range_has_its_step_and_never_more_than_fifteen_hundred_values(deployment, member, begin, step):
    told = get(member, at(deployment), name="cpu", **{"from": begin}).json()
    assert told["step"] == step and len(told["times"]) == len(told["series"][0]["values"]) <= 1_500


def test_the_file_has_a_line_for_each_time_and_empty_cells_for_gaps(deployment, member):
    keep(deployment, {55: {"cpu": 1.5, "memory": 2.0}})
    answer = get(member, at(deployment), **last_minute(name="cpu,memory", format="csv"))
    assert answer["Content-Type"].startswith("text/csv") and f"slipway-{deployment.name}.csv" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 6 and (rows[0]["cpu"], rows[0]["memory"], rows[1]["cpu"]) == ("1.5", "2.0", "")
    assert rows[0]["time"].endswith("Z")


def test_a_wrong_query_for_a_file_is_a_problem_too(deployment, member):
    answer = get(member, at(deployment), format="csv", step="7")
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


def test_marks_of_that_time_come_with_the_values(deployment, member):
    def knows(cluster_id: int, subject: str, since: int, until: int) -> list[Mark]:
        return [Mark(NOW - 30, "scaling", "1 → 2"), Mark(NOW - 300, "restart", "before")] if subject == deployment.holder else []

    register_marks(knows)
    try:
        told = get(member, at(deployment), **last_minute(name="cpu")).json()
    finally:
        _known.remove(knows)
    assert told["marks"] == [{"at": NOW - 30, "kind": "scaling", "title": "1 → 2"}]


def test_many_series_cost_a_few_questions(deployment, member, django_assert_max_num_queries):
    keep(deployment, {before: {"cpu": 1.0, "requests": 1.0, "seconds": 10.0} for before in range(3595, 0, -10)})
    assert Chunk.objects.count() > 6
    with django_assert_max_num_queries(18):
        get(member, at(deployment), by="revision")
