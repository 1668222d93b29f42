"""Labels, selectors, containers and long lists as cells show them."""

from collections.abc import Sequence
from typing import Any

SHOWN = 3
OPERATORS = {"In": "{} in ({})", "NotIn": "{} notin ({})", "Exists": "{}", "DoesNotExist": "!{}"}


def labels_text(labels: dict[str, str] | None) -> str:
    """`a=1,b=2`, or `<none>`."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def selector_text(selector: dict[str, Any] | None) -> str:
    """A LabelSelector in the form that `-l` takes, or `<none>`."""
    if selector is None:
        return "<none>"
    parts = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    for each in selector.get("matchExpressions") or []:
        values = ",".join(sorted(each.get("values") or []))
        parts.append((each["key"], OPERATORS[each["operator"]].format(each["key"], values)))
    return ",".join(text for _, text in sorted(parts)) or "<none>"


def containers_cells(spec: dict[str, Any]) -> list[str]:
    """Names and images of the containers of a pod template's spec."""
    containers = spec.get("containers") or []
    return [",".join(each["name"] for each in containers), ",".join(each.get("image", "") for each in containers)]


def shortened(items: Sequence[str], empty: str = "<none>", shown: int = SHOWN) -> str:
    """The first items, and how many more there are."""
    text = ",".join(items[:shown]) or empty
    return f"{text} + {len(items) - shown} more..." if len(items) > shown else text
