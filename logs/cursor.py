"""Where a browser is in the logs that it reads, as the id of an event: it comes back with it, to this process or another."""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from kube.log_lines import Place

# A few dozen containers at most; a longer one is none of ours.
LONGEST = 8 * 1024


class Seen(NamedTuple):
    """The last line that was sent of one container of the pod with this uid."""

    uid: str
    place: Place


Cursor = Mapping[tuple[str, str], Seen]


def encode(cursor: Cursor) -> str:
    """Text without spaces and line ends; {(pod, container): Seen}."""
    rows = [[pod, container, seen.uid, *seen.place] for (pod, container), seen in cursor.items()]
    return base64.urlsafe_b64encode(orjson.dumps(rows)).decode().rstrip("=")


def decode(text: str) -> dict[tuple[str, str], Seen]:
    """What `encode` made; {} for anything else."""
    if not text or len(text) > LONGEST:
        return {}
    try:
        rows = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return {(str(pod), str(name)): Seen(str(uid), Place(*map(_number, place))) for pod, name, uid, *place in rows}
    except (binascii.Error, ValueError, TypeError):
        return {}


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -1 <= value < 1 << 63:
        raise ValueError("no number of a place")
    return value
