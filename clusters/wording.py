"""Words for ledger lines: the label of an account and the names of its holders."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clusters.models import Cluster, GpuFlavor
from clusters.queries import Line
from reconcile.registry import kind, owner_key, parse_owner_key

LABELS = {"cpu": _("CPU"), "memory": _("Memory"), "storage": _("Storage")}


@dataclass(frozen=True)
class Worded:
    """A line with its label and the parts of its bar, in the account's unit."""

    line: Line
    label: "str | Promise"

    @property
    def used(self) -> int:
        """In use of what is granted."""
        return min(self.line.used, self.line.granted)

    @property
    def idle(self) -> int:
        """Granted and not in use."""
        return max(0, self.line.granted - self.line.used)

    @property
    def over(self) -> int:
        """In use without a grant."""
        return max(0, self.line.used - self.line.granted)

    @property
    def whole(self) -> int | None:
        """What the bar is measured against: the ceiling, else what is installed."""
        return self.line.ceiling if self.line.ceiling is not None else self.line.installed


def label_of(line: Line, display_names: dict[str, str]) -> "str | Promise":
    """A GPU pool is named after its flavors."""
    flavors = " / ".join(display_names.get(name) or name for name in line.flavors)
    return LABELS.get(line.key) or flavors or line.key.removeprefix("gpu:")


def wording(cluster: Cluster, lines: list[Line]) -> list[Worded]:
    """The lines with their words, GPUs first."""
    names = dict(GpuFlavor.objects.filter(cluster=cluster).values_list("name", "display_name"))
    return sorted(
        (Worded(line, label_of(line, names)) for line in lines), key=lambda row: (not row.line.key.startswith("gpu:"), row.line.key)
    )


def holder_names(lines: list[Line]) -> list[tuple[str, dict[str, int]]]:
    """Each holder by its name, with what it holds by account key."""
    held: dict[str, dict[str, int]] = {}
    for line in lines:
        for holder, amount in line.holders.items():
            held.setdefault(holder, {})[line.key] = amount
    names = _names(held)
    return sorted((names.get(holder, holder), amounts) for holder, amounts in held.items())


def _names(holders: Iterable[str]) -> dict[str, str]:
    """A query per kind of owner; a holder without a row keeps its key."""
    wanted: dict[str, list[int]] = {}
    for kind_name, pk in filter(None, map(parse_owner_key, holders)):
        wanted.setdefault(kind_name, []).append(pk)
    rows = ((name, kind(name).model._default_manager.in_bulk(pks)) for name, pks in wanted.items())
    return {owner_key(name, pk): str(row) for name, found in rows for pk, row in found.items()}
