"""What a yes would leave: each capacity account of a cluster with what is granted, used, asked and what remains."""

from dataclasses import dataclass

from django.utils.functional import Promise

from clusters.models import Cluster, GpuFlavor
from clusters.queries import Line, ledger
from clusters.wording import label_of
from tenants.capacity import account_amounts
from tenants.resources import Resources


@dataclass(frozen=True)
class Outlook:
    """One account of the ledger beside what is asked of it, in the account's unit."""

    line: Line
    label: "str | Promise"
    asked: int

    @property
    def key(self) -> str:
        """The account's key."""
        return self.line.key

    @property
    def whole(self) -> int | None:
        """What the bar is measured against: the ceiling, else what is installed."""
        return self.line.ceiling if self.line.ceiling is not None else self.line.installed

    @property
    def after(self) -> int | None:
        """What a yes would leave to grant; negative when it does not fit; None where nothing limits it."""
        return None if self.line.ceiling is None else self.line.ceiling - self.line.granted - self.asked

    @property
    def fits(self) -> bool:
        """Whether a yes is possible now."""
        return not self.asked or self.after is None or self.after >= 0

    @property
    def within(self) -> int:
        """The asked part that fits."""
        return self.asked if self.after is None else max(0, min(self.asked, self.asked + self.after))

    @property
    def over(self) -> int:
        """The asked part that does not."""
        return self.asked - self.within

    @property
    def idle(self) -> int:
        """Granted and not in use."""
        return max(0, self.line.granted - self.line.used)

    @property
    def missing(self) -> int:
        """How much less must be asked."""
        return max(0, -(self.after or 0))


def outlook(cluster: Cluster, asked: Resources, *, only_asked: bool = False) -> list[Outlook]:
    """All accounts, GPUs first; with `only_asked` those that the wish touches. KeyError for a flavor that the cluster does not have."""
    amounts = account_amounts(cluster, asked)
    names = dict(GpuFlavor.objects.filter(cluster=cluster).values_list("name", "display_name"))
    rows = [Outlook(line, label_of(line, names), amounts.get(line.key, 0)) for line in ledger(cluster)]
    rows.sort(key=lambda row: (not row.key.startswith("gpu:"), row.key))
    return [row for row in rows if row.asked or not only_asked]
