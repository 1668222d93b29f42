"""The kinds of row that the engine reconciles. Apps above register theirs; the engine and the watcher only ask."""

from typing import Any

from kube.connect import Api
from reconcile.models import Reconciled
from reconcile.outcome import Outcome


class OwnerKind:
    """What the engine must know of one kind of row. A kind that owns cluster objects overrides all but `run`."""

    name: str
    model: type[Reconciled]
    # Whether what is rendered depends on what the cluster can do: then rows are due when that has changed.
    follows_cluster = False

    def rows(self) -> Any:
        """The rows with what an attempt will need of other tables, so that it asks for them once."""
        return self.model._default_manager.all()

    def run(self, row: Any, attempt: Any) -> Outcome:
        """One attempt to make the world equal to the row."""
        raise TypeError(f"{self.name} says neither how it is rendered nor how it is run")

    def connect(self, row: Any) -> Api:
        """The connection to the row's cluster. Raises kube.errors.Unreachable while its breaker is open."""
        raise TypeError(f"{self.name} owns no objects in a cluster")

    def render(self, row: Any) -> list[dict[str, Any]]:
        """The objects that the row stands for, the Namespace first; pure."""
        return []

    def is_doomed(self, row: Any) -> bool:
        """Whether the row wants its objects gone."""
        return False

    def blocked_key(self, row: Any) -> str:
        """What the row waits for while its cluster is unreachable, such as `cluster:3`."""
        return ""

    def unreachable(self, row: Any) -> None:
        """Called inside the transaction that blocks the row: opens the breaker of its cluster."""

    def settled(self, row: Any, outcome: Outcome) -> None:
        """Called inside the transaction that records an attempt's outcome; `row` is freshly read there."""

    def visible_to(self, user: Any) -> Any:
        """The rows of this kind that the user may see."""
        return self.model._default_manager.none()


_kinds: dict[str, OwnerKind] = {}


def register(kind: OwnerKind) -> None:
    """Registers a kind under its name; called from an app's ready()."""
    _kinds[kind.name] = kind


def kind(name: str) -> OwnerKind:
    """The kind of this name. Raises KeyError with the known names."""
    try:
        return _kinds[name]
    except KeyError:
        raise KeyError(f"no kind {name!r} is registered; known are {sorted(_kinds)}") from None


def kinds() -> list[OwnerKind]:
    """All registered kinds."""
    return list(_kinds.values())


def owner_key(name: str, pk: int) -> str:
    """The value of the label slipway.dev/owner for a row."""
    return f"{name}.{pk}"


def parse_owner_key(value: str) -> tuple[str, int] | None:
    """The registered kind's name and primary key in a label's value, or None when it is nobody's."""
    name, _, pk = value.rpartition(".")
    return (name, int(pk)) if name in _kinds and pk.isdecimal() else None
