"""A pod as the checks see it, and the words of their findings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Container = dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """One control that a pod breaks: in a few words, and in detail."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})"


@dataclass(frozen=True)
class Pod:
    """Metadata and spec of a pod or of a template, and the minor version of the standards to hold it against."""

    metadata: dict[str, Any]
    spec: dict[str, Any]
    minor: int

    @property
    def containers(self) -> list[Container]:
        """Every container, those of the start first."""
        return [each for part in ("initContainers", "containers", "ephemeralContainers") for each in self.spec.get(part) or []]

    @property
    def security(self) -> dict[str, Any]:
        """The pod's own securityContext."""
        return self.spec.get("securityContext") or {}

    @property
    def is_windows(self) -> bool:
        """Whether the pod says that it is for Windows, which some controls leave out since 1.25."""
        return self.minor >= 25 and (self.spec.get("os") or {}).get("name") == "windows"

    def names(self, breaks: Callable[[Container], Any]) -> list[str]:
        """The containers that break something."""
        return [each["name"] for each in self.containers if breaks(each)]


Check = Callable[[Pod], Violation | None]


def security_of(container: Container) -> dict[str, Any]:
    """A container's securityContext."""
    return container.get("securityContext") or {}


def quoted(values: Iterable[str]) -> str:
    """`"a", "b"`."""
    return ", ".join(f'"{each}"' for each in values)


def plural(count: int, one: str, many: str) -> str:
    """The word for so many."""
    return one if count == 1 else many


def containers_text(names: list[str]) -> str:
    """`container "a"` or `containers "a", "b"`."""
    return f"{plural(len(names), 'container', 'containers')} {quoted(names)}"


def setters_text(of_pod: bool, names: list[str]) -> str:
    """Who set a value that is not allowed: the pod, some containers, or both."""
    return " and ".join([*(["pod"] if of_pod else []), *([containers_text(names)] if names else [])])
