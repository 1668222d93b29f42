"""What one revision of a deployment says, as one typed value: forms and serializers make it, revisions keep it, manifests render it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

Runtime = Literal["mlflow", "sklearn", "xgboost", "tensorflow", "torchserve", "triton", "vllm", "custom"]
RUNTIMES: tuple[Runtime, ...] = ("mlflow", "sklearn", "xgboost", "tensorflow", "torchserve", "triton", "vllm", "custom")
Exposure = Literal["cluster", "outside"]
Strategy = Literal["rolling", "recreate"]
Spread = Literal["", "nodes", "zones"]
Protocol = Literal["v1", "v2"]


@dataclass(frozen=True)
class Source:
    """Where the model comes from. model: a registered version, pinned, with the alias by which it was chosen and its resolved `uri`.

    uri: an s3:// or pvc:// address. image: a custom image that brings its model.
    """

    kind: Literal["model", "uri", "image"]
    model: str = ""
    version: int = 0
    alias: str = ""
    uri: str = ""
    image: str = ""

    def __str__(self) -> str:
        return f"{self.model} v{self.version}" if self.kind == "model" else self.uri or self.image


@dataclass(frozen=True)
class Size:
    """What one replica gets: CPU in millicores, memory in bytes, whole cards of one flavor (request and limit are the same)."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int
    flavor: str = ""
    gpus: int = 0


@dataclass(frozen=True)
class Scaling:
    """How many replicas. Targets: CPU and memory in percent of the request, concurrency in requests at once per replica, rps per replica.

    Without a target there are exactly `minimum` replicas. Stabilisation in seconds.
    """

    minimum: int = 1
    maximum: int = 1
    cpu: int | None = None
    memory: int | None = None
    concurrency: int | None = None
    rps: int | None = None
    up_seconds: int = 0
    down_seconds: int = 300

    @property
    def targets(self) -> dict[str, int]:
        """The targets that are set, by metric."""
        found = {"cpu": self.cpu, "memory": self.memory, "concurrency": self.concurrency, "rps": self.rps}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def automatic(self) -> bool:
        """Whether an autoscaler decides the number of replicas; then no apply ever names it."""
        return bool(self.targets) and self.maximum > self.minimum

    @property
    def sleeps(self) -> bool:
        """Whether the autoscaler may take away all replicas, until a request comes."""
        return self.automatic and not self.minimum


@dataclass(frozen=True)
class Variable:
    """An environment variable by reference: the key of a ConfigMap or Secret of the own namespace. Values are never kept here."""

    name: str
    source: Literal["configmap", "secret"]
    object: str
    key: str


@dataclass(frozen=True)
class DeploymentSpec:
    """`protocol` is what clients speak: v1, or v2, the Open Inference Protocol. `port` and `command` are for custom images, `args`
    for those and for a runtime that takes some (`deployments.manifests.runtimes`); elsewhere the checks refuse them.

    `startup_seconds` is how long the model may take to load; `ready_path` overrides the runtime's readiness probe.
    `min_available` makes a PodDisruptionBudget.
    """

    source: Source
    runtime: Runtime
    size: Size
    scaling: Scaling = field(default_factory=Scaling)
    protocol: Protocol = "v2"
    env: tuple[Variable, ...] = ()
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    port: int = 8080
    ready_path: str = ""
    startup_seconds: int = 300
    spread: Spread = ""
    min_available: int | None = None
    exposure: Exposure = "cluster"
    strategy: Strategy = "rolling"

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From a snapshot; raises KeyError or TypeError for what no `dump` has made."""
        given = dict(data)
        typed: dict[str, Any] = {
            "source": Source(**given.pop("source")),
            "size": Size(**given.pop("size")),
            "scaling": Scaling(**given.pop("scaling")),
            "env": tuple(Variable(**each) for each in given.pop("env")),
        }
        lists: dict[str, Any] = {name: tuple(given.pop(name)) for name in ("command", "args")}
        return cls(**typed, **lists, **given)

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        made = asdict(self)
        return made | {name: list(made[name]) for name in ("env", "command", "args")}
