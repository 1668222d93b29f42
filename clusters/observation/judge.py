"""Compares what was seen with what the owner's last confirmed run left; pure."""

from dataclasses import dataclass
from typing import Literal

from clusters.observation.messages import Sighting
from clusters.observation.owners import Owner
from kube.managers import applied_at, last_foreign
from kube.ownership import digest

Found = Literal["same", "changed", "deleted", "replaced", "removed", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """same: as confirmed. changed, deleted, replaced: drift. removed: a doomed row's Namespace is gone. unknown: not comparable."""

    sighting: Sighting
    owner: Owner
    found: Found
    digest: str = ""

    @property
    def is_drift(self) -> bool:
        """Whether the owner must look at its objects."""
        return self.found in ("changed", "deleted", "replaced")

    @property
    def is_foreign(self) -> bool:
        """Whether it was somebody else's doing: our own unfinished run also leaves objects that differ from the last confirmed one.

        Who only removes a field leaves no trace in managedFields; but then our own apply there is still the confirmed one.
        """
        thing, entry = self.sighting.thing, self.owner.entries.get(self.sighting.ref) or {}
        return self.found != "changed" or thing is None or last_foreign(thing) is not None or applied_at(thing) == entry.get("appliedAt")


def judge(sighting: Sighting, owner: Owner) -> Verdict:
    """The verdict on one object; objects that the inventory does not name are nobody's business here."""
    entry = owner.entries.get(sighting.ref)
    if owner.doomed:
        is_end = sighting.gone and sighting.ref.kind == "Namespace"
        return Verdict(sighting, owner, "removed" if is_end and entry else "unknown")
    if entry is None or not entry.get("digest"):
        return Verdict(sighting, owner, "unknown")
    thing = sighting.thing
    if sighting.gone:
        later = thing is not None and thing["metadata"].get("uid") not in (None, entry.get("uid"))
        return Verdict(sighting, owner, "unknown" if later else "deleted")
    if thing is None:
        return Verdict(sighting, owner, "unknown")
    if thing["metadata"].get("uid") != entry.get("uid"):
        return Verdict(sighting, owner, "replaced")
    return _by_digest(sighting, owner, entry)


def _by_digest(sighting: Sighting, owner: Owner, entry: dict[str, object]) -> Verdict:
    assert sighting.thing is not None  # noqa: S101 - told apart by the caller
    # The very version that was confirmed needs no second look; in a quiet cluster that is nearly all of them.
    unchanged = sighting.thing["metadata"].get("resourceVersion") == entry.get("resourceVersion")
    now = str(entry["digest"]) if unchanged else digest(sighting.thing, entry)
    if now == entry["digest"]:
        return Verdict(sighting, owner, "same", now)
    # What is in conflict with another manager is left to the slow resync: each write of that manager would start a new round.
    return Verdict(sighting, owner, "unknown" if entry.get("state") == "conflict" else "changed", now)
