"""What a container's log holds now, as one text: for scripts and for keeping."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from clusters.connections import connection
from kube.errors import ApiError, KubeError
from kube.log_lines import Line
from kube.logs import LogSource
from logs.asking import Asked, asked, is_on
from logs.upstream import Target
from tenants.models import Namespace

# Of a longer log the beginning is left out, which its first line says.
LARGEST = 10 * 1024 * 1024


class NoLog(Exception):
    """There is none to be had: 404 for a pod that is gone, 400 where the node says why, 503 while the cluster does not answer."""

    def __init__(self, status: int, message: str) -> None:
        self.http_status, self.code = status, "log_not_available"
        super().__init__(message)


def log_of(namespace: Namespace, pod: str, query: QueryDict) -> tuple[Target, bytes]:
    """The container that the query names, or the pod's first, with its text. Raises NoLog and ValidationError."""
    wanted = asked(query, namespace, pod=pod)
    targets = wanted.choice.targets()
    if not targets:
        raise NoLog(404, _("No such pod or container was seen in this namespace."))
    try:
        return targets[0], whole_log(targets[0], namespace, wanted, timestamps=is_on(query.get("timestamps", "")))
    except KubeError as error:
        status = error.status if isinstance(error, ApiError) and error.status in (400, 404) else 503
        raise NoLog(status, error.message if isinstance(error, ApiError) else str(error)) from error


def whole_log(target: Target, namespace: Namespace, asked: Asked, *, timestamps: bool = False) -> bytes:
    """UTF-8, at most LARGEST bytes, the newest. Raises KubeError."""
    kept: list[bytes] = []
    size = dropped = 0
    start = 0
    for line in _lines(target, namespace, asked):
        kept.append(_written(line, timestamps))
        size += len(kept[-1])
        while size > LARGEST:
            size -= len(kept[start])
            kept[start] = b""
            start, dropped = start + 1, dropped + 1
    head = f"[{dropped} earlier lines were left out]\n".encode() if dropped else b""
    return head + b"".join(kept)


def _lines(target: Target, namespace: Namespace, asked: Asked) -> Iterator[Line]:
    source = LogSource(
        connection(namespace.cluster),
        target.namespace,
        target.pod,
        target.container,
        uid=target.uid,
        since=None if asked.previous else asked.beginning.since,
        tail=asked.beginning.tail,
        follow=False,
        previous=asked.previous,
    )
    for batch in source.batches():
        if isinstance(batch, list):
            yield from batch
    if source.gone:
        raise ApiError(404, "NotFound", "The pod is gone, and its log with it.")


def _written(line: Line, timestamps: bool) -> bytes:
    if not timestamps:
        return f"{line.text}\n".encode()
    seconds, rest = divmod(line.place.at, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z {line.text}\n".encode()
