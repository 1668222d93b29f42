"""Parts that apps above add to the page of a pod, such as its lines: tenants knows nothing of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from clusters.models import Pod
from tenants.models import Namespace


@dataclass(frozen=True)
class PodPart:
    """`template` is included below what the cluster says of the pod, with what `context` gives; `live` ones are not asked for again
    when something changes, since they follow what happens themselves. `styles` and `scripts` are static files that it needs."""

    name: str
    template: str
    context: Callable[[Namespace, Pod, User], dict[str, Any]]
    live: bool = False
    styles: str = ""
    scripts: str = ""


_parts: dict[str, PodPart] = {}


def register_pod_part(part: PodPart) -> None:
    """Adds a part; once per name, in the order in which they come."""
    _parts[part.name] = part


def pod_parts() -> list[PodPart]:
    """All of them."""
    return list(_parts.values())
