"""What a deployment takes from a quota: per pod, in all, and while old and new pods run together."""

from dataclasses import dataclass

from deployments.spec import DeploymentSpec
from kube.quantities import format_bytes, format_count, format_cpu

# KServe's storage initializer runs before the model's container, so a pod counts the larger of both; a claim is mounted as it is.
INITIALIZER = {"requests.cpu": 100, "limits.cpu": 1000, "requests.memory": 100 * 2**20, "limits.memory": 2**30}


@dataclass(frozen=True)
class Footprint:
    """Amounts by the names of a quota's resources: millicores, bytes, cards."""

    amounts: dict[str, int]

    def __mul__(self, count: int) -> "Footprint":
        return Footprint({name: amount * count for name, amount in self.amounts.items()})

    def __add__(self, other: "Footprint") -> "Footprint":
        names = {**self.amounts, **other.amounts}
        return Footprint({name: self.amounts.get(name, 0) + other.amounts.get(name, 0) for name in names})


NOTHING = Footprint({})


def of_pod(spec: DeploymentSpec, resource_name: str = "") -> Footprint:
    """One replica; `resource_name` is the flavor's."""
    size = spec.size
    amounts = {
        "requests.cpu": size.cpu_request,
        "limits.cpu": size.cpu_limit,
        "requests.memory": size.memory_request,
        "limits.memory": size.memory_limit,
    }
    if spec.source.kind != "image" and not spec.source.uri.startswith("pvc://"):
        amounts = {name: max(amount, INITIALIZER[name]) for name, amount in amounts.items()}
    if size.gpus and resource_name:
        amounts[f"requests.{resource_name}"] = size.gpus
    return Footprint(amounts | {"pods": 1})


def of_replicas(spec: DeploymentSpec, resource_name: str = "") -> Footprint:
    """What must find room: the minimum of replicas, and one of what may go to zero, for it is woken."""
    return of_pod(spec, resource_name) * max(spec.scaling.minimum, 1)


def of_surge(spec: DeploymentSpec, resource_name: str = "") -> Footprint:
    """What a rolling change takes on top while old and new pods run together: one pod of the new; recreating takes nothing."""
    return of_pod(spec, resource_name) if spec.strategy == "rolling" else NOTHING


def in_words(name: str, amount: int) -> str:
    """An amount of a quota's resource, such as "limits.memory", as people write it."""
    if name.endswith("cpu"):
        return format_cpu(amount)
    return format_bytes(amount) if name.endswith(("memory", "storage")) else format_count(amount)
