"""What two revisions say differently, field by field, in the words in which they are written."""

from dataclasses import dataclass
from typing import Any

from deployments.parsing import written_spec
from deployments.spec import DeploymentSpec


@dataclass(frozen=True)
class Difference:
    """One field; `before` is None for all of them where nothing stood."""

    field: str
    before: Any
    after: Any


def differences(before: DeploymentSpec | None, after: DeploymentSpec) -> list[Difference]:
    """The fields that differ, in the order of the form."""
    old = written_spec(before) if before else {}
    return [Difference(name, old.get(name), value) for name, value in written_spec(after).items() if before is None or old[name] != value]
