"""What one watcher remembers of a cluster's owned objects, to tell news from repetitions and to know what has gone."""

import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from clusters.observation.kinds import NAMESPACE, Kind
from clusters.observation.messages import Listed, Sighting, Thing
from kube.inventory import Ref
from kube.kinds import OWNER
from kube.versions import number
from reconcile.registry import parse_owner_key

MAX_ENDED = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """The identity of one object; `version` is None where the server's versions are opaque."""

    uid: str
    version: int | None
    owner: str


class Memory:
    """Owned objects by address, and the owners of our namespaces by their names."""

    def __init__(self) -> None:
        self.known: dict[Ref, Known] = {}
        self.spaces: dict[str, str] = {}
        self._ended: OrderedDict[Ref, int] = OrderedDict()

    def see(self, thing: Thing, gone: bool = False) -> Sighting | None:
        """What an event says, or None when something newer is known of the object."""
        ref, metadata = Ref.of(thing), thing["metadata"]
        before = self.known.get(ref)
        now = Known(metadata.get("uid", ""), number(metadata.get("resourceVersion")), self._owner(thing, before))
        if (before and self._is_old(before, now, gone)) or (now.version or math.inf) <= self._ended.get(ref, -1):
            return None
        if gone:
            self._end(ref, now.version)
        else:
            self.known[ref] = now
        self._note_space(ref, now.owner, gone)
        return Sighting(ref, now.owner, thing, gone)

    def _end(self, ref: Ref, version: int | None) -> None:
        """A replay must not bring back what has gone."""
        self.known.pop(ref, None)
        self._ended[ref] = version or 0
        self._ended.move_to_end(ref)
        if len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)

    def replace(self, listed: Listed) -> list[Sighting]:
        """What a feed's own list says: the truth, also where it is older than what was known (a restored cluster)."""
        before = self._of_kind(listed.kind)
        for ref in before:
            del self.known[ref]
        for ref in [ref for ref in self._ended if (ref.api_version, ref.kind) == listed.kind]:
            del self._ended[ref]
        seen = [sighting for thing in listed.things if (sighting := self.see(thing))]
        return [*seen, *self._lost(before.keys() - {sighting.ref for sighting in seen}, before)]

    def compare(self, listed: Listed) -> list[Sighting]:
        """What a resync's list says, made beside the watch: what the watch has newer stays."""
        before = self._of_kind(listed.kind)
        for thing in listed.things:
            self.see(thing)
        refs = {Ref.of(thing): thing for thing in listed.things}
        limit = number(listed.version)
        missing = {ref for ref in before.keys() - refs.keys() if not _newer_than(before[ref].version, limit)}
        for ref in missing:
            self.known.pop(ref, None)
        current = [Sighting(ref, self.known[ref].owner, thing) for ref, thing in refs.items() if self._is_current(ref, thing)]
        return [*current, *self._lost(missing, before)]

    @staticmethod
    def lost(refs: Iterable[Ref]) -> dict[Ref, Sighting]:
        """Sightings of the absence of objects of which only a row is left."""
        return {ref: Sighting(ref, "", None, gone=True) for ref in refs}

    def _is_current(self, ref: Ref, thing: Thing) -> bool:
        known = self.known.get(ref)
        return known is not None and known.version == number(thing["metadata"].get("resourceVersion"))

    def _of_kind(self, kind: Kind) -> dict[Ref, Known]:
        return {ref: known for ref, known in self.known.items() if (ref.api_version, ref.kind) == kind}

    def _lost(self, refs: Iterable[Ref], before: dict[Ref, Known]) -> list[Sighting]:
        for ref in refs:
            self._note_space(ref, before[ref].owner, True)
        return [Sighting(ref, before[ref].owner, None, gone=True) for ref in refs]

    def _note_space(self, ref: Ref, owner: str, gone: bool) -> None:
        if (ref.api_version, ref.kind) != NAMESPACE:
            return
        if gone:
            self.spaces.pop(ref.name, None)
        elif parse_owner_key(owner):
            self.spaces[ref.name] = owner

    @staticmethod
    def _owner(thing: Thing, before: Known | None) -> str:
        # A hand that rewrites the label does not change whose object it is.
        return (
            before.owner
            if before and before.uid == thing["metadata"].get("uid")
            else (thing["metadata"].get("labels") or {}).get(OWNER, "")
        )

    @staticmethod
    def _is_old(before: Known, now: Known, gone: bool) -> bool:
        if gone:
            return before.uid != now.uid
        return before.version is not None and now.version is not None and now.version <= before.version


def _newer_than(version: int | None, limit: int | None) -> bool:
    return version is not None and limit is not None and version > limit
