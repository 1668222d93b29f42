"""Tabs that apps above add to the page of a namespace: tenants knows nothing of what lives in one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from tenants.models import Namespace


@dataclass(frozen=True)
class Panel:
    """`name` is its part of the address, `template` extends namespaces/frame.html and is given what `context` says.

    `count` is the number beside its word, None for none; `behind` is the tab that it follows.
    """

    name: str
    label: "str | Promise"
    template: str
    context: Callable[[Namespace, User], dict[str, Any]]
    count: Callable[[Namespace], int | None]
    behind: str = "overview"


_panels: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Adds a tab; once per name."""
    _panels[panel.name] = panel


def panels() -> dict[str, Panel]:
    """All of them by name, in the order in which they were registered."""
    return dict(_panels)
