"""A thousand deployments: what the list, its filter by health and its file ask of the database does not grow with them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clusters.models import Cluster, Observed, Pod
from deployments.health import STATES, healths, in_state
from deployments.models import ModelDeployment, Revision
from deployments.queries import LABEL
from tests.deploying import fail, failed_status, make_deployment, make_rollout, make_serving_namespace, ready_status, settle
from tests.pages.browsing import text_of_file
from tests.tenancy import make_cluster

pytestmark = pytest.mark.django_db
MANY = 1000


def multiply(row: ModelDeployment, many: int) -> None:
    """So many deployments like this one: every tenth paused, every other tenth failed as KServe says, each with its service and a pod."""
    [revision] = row.revisions.all()
    common = {"cluster": row.cluster, "namespace": row.namespace, "conditions": row.conditions, "generation": 1, "observed_generation": 1}
    made = ModelDeployment.objects.bulk_create(
        ModelDeployment(name=f"many-{number:04}", paused=number % 10 == 1, **common) for number in range(many)
    )
    copies = Revision.objects.bulk_create(
        Revision(deployment=each, number=1, content=revision.content, model_version=revision.model_version, author=revision.author)
        for each in made
    )
    for each, copy in zip(made, copies, strict=True):
        each.revision = copy
    ModelDeployment.objects.bulk_update(made, ["revision"], batch_size=200)
    Observed.objects.bulk_create(service_of(each, number % 10 == 2) for number, each in enumerate(made))
    seen = Pod.objects.first()
    assert seen is not None
    Pod.objects.bulk_create(
        Pod(**{**fields_of(seen), "name": f"{each.name}-predictor-x", "uid": str(uuid4()), "labels": {LABEL: each.name}})
        for number, each in enumerate(made)
        if number % 10 not in (1, 2)
    )


def service_of(row: ModelDeployment, failed: bool) -> Observed:
    status = failed_status("no") if failed else ready_status(row)
    name, space = row.name, row.namespace.name
    body = {"metadata": {"name": name, "namespace": space, "generation": 1}, "spec": {}, "status": status}
    return Observed(
        cluster=row.cluster,
        namespace=space,
        name=name,
        owner=row.holder,
        kind="InferenceService",
        api_version="serving.kserve.io/v1beta1",
        uid=str(uuid4()),
        resource_version="7",
        observed_at=timezone.now(),
        body=body,
    )


def fields_of(pod: Pod) -> dict[str, object]:
    return {field.attname: getattr(pod, field.attname) for field in Pod._meta.concrete_fields if not field.primary_key}


def queries(client: Client, address: str) -> int:
    """How many one answer takes, read to its end."""
    with CaptureQueriesContext(connection) as told:
        answer = client.get(address)
        if answer.streaming:
            text_of_file(answer)
    assert answer.status_code == 200
    return len(told)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/deployments/", 30),
        ("/deployments/?health=failed&page_size=100", 36),
        ("/deployments/?health=ready", 36),
        ("/api/v1/deployments/?health=failed", 20),
        # Three batches, each asked of the database at once.
        ("/deployments/?format=csv&health=ready", 50),
    ],
)
def test_a_thousand_take_no_more_queries_than_a_few(alice: Client, row: ModelDeployment, address: str, most: int) -> None:
    multiply(row, MANY)
    assert queries(alice, address) <= most


def test_the_filter_finds_what_the_badges_say(alice: Client, row: ModelDeployment) -> None:
    """The columns by which it narrows down what it looks at never rule out what is in the state."""
    multiply(row, 30)
    make_deployment(row.namespace, "unseen")
    fail(make_deployment(row.namespace, "refused"), "Forbidden", "no")
    fail(make_deployment(row.namespace, "kindless"), "KindMissing", "no KServe")
    blocked = make_deployment(row.namespace, "blocked")
    ModelDeployment.objects.filter(pk=blocked.pk).update(blocked_on=row.cluster.key)
    ModelDeployment.objects.filter(name="many-0004").update(deletion_requested_at=Now())
    ModelDeployment.objects.filter(name="many-0005").update(deletion_requested_at=Now(), deletion_released=True)
    ModelDeployment.objects.filter(name="many-0006").update(deletion_requested_at=Now(), deletion_released=True, deleted_at=Now())
    make_rollout(settle(make_deployment(row.namespace, "rolling")))
    # Its pod is still there.
    ModelDeployment.objects.filter(name="many-0007").update(paused=True)
    stale = make_deployment(make_serving_namespace(make_cluster("ber-1"), name="vision-far"), "far")
    Cluster.objects.filter(pk=stale.cluster_id).update(stale_since=Now())
    rows = ModelDeployment.objects.select_related("cluster", "namespace", "revision")
    states: dict[str, set[int]] = {state: set() for state in STATES}
    for pk, health in healths(rows).items():
        states[health.state].add(pk)
    assert all(states.values()), "each state is there"
    for state, expected in states.items():
        assert set(in_state(rows, state)) == expected, state
