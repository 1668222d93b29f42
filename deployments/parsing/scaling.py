"""How many replicas, and by what they become more or fewer."""

from collections.abc import Mapping
from typing import Any

from deployments.parsing.problems import Problems
from deployments.spec import Scaling

TARGETS = {"cpu_target": "cpu", "memory_target": "memory", "concurrency": "concurrency", "rps": "rps"}


def parse_scaling(problems: Problems, written: Mapping[str, Any]) -> Scaling:
    """A maximum that is not written is the minimum; a target that is not written, or 0, is none."""
    usual = Scaling()
    minimum = problems.number(written, "minimum", usual.minimum)
    targets = {name: problems.optional_number(written, field) or None for field, name in TARGETS.items()}
    return Scaling(
        minimum=minimum,
        maximum=problems.number(written, "maximum", minimum),
        up_seconds=problems.number(written, "up_seconds", usual.up_seconds),
        down_seconds=problems.number(written, "down_seconds", usual.down_seconds),
        **targets,
    )


def written_scaling(scaling: Scaling) -> dict[str, Any]:
    """The same names as the form's."""
    targets = {field: getattr(scaling, name) for field, name in TARGETS.items()}
    numbers = {name: getattr(scaling, name) for name in ("minimum", "maximum", "up_seconds", "down_seconds")}
    return {**numbers, **targets}
