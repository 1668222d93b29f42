"""A hand on the labels that hold a tenant is undone; a hand on any other label of a shared object is named and left alone."""

import datetime as dt

import pytest

from kube.apply import apply_object, create_namespace
from kube.inventory import planned_entry, updated
from tenants.manifests import namespace
from tests.tenants.test_manifests import facts

pytestmark = pytest.mark.control_plane

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MERGE = "application/merge-patch+json"


@pytest.mark.parametrize("label", ["pod-security.kubernetes.io/enforce", "slipway.dev/team"])
def test_a_hand_on_a_guarded_label_is_undone(oracle, label):
    manifest, entry = made(oracle, f"guarded-{label[:3]}")
    change(oracle, manifest, label)
    assert applied(oracle, manifest, entry).state == "changed"
    assert live_labels(oracle, manifest)[label] == manifest["metadata"]["labels"][label]


def test_a_hand_on_another_label_is_named_and_left_alone(oracle):
    manifest, entry = made(oracle, "guarded-not")
    change(oracle, manifest, "app.kubernetes.io/managed-by")
    result = applied(oracle, manifest, entry)
    assert (result.state, result.reason) == ("conflict", "FieldConflict")
    assert "a-hand" in result.message
    assert live_labels(oracle, manifest)["app.kubernetes.io/managed-by"] == "privileged"


def made(oracle, name):
    manifest = namespace.render(facts(name=name))
    first = create_namespace(oracle, name, "c1a1", manifest["metadata"]["labels"])
    entry = {**planned_entry(manifest), "uid": first.uid}
    return manifest, entry | dict(updated([entry], [applied(oracle, manifest, entry)], at=AT)[0])


def applied(oracle, manifest, entry):
    return apply_object(oracle, manifest, entry=entry, claim="c1a1")


def change(oracle, manifest, label):
    path = f"/api/v1/namespaces/{manifest['metadata']['name']}?fieldManager=a-hand"
    oracle.request("PATCH", path, body={"metadata": {"labels": {label: "privileged"}}}, content_type=MERGE)


def live_labels(oracle, manifest):
    return oracle.request("GET", f"/api/v1/namespaces/{manifest['metadata']['name']}")["metadata"]["labels"]
