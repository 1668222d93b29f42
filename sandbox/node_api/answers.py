"""What a server of an aggregated API answers: discovery documents, Status errors; and who may ask it."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from sandbox.node_api.callers import caller_of

Object = dict[str, Any]
Handler = Callable[[web.Request], Any]


def status(code: int, reason: str, message: str) -> web.Response:
    """A failure as the API has them."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}
    return web.json_response(body, status=code)


def resource(name: str, kind: str, *, namespaced: bool, verbs: Sequence[str] = ("get", "list")) -> Object:
    """An entry of an APIResourceList."""
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": list(verbs)}


def resource_list(group_version: str, resources: Sequence[Object]) -> Object:
    """What GET /apis/GROUP/VERSION answers."""
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": list(resources)}


def group(group_version: str) -> Object:
    """What GET /apis/GROUP answers."""
    name, _, version = group_version.partition("/")
    served = {"groupVersion": group_version, "version": version}
    return {"kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": [served], "preferredVersion": served}


def only_for(names: Sequence[str]) -> Any:
    """Lets in the front proxy alone: a certificate of its CA (TLS sees to that) with one of these names, or any name if there are none."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        caller = caller_of(request.transport)
        if caller is None or (names and caller.name not in names):
            return status(401, "Unauthorized", "Unauthorized")
        answer: web.StreamResponse = await handler(request)
        return answer

    return guard
