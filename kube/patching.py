"""Applies the removals of a JSON patch to a copy of an object, as the API server would."""

import copy
from typing import Any


def without(thing: dict[str, Any], ops: list[dict[str, Any]]) -> dict[str, Any]:
    """A copy of the object after the "remove" operations. Raises KeyError or IndexError for a path that is not there."""
    made = copy.deepcopy(thing)
    for op in ops:
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in op["path"][1:].split("/")]
        at: Any = made
        for part in parents:
            at = at[int(part)] if isinstance(at, list) else at[part]
        del at[int(last) if isinstance(at, list) else last]
    return made
