"""Subresources behind which somebody else answers: logs and proxies; and those for which nobody does."""

from collections.abc import Callable

from sandbox.api.cluster import Cluster
from sandbox.api.outgoing import Outgoing
from sandbox.api.pod_logs import read_log
from sandbox.api.proxying import proxy
from sandbox.api.request import Request, Response, Target
from sandbox.kinds.errors import StatusError, no_such_resource, not_found
from sandbox.kinds.table import Kind

Handler = Callable[[Cluster, Request, Target, Kind], Response | Outgoing]


def call_remote(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response | Outgoing:
    """Answer, or say whom to ask. Raises StatusError."""
    if target.subresource not in kind.subresources:
        raise no_such_resource()
    return REMOTE[target.subresource](cluster, request, target, kind)


def _refuse(cluster: Cluster, request: Request, target: Target, kind: Kind) -> Response:
    if cluster.store.get(kind, target.namespace, target.name) is None:
        raise not_found(kind, target.name)
    raise StatusError(501, "", f"the sandbox has no pods/{target.subresource}: nothing can be run in its containers or connected to them")


REMOTE: dict[str, Handler] = {"log": read_log, "proxy": proxy, "exec": _refuse, "attach": _refuse, "portforward": _refuse}
