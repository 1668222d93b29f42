"""Two variants side by side, by each of the ways in which clusters can split requests, and what a promotion leaves as it is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.manifests import render
from deployments.manifests.facts import Cards, Serving, Variant
from deployments.manifests.inheritance import obstacles
from deployments.spec import Scaling, Size, Source, Variable
from tests.deployments.manifests.laid_over import laid_over, pods_of
from tests.deployments.manifests.worlds import CANARY, H100, KINDS, OURS, canaries, custom, facts, kinds_of, one, spec

BY_CANARY = st.builds(
    Serving, st.just("Standard"), st.sampled_from(["Standard", "RawDeployment"]), st.just("canary"), kinds=st.sampled_from([KINDS, OURS])
)
GPU = Size(500, 1000, 2**29, 2**30, "h100", 2)
NEXT = spec(source=Source("model", "iris", 4, "challenger", "s3://models/iris/4"))


def beside(stable, candidate, share=20, serving=CANARY):
    """A deployment with a candidate, whatever its cards."""
    cards = [H100 if each.size.gpus else None for each in (stable, candidate)]
    return facts(stable=Variant(1, stable, cards[0]), candidate=Variant(2, candidate, cards[1]), share=share, serving=serving)


def promoted(world):
    """The same deployment when its candidate has become the stable variant."""
    return replace(world, stable=world.candidate, candidate=None, share=0)


def predictors(world):
    """(stable, canary) of the only InferenceService."""
    spec_ = one(render(world), "InferenceService")["spec"]
    return spec_["predictor"], spec_["canary"][0]["predictor"]


@settings(max_examples=200)
@given(canaries(BY_CANARY))
def test_a_canary_is_what_its_variant_would_be_alone_whatever_the_stable_one_is(world):
    assert obstacles(world) == ()
    stable, canary = predictors(world)
    alone = one(render(promoted(world)), "InferenceService")["spec"]["predictor"]
    assert pods_of(laid_over(stable, canary)) == pods_of(alone)


def test_a_canary_has_a_name_a_share_and_a_number_of_its_own():
    entry = one(render(beside(spec(scaling=Scaling(4, 4)), replace(NEXT, scaling=Scaling(4, 4)))), "InferenceService")["spec"]["canary"]
    assert [(each["trafficPercent"], each["predictor"]["name"], each["predictor"]["minReplicas"]) for each in entry] == [(20, "r2", 1)]
    assert entry[0]["predictor"]["model"]["storageUri"] == "s3://models/iris/4"


@pytest.mark.parametrize(("share", "pods"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 3), (100, 4)])
def test_a_canary_has_pods_for_its_share_and_never_none(share, pods):
    wanted = replace(NEXT, scaling=Scaling(4, 4))
    assert predictors(beside(spec(), wanted, share))[1]["minReplicas"] == pods


def test_a_canary_that_would_scale_has_pods_for_its_share_of_the_most():
    wanted = replace(NEXT, scaling=Scaling(1, 10, cpu=70))
    assert predictors(beside(spec(), wanted, 30))[1]["minReplicas"] == 3


def test_a_canary_gives_up_the_cards_the_variables_and_the_nodes_of_the_stable_one():
    secret = (Variable("TOKEN", "secret", "store", "token"),)
    world = beside(spec(size=GPU, env=secret), NEXT)
    merged = laid_over(*predictors(world))
    assert merged["model"]["resources"]["limits"]["nvidia.com/gpu"] == "0"
    assert [each["name"] for each in merged["model"]["env"]] == ["SLIPWAY_DEPLOYMENT", "MLSERVER_MODEL_NAME"]
    terms = merged["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert [each["key"] for each in terms[0]["matchExpressions"]] == ["kubernetes.io/os"]
    assert {each["key"] for each in merged["tolerations"]} == {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}


@pytest.mark.parametrize(
    ("stable", "candidate", "found"),
    [
        (spec(), NEXT, ()),
        (custom(), custom(args=("--new",)), ()),
        (spec(), custom(), ("source",)),
        (custom(), spec(), ("source",)),
        (spec(runtime="sklearn"), NEXT, ("runtime",)),
        (spec(runtime="sklearn", protocol="v1"), replace(NEXT, runtime="sklearn"), ("protocol",)),
        (spec(size=GPU), NEXT, ("runtime_class",)),
        (spec(), replace(NEXT, size=GPU), ()),
    ],
)
def test_what_a_canary_could_not_take_off_the_stable_one_is_told(stable, candidate, found):
    assert obstacles(beside(stable, candidate)) == found


def test_only_kserves_canaries_inherit():
    for splitting in ("httproute", "ingress"):
        assert obstacles(beside(spec(), custom(), serving=Serving(splitting=splitting))) == ()
    assert obstacles(beside(spec(), NEXT, serving=Serving())) == ("splitting",)
    assert obstacles(facts()) == ()


@pytest.mark.parametrize("splitting", ["canary", "httproute", "ingress"])
@pytest.mark.parametrize("made", [spec(), custom(), spec(size=GPU, scaling=Scaling(1, 5, cpu=70))], ids=["model", "image", "gpu"])
def test_a_promotion_restarts_no_pod(splitting, made):
    world = beside(made, replace(made, startup_seconds=42), serving=Serving(splitting=splitting, kinds=KINDS))
    after = one(render(promoted(world)), "InferenceService")
    if splitting == "canary":
        assert pods_of(laid_over(*predictors(world))) == pods_of(after["spec"]["predictor"])
        before = one(render(world), "InferenceService")["metadata"]
    else:
        service = one(render(world), "InferenceService", "iris-r2")
        assert service["spec"] == after["spec"]
        before = service["metadata"]
    # Labels and annotations of an InferenceService are handed on to its pods.
    assert before == after["metadata"]


def test_a_revision_that_takes_the_place_of_the_stable_one_keeps_its_predictor():
    before = one(render(facts(serving=CANARY)), "InferenceService")
    after = one(render(facts(stable=Variant(2, NEXT, slot="r1"), serving=CANARY)), "InferenceService")
    assert before["spec"]["predictor"]["name"] == after["spec"]["predictor"]["name"] == "r1"
    assert before["metadata"] == after["metadata"]


def test_another_number_of_replicas_restarts_no_pod():
    before, after = (
        facts(stable=Variant(number, spec(scaling=Scaling(n, n)), slot="r1"), serving=CANARY) for number, n in ((1, 1), (2, 5))
    )
    first, second = (one(render(each), "InferenceService")["spec"]["predictor"] for each in (before, after))
    assert first != second
    assert pods_of(first) == pods_of(second)


def test_a_share_in_knative_mode_is_a_percentage_on_the_newest():
    world = beside(spec(), NEXT, serving=Serving("Knative", "Knative", "percent"))
    predictor = one(render(world), "InferenceService")["spec"]["predictor"]
    assert (predictor["canaryTrafficPercent"], predictor["model"]["storageUri"]) == (20, "s3://models/iris/4")
    assert "name" not in predictor, "Knative Services of two names would be two services"
    assert "canaryTrafficPercent" not in one(render(promoted(world)), "InferenceService")["spec"]["predictor"]


def test_weights_of_an_http_route_are_the_shares():
    world = beside(spec(exposure="outside"), NEXT, serving=Serving(splitting="httproute", gateway="gateways/models"))
    manifests = render(world)
    assert kinds_of(manifests) == ["InferenceService", "InferenceService", "HTTPRoute"]
    route = one(manifests, "HTTPRoute")
    assert route["metadata"]["name"] == "iris"
    assert route["spec"] == {
        "parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "gateways", "name": "models"}],
        "hostnames": ["iris.vision-prod.example.com", "iris.vision-prod.svc.cluster.local"],
        "rules": [
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [
                    {"group": "", "kind": "Service", "name": "iris-r1-predictor", "port": 80, "weight": 80},
                    {"group": "", "kind": "Service", "name": "iris-r2-predictor", "port": 80, "weight": 20},
                ],
                "timeouts": {"request": "60s"},
            }
        ],
    }


def test_the_second_ingress_carries_the_share():
    world = beside(spec(), NEXT, serving=Serving(splitting="ingress", ingress_class="nginx"))
    first, second = [each for each in render(world) if each["kind"] == "Ingress"]
    assert (first["metadata"]["name"], second["metadata"]["name"]) == ("iris", "iris-r2")
    nginx = "nginx.ingress.kubernetes.io"
    assert second["metadata"]["annotations"].items() >= {(f"{nginx}/canary", "true"), (f"{nginx}/canary-weight", "20")}
    assert f"{nginx}/canary" not in first["metadata"]["annotations"]
    assert [each["spec"]["rules"][0]["host"] for each in (first, second)] == ["iris.vision-prod.svc.cluster.local"] * 2


@pytest.mark.parametrize("splitting", ["httproute", "ingress"])
def test_the_address_is_the_same_before_during_and_after_a_candidate(splitting):
    serving = Serving(splitting=splitting, gateway="gateways/models", ingress_class="nginx")
    world = beside(spec(), NEXT, serving=serving)
    kind = {"httproute": "HTTPRoute", "ingress": "Ingress"}[splitting]
    seen = []
    for each in (replace(world, candidate=None), world, promoted(world)):
        route = one(render(each), kind, "iris")["spec"]
        seen.append(route.get("hostnames") or [rule["host"] for rule in route["rules"]])
    assert seen[0] == seen[1] == seen[2]


def test_names_of_two_deployments_never_make_one_host():
    serving = Serving(splitting="httproute", gateway="g/g")
    routes = [render(facts(name=name, namespace=space, serving=serving)) for name, space in (("a-b", "c"), ("a", "b-c"))]
    first, second = (set(one(each, "HTTPRoute")["spec"]["hostnames"]) for each in routes)
    assert not first & second


@pytest.mark.parametrize("runtime", ["sklearn", "mlflow", "tensorflow"])
@pytest.mark.parametrize("splitting", ["httproute", "ingress"])
def test_both_models_answer_to_the_deployments_name(runtime, splitting):
    world = beside(spec(runtime=runtime), replace(NEXT, runtime=runtime), serving=Serving(splitting=splitting))
    for service in [each for each in render(world) if each["kind"] == "InferenceService"]:
        model = service["spec"]["predictor"]["model"]
        told = [*model.get("args", []), *(f"{each['name']}={each.get('value')}" for each in model["env"])]
        assert {"--model_name=iris", "MLSERVER_MODEL_NAME=iris"} & set(told)


def test_cards_that_no_flavor_explains_are_not_rendered():
    with pytest.raises(ValueError, match="does not have"):
        render(facts(stable=Variant(1, spec(size=GPU), None)))


def test_the_flavor_brings_all_that_its_cards_need():
    other = Cards("amd.com/gpu", {"gpu": "mi300"}, ({"key": "amd", "operator": "Exists"},), "amd")
    predictor = one(render(facts(stable=Variant(1, spec(size=GPU), other))), "InferenceService")["spec"]["predictor"]
    assert predictor["runtimeClassName"] == "amd"
    assert predictor["tolerations"] == [{"key": "amd", "operator": "Exists"}]
    required = predictor["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"] == [{"matchExpressions": [{"key": "gpu", "operator": "In", "values": ["mi300"]}]}]
    assert predictor["model"]["resources"]["requests"]["amd.com/gpu"] == "2"
