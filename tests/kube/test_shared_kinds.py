"""The kinds of model deployments on a real API server: what of them is ours, and what servers and others add to their lists."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from kube.apply import apply_object
from kube.connect import Api, connect
from kube.definitions import presence
from kube.inventory import Ref
from kube.kinds import path_of
from kube.kubeconfig import read_file
from kube.ownership import digest
from kube.prune import delete_object
from sandbox.embedded import EmbeddedCluster
from tests.kube import definitions
from tests.kube.conftest import CLAIM
from tests.kube.hands import edit, entry_of, get

OWNED = {"slipway.dev/owner": "deployment.1"}


def made(api_version: str, kind: str, namespace: str, spec: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "iris", "namespace": namespace, "labels": OWNED}, "spec": spec}


def service(namespace: str, share: int = 20) -> dict[str, Any]:
    model = {
        "name": "kserve-container",
        "modelFormat": {"name": "sklearn"},
        "storageUri": "s3://models/iris",
        "env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}, {"name": "MODE", "value": "a"}],
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1000m", "memory": "1024Mi"}},
        "securityContext": {"capabilities": {"drop": ["ALL"]}},
    }
    spread = [{"topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 1}]
    predictor = {"name": "r1", "minReplicas": 1, "model": model, "tolerations": [{"key": "gpu"}], "topologySpreadConstraints": spread}
    canary = [{"predictor": {"name": "r2", "model": {**model, "storageUri": "s3://models/iris-2"}}, "trafficPercent": share}]
    return made("serving.kserve.io/v1beta1", "InferenceService", namespace, {"predictor": predictor, "canary": canary})


def monitor(namespace: str) -> dict[str, Any]:
    spec = {"selector": {"matchLabels": {"app": "iris"}}, "endpoints": [{"port": "http", "path": "/metrics", "interval": "15s"}]}
    return made("monitoring.coreos.com/v1", "ServiceMonitor", namespace, spec)


def route(namespace: str) -> dict[str, Any]:
    backends = [
        {"name": "iris-r1", "port": 80, "weight": 80},
        {"name": "iris-r2", "port": 80, "weight": 20},
        {"name": "iris-r3", "port": 80},
    ]
    spec = {
        "parentRefs": [{"name": "gate", "namespace": "kserve"}],
        "hostnames": ["iris.example.com"],
        "rules": [{"backendRefs": backends}],
    }
    return made("gateway.networking.k8s.io/v1", "HTTPRoute", namespace, spec)


def ingress(namespace: str) -> dict[str, Any]:
    backend = {"service": {"name": "iris", "port": {"number": 80}}}
    rule = {"host": "iris.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return made("networking.k8s.io/v1", "Ingress", namespace, {"ingressClassName": "nginx", "rules": [rule]})


KINDS = {"InferenceService": service, "ServiceMonitor": monitor, "HTTPRoute": route, "Ingress": ingress}


SERVERS = [
    pytest.param("sandbox", marks=pytest.mark.xdist_group("kube-sandbox")),
    pytest.param("control-plane", marks=[pytest.mark.xdist_group("kube_control_plane"), pytest.mark.control_plane]),
]


@pytest.fixture(scope="module", params=SERVERS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An administrator of either server."""
    with ExitStack() as stack:
        if request.param == "sandbox":
            path = stack.enter_context(EmbeddedCluster(tmp_path_factory.mktemp("sandbox"))).kubeconfig_path
        else:
            path = request.getfixturevalue("control_plane").kubeconfig_path
        # An old server needs long for a definition of three megabytes.
        made = connect(read_file(path), timeout=60)
        yield made
        made.close()


