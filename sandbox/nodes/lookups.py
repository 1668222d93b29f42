"""ConfigMaps, Secrets and claims that pods refer to, asked of the API server one by one as kubelets do."""

import asyncio
import logging
import time

from sandbox.client.calls import ApiError, Client, Object
from sandbox.client.informer import UNREACHABLE

log = logging.getLogger(__name__)
RETRY = 1.0
FRESH_SECONDS = 10.0
PLURALS = {"configmap": "configmaps", "secret": "secrets", "persistentvolumeclaim": "persistentvolumeclaims"}


class Lookups:
    """Remembers for ten seconds what it found, never that something was missing."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._found: dict[tuple[str, str, str], tuple[float, Object]] = {}

    async def find(self, kind: str, namespace: str, name: str) -> Object | None:
        """The object or None; `kind` in lower case. Asks until the server answers; raises ApiError when it refuses."""
        key = (kind, namespace, name)
        seen, found = self._found.get(key, (0.0, {}))
        if found and time.monotonic() - seen < FRESH_SECONDS:
            return found
        answer = await self._get(f"/api/v1/namespaces/{namespace}/{PLURALS[kind]}/{name}")
        self._found.pop(key, None)
        if answer is not None:
            self._remember(key, answer)
        return answer

    async def _get(self, path: str) -> Object | None:
        while True:
            try:
                return await self._client.call("GET", path)
            except ApiError as error:
                if error.code == 404:
                    return None
                if error.code not in (429, 500, 503, 504):
                    raise
            except UNREACHABLE as error:
                log.info("GET %s: %s; trying again", path, error)
            await asyncio.sleep(RETRY)

    def _remember(self, key: tuple[str, str, str], found: Object) -> None:
        self._found[key] = time.monotonic(), found
        if len(self._found) > 4096:
            del self._found[next(iter(self._found))]
