"""Makes what two servers said comparable: what is random or a time of theirs becomes a name in order of appearance."""

import re
from typing import Any

from tests.differential.deviations import forgive, owners
from tests.differential.kinds import Object
from tests.differential.play import LISTED, Record

UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
ADDRESS = re.compile(r"\b10\.96\.\d+\.\d+\b")
MADE = re.compile(r"\bmade-[a-z0-9]{5}\b")
TIMES = frozenset({"creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime"})
FURNITURE = frozenset({"default", "kube-root-ca.crt"})


class Normal:
    """The names given so far; use one for a whole record."""

    def __init__(self, restless: frozenset[str], minor: int) -> None:
        """`restless` kinds change by themselves; `minor` is that of the oldest server compared."""
        self._restless, self._minor = restless, minor
        self._names: dict[tuple[str, str], str] = {}

    def record(self, record: Record) -> list[Any]:
        """Every answer, then every watch, in a comparable form."""
        answers = [{"code": each.code, "body": self.value(each.body)} for each in record.answers]
        return [*answers, *[self._events(events) for _, events in sorted(record.events.items())]]

    def value(self, value: Any) -> Any:
        """One answer's body or one event."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.value(each) for each in value if not _is_furniture(each)]
        return self._text(value) if isinstance(value, str) else value

    def _events(self, events: list[Object]) -> list[Any]:
        chosen: list[Any] = []
        last: dict[str, Any] = {}
        for event in events:
            value, what, name = self.value(event), event["type"], event["object"].get("metadata", {}).get("name", "")
            is_restless = event["object"].get("kind") in self._restless
            again = is_restless and what == "MODIFIED" and last.get(name) == value["object"]
            if what not in ("BOOKMARK", LISTED) and not again and not _is_furniture(event["object"]):
                chosen.append(value)
            last[name] = value["object"]
        return chosen

    def _object(self, value: Object) -> Object:
        found = {}
        is_list, kind = str(value.get("kind", "")).endswith("List"), value.get("kind", "")
        if is_list and isinstance(value.get("items"), list):
            value = {**value, "items": [{"kind": kind.removesuffix("List"), **each} for each in value["items"]]}
        for key, item in sorted(forgive(value, self._minor).items()):
            # managedFields have what is random in their keys.
            key = self._text(key)
            if key in TIMES and isinstance(item, str):
                found[key] = "<time>"
            elif key == "continue":
                found[key] = "<token>"
            elif key == "metadata" and isinstance(item, dict):
                found[key] = self._metadata(item, keeps_version=not is_list and kind not in self._restless)
            elif key == "nodePort":
                found[key] = self._named("port", str(item))
            elif not (key == "status" and kind in self._restless):
                found[key] = self.value(item)
        return found

    def _metadata(self, metadata: Object, *, keeps_version: bool) -> Object:
        found = self._object({key: item for key, item in metadata.items() if key not in ("resourceVersion", "managedFields")})
        if "resourceVersion" in metadata:
            found["resourceVersion"] = self._named("version", metadata["resourceVersion"]) if keeps_version else "<version>"
        if entries := [self._object(each) for each in owners(metadata.get("managedFields") or [], self._minor)]:
            found["managedFields"] = sorted(entries, key=lambda each: (each.get("manager", ""), each.get("operation", ""), str(each)))
        return found

    def _text(self, text: str) -> str:
        text = UID.sub(lambda match: self._named("uid", match[0]), text)
        return ADDRESS.sub(lambda match: self._named("address", match[0]), MADE.sub("made-<random>", text))

    def _named(self, what: str, value: str) -> str:
        count = sum(1 for kind, _ in self._names if kind == what)
        return self._names.setdefault((what, value), f"<{what} {count}>")


def _is_furniture(value: Any) -> bool:
    """Whether this is one of the objects that every namespace has."""
    return isinstance(value, dict) and isinstance(value.get("metadata"), dict) and value["metadata"].get("name") in FURNITURE
