"""Holds requests for custom objects back until the API server that got them sends them on.

A kube-apiserver that has just started serves what its stored definitions define for a moment by itself, before it has read which
of it others serve. Its audit log is used as a gate: it tells of every such request before it looks at it (stage RequestReceived, in
the mode blocking-strict), and goes on when it is answered.
"""

import logging
from typing import Any

import yaml
from aiohttp import web

from sandbox.client.calls import ApiError
from sandbox.client.informer import UNREACHABLE
from sandbox.custom_objects.mirror import Mirror
from sandbox.custom_objects.routes import Routes
from sandbox.node_api.serving import serve_loopback

log = logging.getLogger(__name__)
# Of its own or of simulated nodes: no definition has anything of them.
BUILT_IN = (
    *("", "apps", "autoscaling", "batch", "extensions", "policy", "apiregistration.k8s.io", "apiextensions.k8s.io"),
    *("admissionregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io", "coordination.k8s.io"),
    *("discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io"),
    *("node.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "metrics.k8s.io", "external.metrics.k8s.io"),
)


class Guard:
    """Answers when a request may go on."""

    def __init__(self, mirror: Mirror, routes: Routes) -> None:
        self._mirror, self._routes = mirror, routes
        self._run = ""

    async def run(self, port: int) -> None:
        """Listen on this port of loopback until cancelled."""
        app = web.Application()
        app.router.add_post("/{run}", self._hold)
        await serve_loopback(app, port)

    async def _hold(self, request: web.Request) -> web.Response:
        if request.match_info["run"] != self._run:
            self._run = request.match_info["run"]
            self._routes.doubt()
        try:
            for event in (await request.json())["items"]:
                await self._lead_here(event.get("objectRef") or {})
        except (ApiError, *UNREACHABLE) as error:
            log.warning("a request is refused: %s", error or type(error).__name__)
            return web.Response(status=503)
        return web.json_response({})

    async def _lead_here(self, target: dict[str, Any]) -> None:
        version = target.get("apiGroup", ""), target.get("apiVersion", "")
        if version[0] and await self._mirror.defines(version):
            await self._routes.lead_here(version)


def audit_policy() -> str:
    """What the API server shall tell of: requests for objects that are not built in, as they come."""
    rules: list[dict[str, Any]] = [
        {"level": "None", "nonResourceURLs": ["*"]},
        {"level": "None", "resources": [{"group": each} for each in BUILT_IN]},
        {"level": "Metadata"},
    ]
    omitted = ["ResponseStarted", "ResponseComplete", "Panic"]
    return yaml.safe_dump({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": omitted, "rules": rules})


def audit_webhook(port: int, run: str) -> str:
    """The kubeconfig by which it tells; `run` is another word at every start."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "guard", "cluster": {"server": f"http://127.0.0.1:{port}/{run}"}}],
            "contexts": [{"name": "guard", "context": {"cluster": "guard", "user": ""}}],
            "current-context": "guard",
        }
    )
