"""Asks one model server for its counters, through the API server's proxy: briefly, at the first of its places that counts requests."""

from collections.abc import Sequence
from typing import NamedTuple

from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError, DeadlinePassed, KubeError
from kube.proxy import pod_call
from metrics.servers.exposition import Unreadable, read
from metrics.servers.names import SERVER_NAMES, SERVERS, Names, Place
from metrics.servers.reading import Reading, reading_of

ANSWER_SECONDS = 2.0
LARGEST_ANSWER = 2 * 2**20
HEADERS = {"Accept": "text/plain; version=0.0.4"}


class Counted(NamedTuple):
    """What a server has counted, under the names that it uses."""

    reading: Reading
    names: Names


def ask(api: Api, namespace: str, pod: str, places: Sequence[Place], deadline: Deadline) -> Counted | str:
    """From the first place that counts requests; else in plain words why the likeliest one does not."""
    why = ""
    for place in places:
        found = _one(api, namespace, pod, place, deadline)
        if isinstance(found, Counted):
            return found
        why = why or found
    return why


def _one(api: Api, namespace: str, pod: str, place: Place, deadline: Deadline) -> Counted | str:
    """The answer from one place, or why it is none."""
    try:
        return _read(api, namespace, pod, place, deadline)
    except DeadlinePassed:
        return "there was no time left to ask it"
    except ApiError as error:
        return f"the API server's proxy answers {error.status}"
    except (KubeError, Unreadable) as error:
        return str(error)[:200]


def _read(api: Api, namespace: str, pod: str, place: Place, deadline: Deadline) -> Counted | str:
    port, path = place
    timeout = deadline.timeout(ANSWER_SECONDS)
    reply = pod_call(api, namespace, pod, port, "GET", path, headers=HEADERS, timeout=timeout, cap=LARGEST_ANSWER)
    if reply.status != 200:
        return f"it answers {reply.status} at port {port}"
    text = read(reply.body, SERVER_NAMES)
    names = next((names for names in SERVERS if any(text.has(series.name) for series in names.requests)), None)
    if names is None:
        return f"it counts no requests under a known name at port {port}"
    return Counted(reading_of(text, names), names)
