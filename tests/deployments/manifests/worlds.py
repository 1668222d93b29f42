"""Deployments to render: plain ones by hand, and random ones of every kind."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from deployments.manifests.facts import Cards, Facts, Serving, Variant
from deployments.manifests.runtimes import SERVERS
from deployments.spec import RUNTIMES, DeploymentSpec, Runtime, Scaling, Size, Source, Variable

MARK = "zq9"
H100 = Cards("nvidia.com/gpu", {"gpu": "h100"}, ({"key": "gpu", "operator": "Exists", "effect": "NoSchedule"},), "nvidia")
KINDS = frozenset({"ServiceMonitor", "PodDisruptionBudget", "HTTPRoute", "Ingress"})
OURS = KINDS | {"HorizontalPodAutoscaler"}
CANARY = Serving(splitting="canary", kinds=KINDS)


def spec(**changes: Any) -> DeploymentSpec:
    """A registered MLflow model of half a CPU."""
    plain = DeploymentSpec(Source("model", "iris", 3, "champion", "s3://models/iris"), "mlflow", Size(500, 1000, 2**29, 2**30))
    return replace(plain, **changes)


def custom(**changes: Any) -> DeploymentSpec:
    """An image that brings its model."""
    return spec(source=Source("image", image="registry.example.com/ml/own:1"), runtime="custom", port=9000, **changes)


def facts(**changes: Any) -> Facts:
    """`iris` of team vision on a cluster without canaries."""
    plain = Facts("iris", "vision-prod", "vision", "deployment.17", "c1a1", Variant(1, spec()), Serving(kinds=KINDS))
    return replace(plain, **changes)


def one(manifests: list[dict[str, Any]], kind: str, name: str = "") -> dict[str, Any]:
    """The only object of its kind, or that of the name."""
    (found,) = [each for each in manifests if each["kind"] == kind and name in ("", each["metadata"]["name"])]
    return found


def kinds_of(manifests: list[dict[str, Any]]) -> list[str]:
    """The kinds in the order of the list."""
    return [each["kind"] for each in manifests]


def every_part(value: Any) -> list[dict[str, Any]]:
    """All maps in a value, the value itself included."""
    if isinstance(value, list):
        return [part for each in value for part in every_part(each)]
    return [value, *(part for each in value.values() for part in every_part(each))] if isinstance(value, dict) else []


dns = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
# What people write freely; each carries the mark, so that it can be found wherever it ends up.
written = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(lambda text: f"{MARK}{text}")
hostile = st.sampled_from(["x\n---\nkind: Secret", "{{.Name}}", "$(rm)", "\x1b[31m", "a: b", "'", "*"]).map(lambda text: f"{MARK}{text}")
free = st.one_of(written, hostile)
variables = st.lists(
    st.builds(
        Variable,
        st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True),
        st.sampled_from(["configmap", "secret"]),
        dns,
        st.from_regex(r"[-._a-zA-Z0-9]{1,20}", fullmatch=True),
    ),
    max_size=3,
    unique_by=lambda each: each.name,
).map(tuple)
sizes = st.builds(
    Size,
    st.integers(1, 10**5),
    st.integers(1, 10**5),
    st.integers(2**20, 2**40),
    st.integers(2**20, 2**40),
    st.just("h100"),
    st.integers(0, 8),
)
percents = st.none() | st.integers(1, 100)
scalings = st.builds(
    Scaling, st.integers(0, 9), st.integers(1, 20), percents, percents, percents, percents, st.integers(0, 3600), st.integers(0, 3600)
)
servings = st.builds(
    Serving,
    st.just("Standard"),
    st.sampled_from(["Standard", "RawDeployment"]),
    st.sampled_from(["canary", "httproute", "ingress", ""]),
    st.booleans(),
    st.sets(st.sampled_from(sorted(OURS))).map(frozenset),
    st.just("gateways/models"),
    st.just("nginx"),
    st.just("models.example.com"),
) | st.builds(Serving, st.just("Knative"), st.just("Knative"), st.sampled_from(["percent", ""]), st.booleans(), st.just(OURS))


@st.composite
def specs(draw: Any, runtimes: tuple[Runtime, ...] = RUNTIMES) -> DeploymentSpec:
    """A spec that the form would take."""
    runtime = draw(st.sampled_from(runtimes))
    if runtime == "custom":
        source = Source("image", image=draw(free))
    else:
        kind = draw(st.sampled_from(["model", "uri"]))
        source = Source(kind, draw(free), 3, draw(free), draw(st.sampled_from(["s3://", "pvc://claim/"])) + draw(free))
    return DeploymentSpec(
        source,
        runtime,
        draw(sizes),
        draw(scalings),
        draw(st.sampled_from(SERVERS[runtime].protocols)) if runtime in SERVERS else "v2",
        draw(variables),
        draw(st.lists(free, max_size=2).map(tuple)),
        draw(st.lists(free, max_size=2).map(tuple)),
        draw(st.integers(1024, 65535)),
        draw(st.just("") | free.map(lambda text: f"/{text}")),
        draw(st.integers(1, 3600)),
        draw(st.sampled_from(["", "nodes", "zones"])),
        draw(st.none() | st.integers(1, 9)),
        draw(st.sampled_from(["cluster", "outside"])),
        draw(st.sampled_from(["rolling", "recreate"])),
    )


flavors = st.just(H100) | st.just(Cards("amd.com/gpu")) | st.just(Cards("nvidia.com/mig-1g.10gb", {"mig": "small"}))


@st.composite
def worlds(draw: Any, serving: st.SearchStrategy[Serving] = servings) -> Facts:
    """Any deployment on any cluster, with or without a candidate."""
    numbers = draw(st.lists(st.integers(1, 9999), min_size=2, max_size=2, unique=True))
    stable, candidate = (Variant(number, draw(specs()), draw(flavors)) for number in numbers)
    return Facts(
        draw(dns),
        draw(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)),
        "vision",
        "deployment.17",
        "c1a1",
        stable,
        draw(serving),
        draw(st.sampled_from([None, candidate])),
        draw(st.integers(0, 100)),
        draw(st.booleans()),
    )


@st.composite
def canaries(draw: Any, serving: st.SearchStrategy[Serving]) -> Facts:
    """Two variants between which nothing stands: of one runtime and protocol, the stable one's runtime class taken over."""
    runtimes = (draw(st.sampled_from(RUNTIMES)),)
    stable, candidate = draw(specs(runtimes)), draw(specs(runtimes))
    candidate = replace(candidate, protocol=stable.protocol)
    cards, others = draw(flavors), draw(flavors)
    if stable.size.gpus and cards.runtime_class and not (candidate.size.gpus and others.runtime_class):
        cards = replace(cards, runtime_class="")
    number = draw(st.integers(1, 9000))
    return Facts(
        draw(dns),
        "vision-prod",
        "vision",
        "deployment.17",
        "c1a1",
        Variant(number, stable, cards),
        draw(serving),
        Variant(number + 1, candidate, others),
        draw(st.integers(0, 100)),
    )
