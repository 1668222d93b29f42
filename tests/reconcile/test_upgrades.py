"""A portal that renders differently than the one before applies what stands again; what is rendered as before is left alone."""

import pytest

from kube.inventory import planned_entry
from kube.ownership import fingerprint
from reconcile import registry
from reconcile.upgrades import STEP_ROWS, Walk
from tenants.models import Namespace
from tests.tenancy import make_cluster, make_namespace

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    return registry.kind("namespace")


@pytest.fixture
def rows(kind):
    """Namespaces as their last attempts left them."""
    cluster = make_cluster(cpu=10**9, memory=2**60, h100=10**6)
    made = [make_namespace(cluster) for _ in range(STEP_ROWS + 2)]
    for row in made:
        rendered = [dict(planned_entry(manifest), rendered=fingerprint(manifest)) for manifest in kind.render(row)]
        Namespace.objects.filter(pk=row.pk).update(next_reconcile_at=None, observed_generation=1, inventory=rendered)
    return made


def due():
    return set(Namespace.objects.filter(next_reconcile_at__isnull=False).values_list("pk", flat=True))


def with_another_label(kind, monkeypatch):
    render = kind.render

    def changed(row):
        manifests = render(row)
        manifests[1]["metadata"]["labels"]["slipway.dev/new"] = "yes"
        return manifests

    monkeypatch.setattr(kind, "render", changed)


def test_what_is_rendered_as_before_is_left_alone(rows):
    walk = Walk()
    assert [walk.step() for _ in range(3)] == [0, 0, 0]
    assert due() == set()


def test_what_is_rendered_differently_is_due_a_few_rows_at_a_time(rows, kind, monkeypatch):
    with_another_label(kind, monkeypatch)
    walk = Walk()
    assert [walk.step() for _ in range(3)] == [STEP_ROWS, 2, 0]
    assert due() == {row.pk for row in rows}


@pytest.mark.parametrize("change", ["an object more", "an object less"])
def test_another_set_of_objects_is_a_difference(rows, kind, monkeypatch, change):
    render = kind.render
    more = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "new", "namespace": "x"}}
    monkeypatch.setattr(kind, "render", lambda row: [*render(row), more] if "more" in change else render(row)[:-1])
    assert Walk().step() == STEP_ROWS


def test_a_row_that_is_doomed_blocked_or_parked_is_left_alone(rows, kind, monkeypatch):
    with_another_label(kind, monkeypatch)
    doomed, blocked, parked = (Namespace.objects.filter(pk=row.pk) for row in rows[:3])
    doomed.update(deletion_requested_at="2026-01-01T00:00:00Z")
    blocked.update(blocked_on="cluster:1")
    parked.update(crashes=99)
    walk = Walk()
    walk.step(), walk.step()
    assert due() == {row.pk for row in rows[3:]}


def test_a_row_that_cannot_be_rendered_does_not_hold_up_the_others(rows, kind, monkeypatch):
    with_another_label(kind, monkeypatch)
    render = kind.render

    def broken(row):
        if row.pk == rows[0].pk:
            raise ValueError
        return render(row)

    monkeypatch.setattr(kind, "render", broken)
    assert Walk().step() == STEP_ROWS - 1
