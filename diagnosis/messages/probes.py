"""The kubelet's questions to a container: whether it has started, is ready for requests, still lives."""

import re

from diagnosis.messages.fact import Fact, Shape, fact, first

_PROBE = re.compile(r"(?P<probe>Readiness|Liveness|Startup) probe (?:failed|errored)[^:]*: ?(?P<why>.*)$", re.DOTALL)
_WAYS = (
    Shape("status", r"statuscode: (?P<status>\d+)"),
    Shape("refused", r"dial tcp (?P<address>\S+): connect: connection refused"),
    Shape("slow", r"context deadline exceeded|Client\.Timeout|timed out|timeout"),
    Shape("command", r"^(?:command|cat|ls|sh|/).*"),
)
_KILLED = Shape("probe-restarts", r"^Container (?P<container>\S+) failed (?P<probe>liveness|startup) probe, will be restarted")


def read(reason: str, message: str) -> list[Fact]:
    """Which question is not answered, and `way`: status, refused, slow, command or other."""
    if killed := _KILLED.read(reason, message):
        return [killed]
    found = _PROBE.search(message)
    if found is None:
        return []
    way = first(_WAYS, reason, found["why"])
    values = way[0].values if way else {}
    return [fact(f"probe-{found['probe'].lower()}", way=way[0].code if way else "other", **values)]
