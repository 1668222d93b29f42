"""Compares what was seen with what the owner's last confirmed run left; pure."""

from dataclasses import dataclass
from typing import Any, Literal

from clusters.observation.messages import Sighting
from clusters.observation.owners import Owner
from kube.kinds import kind_of
from kube.managers import applied_at, last_foreign
from kube.ownership import digest, is_contested
from kube.versions import number

Found = Literal["same", "changed", "deleted", "replaced", "removed", "freed", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """same: as confirmed. changed, deleted, replaced: drift. removed: what a doomed row waits for is gone. freed: another manager has given
    up what was in conflict. unknown: not comparable."""

    sighting: Sighting
    owner: Owner
    found: Found
    digest: str = ""

    @property
    def is_drift(self) -> bool:
        """Whether the owner must look at its objects."""
        return self.found in ("changed", "deleted", "replaced")

    @property
    def calls_owner(self) -> bool:
        """Whether the owner has a reason to look now."""
        return self.is_drift or self.found in ("removed", "freed")

    @property
    def is_foreign(self) -> bool:
        """Whether it was somebody else's doing: our own unfinished run also leaves objects that differ from the last confirmed one.

        Who only removes a field leaves no trace in managedFields; but then our own apply there is still the confirmed one.
        """
        thing, entry = self.sighting.thing, self.owner.entries.get(self.sighting.ref) or {}
        return self.found != "changed" or thing is None or last_foreign(thing) is not None or applied_at(thing) == entry.get("appliedAt")


def is_overtaken(sighting: Sighting, owner: Owner) -> bool:
    """Whether a later version than the one seen has been confirmed: the news of it is on its way, unless the cluster was restored."""
    entry = owner.entries.get(sighting.ref)
    if sighting.gone or sighting.thing is None or entry is None or sighting.thing["metadata"].get("uid") != entry.get("uid"):
        return False
    seen, confirmed = number(sighting.thing["metadata"].get("resourceVersion")), number(entry.get("resourceVersion"))
    return seen is not None and confirmed is not None and seen < confirmed


def judge(sighting: Sighting, owner: Owner) -> Verdict:
    """The verdict on one object; objects that the inventory does not name are nobody's business here."""
    entry = owner.entries.get(sighting.ref)
    if owner.doomed:
        return Verdict(sighting, owner, "removed" if sighting.gone and entry and _is_waited_for(sighting, owner) else "unknown")
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


def _is_waited_for(sighting: Sighting, owner: Owner) -> bool:
    """With its Namespace goes all that a row has; a row without one waits for each of its objects."""
    return sighting.ref.kind == "Namespace" or all(ref.kind != "Namespace" for ref in owner.entries)


def _by_digest(sighting: Sighting, owner: Owner, entry: dict[str, Any]) -> Verdict:
    assert sighting.thing is not None  # noqa: S101 - told apart by the caller
    if entry.get("state") == "conflict":
        # Each write of that manager would start a new round: only the end of it does. The slow resync looks, too.
        return Verdict(sighting, owner, "freed" if _is_freed(sighting.thing, entry) else "unknown")
    # The very version that was confirmed needs no second look; in a quiet cluster that is nearly all of them.
    unchanged = sighting.thing["metadata"].get("resourceVersion") == entry.get("resourceVersion")
    now = str(entry["digest"]) if unchanged else digest(sighting.thing, entry)
    return Verdict(sighting, owner, "same" if now == entry["digest"] else "changed", now)


def _is_freed(thing: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Of closed kinds nobody owns anything beside us: there it is a writer who puts back what we remove."""
    shared = kind_of(thing["apiVersion"], thing["kind"]).ownership == "shared"
    return shared and not is_contested(thing, entry["paths"])
