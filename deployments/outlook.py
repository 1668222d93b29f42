"""What a deployment takes of its namespace's quota and of the cards of its flavor, line by line, with what a yes would leave."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clusters.cards import flavor_cards
from deployments.checks.subject import Subject
from deployments.footprint import NOTHING, Footprint, of_replicas
from tenants.headroom import headroom

LABELS = {
    "requests.cpu": gettext_lazy("CPU"),
    "limits.cpu": gettext_lazy("CPU at most"),
    "requests.memory": gettext_lazy("Memory"),
    "limits.memory": gettext_lazy("Memory at most"),
    "pods": gettext_lazy("Pods"),
}


@dataclass(frozen=True)
class RoomLine:
    """Amounts in the unit of `key`: what there is, what is in use, what this would take in addition."""

    label: "str | Promise"
    key: str
    whole: int
    used: int
    asked: int
    # The part of a page that shows it, among lines of other kinds.
    template = "deployments/room_line.html"

    @property
    def after(self) -> int:
        """What would be left; negative when it does not fit."""
        return self.whole - self.used - self.asked

    @property
    def fits(self) -> bool:
        """Whether there is room now."""
        return not self.asked or self.after >= 0

    @property
    def within(self) -> int:
        """The asked part that fits."""
        return max(0, min(self.asked, self.whole - self.used))

    @property
    def over(self) -> int:
        """The asked part that does not."""
        return self.asked - self.within

    @property
    def missing(self) -> int:
        """How much is missing."""
        return max(0, -self.after)


def room_lines(subject: Subject) -> list[RoomLine]:
    """The cards of its flavor first, then the quota; nothing of a quota that the cluster has not told yet."""
    return [*_cards(subject), *_quota(subject)]


def _cards(subject: Subject) -> list[RoomLine]:
    flavor, spec = subject.flavor, subject.spec
    if flavor is None or not spec.size.gpus:
        return []
    cards = next(cards for cards in flavor_cards(subject.namespace.cluster) if cards.flavor == flavor)
    asked = _added(subject).amounts.get(f"requests.{flavor.resource_name}", 0)
    return [RoomLine(_("%(flavor)s of the cluster") % {"flavor": flavor}, "gpu", cards.installed, cards.used, max(0, asked))]


def _quota(subject: Subject) -> list[RoomLine]:
    added, rooms = _added(subject).amounts, headroom(subject.namespace)
    return [
        RoomLine(_label(subject, name), _key(name), rooms[name].hard, rooms[name].used, max(0, amount))
        for name, amount in added.items()
        if name in rooms
    ]


def _added(subject: Subject) -> Footprint:
    """What it takes beyond what the deployment of this name holds already."""
    resource = subject.flavor.resource_name if subject.flavor else ""
    wanted = of_replicas(subject.spec, resource)
    stands = subject.stands
    replaces = stands is not None and not subject.wish.trial and not (subject.standing and subject.standing.paused)
    held = of_replicas(stands, resource) if stands and replaces else NOTHING
    return wanted + held * -1


def _label(subject: Subject, name: str) -> "str | Promise":
    if name in LABELS:
        return LABELS[name]
    # The quota counts by resource names, which flavors may share: what is granted of one is none of its business.
    return _("%(flavor)s of the quota") % {"flavor": name.removeprefix("requests.")}


def _key(name: str) -> str:
    return "cpu" if name.endswith("cpu") else "memory" if name.endswith("memory") else "count"
