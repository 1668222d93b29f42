"""The sandbox and a real API server, with the real definitions, take everything that is rendered, as the engine applies it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from deployments.manifests import render
from deployments.manifests.facts import Facts, Serving, Variant
from deployments.manifests.security import of_container
from deployments.manifests.trial_pod import representative_pod
from deployments.spec import Scaling, Size, Source
from kube.inventory import Ref
from kube.kinds import collection_path, path_of
from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS, condition
from tests.deployments.manifests.definitions import STEMS, definition, needed
from tests.deployments.manifests.worlds import H100, KINDS, custom, facts, spec

# The definition of InferenceServices is large: an old server takes most of a minute until it serves it.
pytestmark = [needed, pytest.mark.timeout(400)]
SERVERS = [
    pytest.param(EmbeddedCluster, marks=pytest.mark.xdist_group("manifests-sandbox"), id="sandbox"),
    pytest.param(ControlPlane, marks=[pytest.mark.xdist_group("manifests-control-plane"), pytest.mark.control_plane], id="control-plane"),
]
SPACE = "vision-prod"
NEXT = spec(
    source=Source("model", "iris", 4, "challenger", "s3://models/iris/4"), scaling=Scaling(2, 4, cpu=70, memory=80), min_available=1
)
# HTTPRoutes have no definition beside the checkout.
SERVED = KINDS - {"HTTPRoute"}
PODS = f"/api/v1/namespaces/{SPACE}/pods"


@pytest.fixture(scope="module", params=SERVERS)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with request.param(tmp_path_factory.mktemp("manifests")) as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        client = Api(access.server, access.ca_pem, access.token)
        _prepare(client)
        yield client


def _prepare(client: Api) -> None:
    for kind in STEMS:
        assert client.post(DEFINITIONS, definition(kind)).code == 201
    for kind in STEMS:
        name = definition(kind)["metadata"]["name"]
        client.until(f"{DEFINITIONS}/{name}", lambda found: condition(found.body, "Established") == "True", 240)
    levels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.29"}
    assert client.post("/api/v1/namespaces", {"metadata": {"name": SPACE, "labels": levels}}).code == 201
    assert client.post(f"/api/v1/namespaces/{SPACE}/serviceaccounts", {"metadata": {"name": "slipway-workload"}}).code == 201


def applied(client: Api, manifest: dict[str, Any]) -> Any:
    """The answer to an apply as the engine's: Strict, without force."""
    path = path_of(Ref(manifest["apiVersion"], manifest["kind"], SPACE, manifest["metadata"]["name"]))
    return client.apply(path, yaml.safe_dump(manifest), "slipway", fieldValidation="Strict")


def known(client: Api, manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose kind the server has: one of 1.20 lacks today's versions of budgets and autoscalers, and none is rendered for it."""
    return [each for each in manifests if client.get(collection_path(each["apiVersion"], each["kind"], SPACE)).code == 200]


def world(name: str, **changes: Any) -> Facts:
    """A deployment of a name of its own."""
    return replace(facts(), name=name, **changes)


WORLDS = {
    "plain": world("plain", serving=Serving(kinds=SERVED)),
    "canary": world(
        "canary", stable=Variant(1, NEXT), candidate=Variant(2, NEXT), share=20, serving=Serving(splitting="canary", kinds=SERVED)
    ),
    "image": world("image", stable=Variant(1, custom(exposure="outside")), serving=Serving(kinds=SERVED)),
    "ingress": world(
        "ingress",
        stable=Variant(1, NEXT),
        candidate=Variant(2, NEXT),
        share=20,
        serving=Serving(splitting="ingress", ingress_class="nginx", kinds=SERVED),
    ),
    "percent": world("percent", candidate=Variant(2, NEXT), share=20, serving=Serving("Knative", "Knative", "percent", kinds=SERVED)),
    "scaled": world(
        "scaled-by-us", stable=Variant(1, NEXT), serving=Serving(splitting="canary", kinds=SERVED | {"HorizontalPodAutoscaler"})
    ),
    "paused": world("paused", paused=True),
    "gpu": world(
        "gpu",
        stable=Variant(1, spec(size=Size(500, 1000, 2**29, 2**30, "h100", 2), spread="zones"), H100),
        serving=Serving(splitting="canary", kinds=SERVED),
    ),
}


@pytest.mark.parametrize("each", WORLDS.values(), ids=WORLDS)
def test_everything_is_taken_and_a_second_time_nothing_changes(api: Api, each: Facts) -> None:
    for manifest in known(api, render(each)):
        first = applied(api, manifest)
        assert first.code == 201, str(first.body)[:1000]
        again = applied(api, manifest)
        assert again.code == 200, str(again.body)[:1000]
        assert again.body["metadata"]["resourceVersion"] == first.body["metadata"]["resourceVersion"]


def test_a_candidate_comes_and_goes(api: Api) -> None:
    before = world("coming", serving=Serving(splitting="canary"))
    during = replace(before, candidate=Variant(2, NEXT), share=20)
    after = replace(before, stable=Variant(2, NEXT))
    seen = []
    for each in (before, during, after):
        (manifest,) = render(each)
        answer = applied(api, manifest)
        assert answer.code in (200, 201), str(answer.body)[:1000]
        seen.append(
            (answer.body["spec"]["predictor"]["name"], [entry["predictor"]["name"] for entry in answer.body["spec"].get("canary", [])])
        )
    assert seen == [("r1", []), ("r1", ["r2"]), ("r2", [])]


def test_a_field_of_the_autoscaler_is_left_to_it(api: Api) -> None:
    """What KServe or an autoscaler writes beside ours is no conflict, and stays."""
    (manifest,) = render(world("scaled", stable=Variant(1, NEXT), serving=Serving(splitting="canary")))
    applied(api, manifest)
    path = f"{collection_path(manifest['apiVersion'], manifest['kind'], SPACE)}/scaled"
    theirs = {"spec": {"predictor": {"containerConcurrency": 3}}}
    assert api.patch(path, theirs).code == 200
    answer = applied(api, manifest)
    assert (answer.code, answer.body["spec"]["predictor"]["containerConcurrency"]) == (200, 3)


def test_the_trial_tells_that_the_initializer_would_be_refused(api: Api) -> None:
    plain = world("plain")
    answer = api.post(PODS, representative_pod(plain, plain.stable), dryRun="All")
    if int(api.get("/version").body["minor"].rstrip("+")) < 25:
        assert answer.code == 201, "an older server has no Pod Security that could refuse it"
        return
    assert answer.code == 403
    assert 'violates PodSecurity "restricted:v1.29"' in answer.message
    assert 'container "storage-initializer"' in answer.message
    assert "kserve-container" not in answer.message


@pytest.mark.parametrize("mode", ["Standard", "Knative"])
def test_the_trial_is_taken_where_the_initializer_is_tight(api: Api, mode: Any) -> None:
    plain = world("plain", serving=Serving(mode, mode, initializer=of_container()))
    assert api.post(PODS, representative_pod(plain, plain.stable), dryRun="All").code == 201
    assert api.get(PODS).body["items"] == []


def test_the_trial_of_an_image_needs_no_repair(api: Api) -> None:
    own = world("own", stable=Variant(1, custom()))
    assert api.post(PODS, representative_pod(own, own.stable), dryRun="All").code == 201
