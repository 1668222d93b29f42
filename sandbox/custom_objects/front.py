"""The HTTPS face that the real API server asks: passes requests for custom objects on to the embedded server."""

import aiohttp
from aiohttp import web
from yarl import URL

from sandbox.custom_objects.mirror import NAMESPACES, Mirror
from sandbox.custom_objects.registration import DEFINITIONS
from sandbox.custom_objects.routes import Routes
from sandbox.kubeconfig import Access
from sandbox.node_api.answers import Object, only_for, resource_list, status

LARGEST_BODY = 4 * 1024 * 1024
# Who may do what has been decided in front: here everything is asked as the admin of the embedded server.
KEPT = ("accept", "accept-encoding", "content-type", "user-agent")
# Asks whether anybody is here at all, and for five seconds only.
AVAILABILITY = "system:kube-aggregator"
CREATING = frozenset({"POST", "PATCH"})
NOT_PASSED_BACK = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})


class Front:
    """Asks the embedded server of `access` through `session`."""

    def __init__(self, access: Access, session: aiohttp.ClientSession) -> None:
        self._access, self._session = access, session

    def application(self, mirror: Mirror, routes: Routes, front_proxies: list[str]) -> web.Application:
        """`/apis/GROUP/VERSION/...` for front proxies of these names."""
        self._mirror, self._routes = mirror, routes
        app = web.Application(middlewares=[only_for(front_proxies)], client_max_size=LARGEST_BODY)
        app.router.add_get("/apis/{group}/{version}", self._discover)
        app.router.add_route("*", "/apis/{group}/{version}/namespaces/{namespace}/{plural}{rest:(/.*)?}", self._pass_on)
        app.router.add_route("*", "/apis/{group}/{version}/{plural}{rest:(/.*)?}", self._pass_on)
        return app

    async def _discover(self, request: web.Request) -> web.StreamResponse:
        match = request.match_info
        if probe := request.query.get("probe"):
            self._routes.note(probe)
        elif request.headers.get("X-Remote-User") != AVAILABILITY:
            await self._mirror.has_version(match["group"], match["version"])
        # What is registered is available, even while its definition is not here yet.
        nothing = resource_list(f"{match['group']}/{match['version']}", [])
        return await self._relay(request, instead_of_404=nothing)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        match = request.match_info
        await self._mirror.has(DEFINITIONS, f"{match['plural']}.{match['group']}")
        if "namespace" in match and request.method in CREATING:
            await self._mirror.has(NAMESPACES, match["namespace"])
        return await self._relay(request)

    async def _relay(self, request: web.Request, instead_of_404: Object | None = None) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        headers["Authorization"] = f"Bearer {self._access.token}"
        url = URL(self._access.server + request.raw_path, encoded=True)
        body = await request.read() or None
        try:
            async with self._session.request(request.method, url, data=body, headers=headers, allow_redirects=False) as answer:
                if answer.status == 404 and instead_of_404 is not None:
                    return web.json_response(instead_of_404)
                return await _stream(request, answer)
        except (TimeoutError, aiohttp.ClientError) as error:
            return status(503, "ServiceUnavailable", f"the server of custom objects does not answer: {error}")


async def _stream(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status)
    for name, value in answer.headers.items():
        if name.lower() not in NOT_PASSED_BACK:
            response.headers.add(name, value)
    await response.prepare(request)
    async for data in answer.content.iter_any():
        await response.write(data)
    await response.write_eof()
    return response
