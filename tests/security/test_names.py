"""S24: names that would be somebody else's, or no name at all, are refused by form, endpoint and action; nothing is adopted."""

import json
import unicodedata

import pytest
from django.core.exceptions import ValidationError

from approvals.models import Request
from kube.kinds import CLAIM, OWNER
from reconcile.engine import reconcile
from tenants.actions import request_namespace
from tenants.models import Namespace
from tests.factories import make_team, make_user
from tests.tenancy import approve, ask, make_cluster, make_wish

RESERVED = [
    "default",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "kube-anything",
    "slipway-system",
    "slipway-plan",
    "istio-system",
    "knative-serving",
    "openshift-config",
    "kubeflow",
    "kserve",
    "monitoring",
    "gpu-operator",
    "cert-manager",
    "argocd",
    "cattle-system",
    "my-system",
    "calico-apiserver",
]
MALFORMED = {
    "empty": "",
    "upper case": "Vision",
    "underscore": "vision_prod",
    "dot": "vision.prod",
    "slash": "vision/prod",
    "up": "..",
    "leading hyphen": "-vision",
    "trailing hyphen": "vision-",
    "space": "vision prod",
    "space before": " vision",
    "space after": "vision ",
    "line end": "vision\n",
    "null": "vision\x00",
    "tab": "vision\t",
    "64 characters": "a" * 64,
    "253 characters": "a" * 253,
    "full width": "ｖｉｓｉｏｎ",
    "cyrillic a": "visiоn-prоd",
    "dotless i": "vısion",
    "combining": "vision\u0301",
    "zero width": "vis\u200bion",
    "right to left": "vision\u202edorp",
    "emoji": "vision-😀",
    "arabic digit": "vision-٣",
    "superscript": "vision-²",
    "sharp s": "straße",
    "long s": "viſion",
    "kelvin": "\u212aube-system",
    "percent": "vision%2f",
    "yaml": "a: b",
    "html": "<b>",
    "template": "{{name}}",
    "soft hyphen": "vis\u00adion",
}


@pytest.fixture
def alice(db):
    make_cluster()
    return make_user("alice", {"vision": "owner"})


@pytest.fixture
def client(client, alice):
    client.force_login(alice)
    return client


def asked(client, name):
    """By endpoint and by form; both statuses."""
    wish = {"team": "vision", "cluster": "fra-1", "name": name, "cpu": "4", "memory": "16Gi", "justification": "x"}
    rest = client.post("/api/v1/namespace-requests/", json.dumps(wish), content_type="application/json")
    return rest.status_code, client.post("/namespaces/new/", wish).status_code


@pytest.mark.parametrize("name", RESERVED)
def test_a_reserved_name_is_refused(client, alice, name):
    assert asked(client, name) == (400, 422)
    with pytest.raises(ValidationError):
        request_namespace(actor=alice, team=make_team("vision"), wish=make_wish(name=name), justification="x")
    assert not Request.objects.exists()


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_name_is_refused_and_never_mended(client, alice, kind):
    name = MALFORMED[kind]
    assert asked(client, name) == (400, 422)
    if name:
        with pytest.raises(ValidationError):
            request_namespace(actor=alice, team=make_team("vision"), wish=make_wish(name=name), justification="x")
    assert not Request.objects.exists()


def test_the_corpus_holds_names_that_would_be_mended_into_good_ones():
    mended = [unicodedata.normalize("NFKC", name).strip().casefold() for name in MALFORMED.values()]
    assert {"vision", "kube-system"} <= set(mended)


def test_the_longest_name_is_accepted(client, alice):
    assert asked(client, "a" * 63)[0] == 201


@pytest.mark.parametrize("key", ["prometheus_namespace", "knative_namespace"])
def test_a_namespace_that_every_policy_trusts_cannot_be_taken(client, alice, key):
    cluster = make_cluster("fra-2")
    cluster.network_profile[key] = "watchtower"
    cluster.network_profile["gateway_namespaces"] = {"kubernetes.io/metadata.name": "front-door"}
    cluster.save()
    for name in ("watchtower", "front-door"):
        with pytest.raises(ValidationError, match="trust"):
            request_namespace(actor=alice, team=make_team("vision"), wish=make_wish(cluster, name), justification="x")


def test_another_teams_name_is_refused_asked_for_or_standing(client, alice):
    carol = make_user("carol", {"speech": "owner"})
    ask(carol, make_team("speech"), make_wish(name="wanted"))
    approve(ask(carol, make_team("speech"), make_wish(name="taken")))
    for name in ("wanted", "taken"):
        assert asked(client, name) == (400, 422)
    assert not Request.objects.filter(team__name="vision").exists()


@pytest.mark.control_plane
@pytest.mark.xdist_group("security_control_plane")
@pytest.mark.parametrize("marks", [{}, {"claim": "guessed"}, {"owner": "namespace.1"}, {"owner": "namespace.1", "claim": "guessed"}])
def test_a_namespace_that_is_there_already_is_not_adopted(cluster, oracle, marks):
    """Not even one that wears our label or some claim."""
    name = f"theirs-{len(marks)}-{'-'.join(sorted(marks)) or 'bare'}"
    metadata = {"name": name, "labels": {"kept": "yes"}, "annotations": {}}
    if "owner" in marks:
        metadata["labels"][OWNER] = marks["owner"]
    if "claim" in marks:
        metadata["annotations"][CLAIM] = marks["claim"]
    before = oracle.request("POST", "/api/v1/namespaces", body={"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    alice = make_user("alice", {"vision": "owner"})
    namespace = approve(ask(alice, make_team("vision"), make_wish(cluster, name, gpus={})))
    reconcile("namespace", namespace.pk)
    row = Namespace.objects.get(pk=namespace.pk)
    assert row.state == "failed"
    assert "NameTaken" in row.condition("Applied")["reason"]
    after = oracle.request("GET", f"/api/v1/namespaces/{name}")
    assert (after["metadata"]["uid"], after["metadata"]["labels"].get("kept")) == (before["metadata"]["uid"], "yes")
    assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"] or "slipway" not in json.dumps(
        after["metadata"].get("managedFields")
    )
    assert oracle.request("GET", f"/apis/networking.k8s.io/v1/namespaces/{name}/networkpolicies")["items"] == []
