"""One batch of messages, sorted by what has to be written; nothing here touches the database."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from clusters.observation.kinds import EVENT, NODE, OWNED, POD, Kind
from clusters.observation.memory import Memory
from clusters.observation.messages import Changed, Listed, Message, Sighting, Snapshot, Thing
from clusters.observation.pods import Place, place_of
from kube.inventory import Ref

MAX_STRAYS = 2_000


@dataclass
class Findings:
    """What a batch came to; the newest of each object."""

    sightings: dict[Ref, Sighting] = field(default_factory=dict)
    complete: set[Kind] = field(default_factory=set)
    pods: dict[Place, Thing] = field(default_factory=dict)
    pods_gone: dict[Place, Thing] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    nodes: dict[str, Thing] = field(default_factory=dict)
    nodes_gone: set[str] = field(default_factory=set)


class Sorter:
    """Sorts messages with the help of what is remembered. Pods and events of namespaces that are not ours are kept for a moment only:
    a new namespace's own event may come after those of its first pods."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._strays: OrderedDict[tuple[Kind, Place], Changed] = OrderedDict()

    def sort(self, batch: Iterable[Message]) -> Findings:
        """The findings of a batch, in its order."""
        found = Findings()
        before = set(self.memory.spaces)
        for message in batch:
            if isinstance(message, Snapshot):
                for listed in message.lists:
                    self._add(found, self.memory.compare(listed), listed.kind)
            elif isinstance(message, Listed):
                self._sort_list(found, message)
            else:
                self._sort_change(found, message)
        self._take_strays(found, set(self.memory.spaces) - before)
        return found

    def _add(self, found: Findings, sightings: Iterable[Sighting], complete: Kind | None = None) -> None:
        found.sightings.update((sighting.ref, sighting) for sighting in sightings)
        if complete:
            found.complete.add(complete)

    def _sort_list(self, found: Findings, listed: Listed) -> None:
        if listed.kind in OWNED:
            self._add(found, self.memory.replace(listed), listed.kind)
            return
        found.complete.add(listed.kind)
        if listed.kind == POD:
            found.pods = {place_of(thing): thing for thing in listed.things if self._is_ours(thing)}
            found.pods_gone = {}
        elif listed.kind == NODE:
            found.nodes = {thing["metadata"]["name"]: thing for thing in listed.things}
            found.nodes_gone = set()
        elif listed.kind == EVENT:
            found.events += [thing for thing in listed.things if self._is_ours(thing)]

    def _sort_change(self, found: Findings, change: Changed) -> None:
        gone = change.type == "DELETED"
        if change.kind in OWNED:
            if sighting := self.memory.see(change.thing, gone):
                found.sightings[sighting.ref] = sighting
        elif change.kind == NODE:
            self._sort_node(found, change.thing, gone)
        elif self._is_ours(change.thing):
            self._sort_ours(found, change, gone)
        else:
            self._keep_stray(change)

    @staticmethod
    def _sort_node(found: Findings, thing: Thing, gone: bool) -> None:
        name = thing["metadata"]["name"]
        if gone:
            found.nodes.pop(name, None)
            found.nodes_gone.add(name)
        else:
            found.nodes[name] = thing
            found.nodes_gone.discard(name)

    @staticmethod
    def _sort_ours(found: Findings, change: Changed, gone: bool) -> None:
        if change.kind == EVENT:
            if not gone:
                found.events.append(change.thing)
            return
        place = place_of(change.thing)
        into, other = (found.pods_gone, found.pods) if gone else (found.pods, found.pods_gone)
        into[place] = change.thing
        other.pop(place, None)

    def _is_ours(self, thing: Thing) -> bool:
        return thing["metadata"].get("namespace", "") in self.memory.spaces

    def _keep_stray(self, change: Changed) -> None:
        key = (change.kind, place_of(change.thing))
        self._strays.pop(key, None)
        self._strays[key] = change
        if len(self._strays) > MAX_STRAYS:
            self._strays.popitem(last=False)

    def _take_strays(self, found: Findings, new_spaces: set[str]) -> None:
        if not new_spaces:
            return
        for key in [key for key in self._strays if key[1][0] in new_spaces]:
            change = self._strays.pop(key)
            self._sort_ours(found, change, change.type == "DELETED")
