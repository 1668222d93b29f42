"""What differs between two revisions, in the words in which they are written."""

from typing import Any

from deployments.parsing import written_lines, written_spec
from deployments.spec import DeploymentSpec
from kube.diff import mark

Lines = list[list[str]]


def difference(before: DeploymentSpec | None, after: DeploymentSpec | None) -> Lines:
    """Pairs of mark (" ", "+", "-") and line, the whole of both; a side that is None has no lines."""
    return mark(lines_of(before), lines_of(after))


def lines_of(spec: DeploymentSpec | None) -> list[str]:
    """The spec as people write it; what is empty is not said."""
    if spec is None:
        return []
    said = {**written_spec(spec), "env": written_lines(spec.env).splitlines()}
    if spec.source.kind != "image":
        del said["port"]
    return [line for name, value in said.items() if value not in ("", None, [], "0") for line in _lines(name, value)]


def _lines(name: str, value: Any) -> list[str]:
    return [f"{name}:", *(f"  {item}" for item in value)] if isinstance(value, list) else [f"{name}: {value}"]


def changed_only(lines: Lines) -> Lines:
    """The lines that differ."""
    return [line for line in lines if line[0] != " "]
