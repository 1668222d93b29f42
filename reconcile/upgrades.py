"""Finds the rows that would be rendered differently now than when they were applied: after an upgrade of the portal nobody else says so."""

import logging
from collections.abc import Iterator
from typing import Any

from kube.inventory import Ref
from kube.ownership import fingerprint
from reconcile import registry
from reconcile.due import MAX_CRASHES, mark_due
from reconcile.registry import OwnerKind

logger = logging.getLogger(__name__)

STEP_ROWS = 10
STEP_SECONDS = 1.0


def render_differs(kind: OwnerKind, row: Any) -> bool:
    """Whether the row's objects would be others than those that its inventory says were applied."""
    wanted = {Ref.of(manifest): fingerprint(manifest) for manifest in kind.render(row)}
    return wanted != {Ref.of(entry): entry.get("rendered") for entry in row.inventory}


class Walk:
    """Looks at every standing row once, a few at a time, so that the sweep is not held up. An upgrade begins new processes: a new walk."""

    def __init__(self) -> None:
        self._left = self._rows()

    def step(self) -> int:
        """Look at the next few rows; returns how many were made due."""
        found = 0
        for _, (kind, pk) in zip(range(STEP_ROWS), self._left, strict=False):
            found += self._judge(kind, pk)
        return found

    def _rows(self) -> Iterator[tuple[OwnerKind, int]]:
        for kind in registry.kinds():
            for pk in list(_standing(kind).order_by("pk").values_list("pk", flat=True)):
                yield kind, pk

    def _judge(self, kind: OwnerKind, pk: int) -> bool:
        row = _standing(kind).filter(pk=pk).first()
        try:
            if row is None or kind.is_doomed(row) or not render_differs(kind, row):
                return False
        except Exception:
            logger.exception("%s %s cannot be rendered", kind.name, pk)
            return False
        logger.info("%s %s is rendered differently now and is applied again", kind.name, pk)
        return mark_due(kind.name, pk)


def _standing(kind: OwnerKind) -> Any:
    """The rows that rest: applied, and due for no other reason."""
    return kind.rows().filter(next_reconcile_at=None, blocked_on="", crashes__lt=MAX_CRASHES).exclude(inventory=[])