@pytest.fixture(scope="module", autouse=True)
def installed(api: Api) -> Iterator[None]:
    """The definitions; they go after these tests."""
    stems = {"InferenceService": "kserve-inferenceservices", "ServiceMonitor": "prometheus-operator-servicemonitors"}
    if missing := set(stems.values()) - definitions.REAL.keys():
        pytest.skip(f"no copy of {', '.join(sorted(missing))} lies beside the checkout")
    made = [definitions.route(), *(definitions.real(stem) for stem in stems.values())]
    for each in made:
        definitions.install(api, each)
    yield
    for each in made:
        definitions.uninstall(api, each)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_applied_and_then_equal_to_what_was_confirmed_whatever_the_server_filled_in(api: Api, namespace: str, kind: str) -> None:
    manifest = KINDS[kind](namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    assert digest(get(api, manifest), entry) == entry["digest"]
    again = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (again.state, again.digest) == ("unchanged", entry["digest"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_status_and_what_others_add_beside_it_are_no_change(api: Api, namespace: str, kind: str) -> None:
    manifest = KINDS[kind](namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    live = edit(api, manifest, [{"op": "add", "path": "/metadata/labels/theirs", "value": "yes"}])
    if kind in ("InferenceService", "HTTPRoute"):
        status = {"op": "add", "path": "/status", "value": {"conditions": []} if kind == "InferenceService" else {"parents": []}}
        path = path_of(Ref.of(manifest)) + "/status"
        live = api.request("PATCH", path, body=[status], content_type="application/json-patch+json")
    assert live["metadata"]["resourceVersion"] != entry["resourceVersion"]
    assert digest(live, entry) == entry["digest"]


CHANGES = {
    "InferenceService": {"op": "replace", "path": "/spec/canary/0/trafficPercent", "value": 90},
    "ServiceMonitor": {"op": "add", "path": "/spec/endpoints/-", "value": {"port": "other"}},
    "HTTPRoute": {"op": "replace", "path": "/spec/rules/0/backendRefs/1/weight", "value": 99},
    "Ingress": {"op": "replace", "path": "/spec/rules/0/host", "value": "evil.example.com"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_hand_in_a_list_of_ours_is_a_change_and_a_conflict_that_names_the_hand(api: Api, namespace: str, kind: str) -> None:
    manifest = KINDS[kind](namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    live = edit(api, manifest, [CHANGES[kind]], manager="eve")
    assert digest(live, entry) != entry["digest"]
    result = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason) == ("conflict", "FieldConflict")
    assert "eve" in result.message


def test_an_item_that_somebody_adds_to_a_merged_list_is_theirs(api: Api, namespace: str) -> None:
    manifest = service(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    added = {"op": "add", "path": "/spec/predictor/model/env/0", "value": {"name": "PROXY", "value": "x"}}
    live = edit(api, manifest, [added], manager="injector")
    assert live["spec"]["predictor"]["model"]["env"][0]["name"] == "PROXY"
    assert digest(live, entry) == entry["digest"]
    again = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (again.confirmed, again.digest) == (True, entry["digest"])
    assert "PROXY" in str(get(api, manifest)["spec"]["predictor"]["model"]["env"])


@pytest.mark.parametrize("name", ["MODE", "TOKEN"])
def test_an_own_item_that_is_changed_or_taken_away_is_a_change(api: Api, namespace: str, name: str) -> None:
    manifest = service(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    env = get(api, manifest)["spec"]["predictor"]["model"]["env"]
    at = next(index for index, each in enumerate(env) if each["name"] == name)
    live = edit(api, manifest, [{"op": "remove", "path": f"/spec/predictor/model/env/{at}"}])
    assert digest(live, entry) != entry["digest"]
    again = apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert (again.state, again.digest) == ("changed", entry["digest"])


def test_replicas_that_an_autoscaler_set_are_left_to_it(api: Api, namespace: str) -> None:
    manifest = service(namespace)
    del manifest["spec"]["predictor"]["minReplicas"]
    entry = entry_of(apply_object(api, manifest, claim=CLAIM))
    live = edit(api, manifest, [{"op": "add", "path": "/spec/predictor/minReplicas", "value": 3}], manager="scaler")
    assert digest(live, entry) == entry["digest"]
    apply_object(api, manifest, entry=entry, claim=CLAIM)
    assert get(api, manifest)["spec"]["predictor"]["minReplicas"] == 3


def test_a_deleted_object_of_a_kind_that_is_not_installed_is_gone_and_of_one_that_is_not_served_yet_is_not(
    api: Api, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = entry_of(apply_object(api, monitor(namespace), claim=CLAIM))
    definition = definitions.real("prometheus-operator-servicemonitors")
    definitions.uninstall(api, definition)
    row = definitions.kind_named("ServiceMonitor")
    assert presence(api, row) == "missing"
    assert delete_object(api, entry, claim=CLAIM).state == "deleted"
    monkeypatch.setattr("kube.definitions.definition", lambda *_arguments, **_options: {"metadata": {}})
    result = delete_object(api, entry, claim=CLAIM)
    assert (result.state, result.reason) == ("waiting", "KindMissing")
    monkeypatch.undo()
    definitions.install(api, definition)
    assert presence(api, row) == "installed"
