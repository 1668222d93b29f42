"""One call of a sequence: plain data, so that it can be drawn from a seed, shown, dropped and sent again."""

import json
from dataclasses import dataclass, field
from typing import Any

JSON, MERGE, JSON_PATCH = "application/json", "application/merge-patch+json", "application/json-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"


@dataclass(frozen=True)
class Call:
    """A request. Strings may hold `<uid:PATH>`, `<version:PATH>`, `<stale:PATH>` and `<continue:PATH>`, filled in by what each server said.

    `edits` is not empty for a read-modify-write: the body is the object last seen at the path, changed by these merge patches in turn.
    """

    method: str
    path: str
    body: Any = None
    content_type: str = JSON
    query: tuple[tuple[str, str], ...] = ()
    agent: str = "hand"
    edits: tuple[Any, ...] = field(default=())

    @property
    def is_watch(self) -> bool:
        """Whether it stays open until the end of the sequence."""
        return ("watch", "true") in self.query

    @property
    def is_dry(self) -> bool:
        """Whether it changes nothing."""
        return any(key == "dryRun" for key, _ in self.query) or (isinstance(self.body, dict) and bool(self.body.get("dryRun")))

    def __str__(self) -> str:
        query = "&".join(f"{key}={value}" for key, value in self.query)
        body = f" last seen + {json.dumps(self.edits)}" if self.edits else "" if self.body is None else f" {json.dumps(self.body)}"
        form = "" if self.content_type == JSON else f" ({self.content_type.partition('/')[2]})"
        return f"{self.method} {self.path}{'?' if query else ''}{query}{form} as {self.agent}{body}"
