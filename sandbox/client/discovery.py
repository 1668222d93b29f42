"""What an API server serves, asked of itself."""

import asyncio
import logging
from dataclasses import dataclass

from sandbox.client.calls import ApiError, Client
from sandbox.client.informer import RETRY, UNREACHABLE

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resource:
    """One served resource; `verbs` are those of its objects."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def name(self) -> str:
        """As messages and quotas have it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str = "") -> str:
        """The path of its collection, in one namespace or in all."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if namespace else f"{root}/{self.plural}"


async def discover(client: Client) -> tuple[list[Resource], dict[str, str]]:
    """Every resource once, in its group's preferred version if that has it; and what went wrong, by group and version."""
    groups = (await client.call("GET", "/apis"))["groups"]
    versions = [("", "v1")]
    for group in groups:
        preferred = group["preferredVersion"]["version"]
        listed = [each["version"] for each in group["versions"]]
        versions += [(group["name"], version) for version in sorted(listed, key=lambda version: version != preferred)]
    answers = await asyncio.gather(*[_resources(client, *each) for each in versions])
    found: dict[str, Resource] = {}
    for answer in answers:
        for resource in answer if isinstance(answer, list) else []:
            found.setdefault(resource.name, resource)
    failed = {
        "/".join(filter(None, version)): str(answer)
        for version, answer in zip(versions, answers, strict=True)
        if isinstance(answer, ApiError)
    }
    return list(found.values()), failed


async def serves(client: Client, group: str, version: str, plural: str) -> bool:
    """Whether this very version of a resource is served; waits for a server that cannot answer now."""
    while True:
        try:
            found = await _resources(client, group, version)
        except UNREACHABLE as error:
            log.info("%s/%s: %s; trying again", group, version, error)
        else:
            if isinstance(found, list):
                return any(resource.plural == plural for resource in found)
            if found.code == 404:
                return False
        await asyncio.sleep(RETRY)


async def _resources(client: Client, group: str, version: str) -> list[Resource] | ApiError:
    try:
        answer = await client.call("GET", f"/apis/{group}/{version}" if group else f"/api/{version}")
    except ApiError as error:
        return error
    return [
        Resource(group, version, each["kind"], each["name"], each["namespaced"], frozenset(each["verbs"]))
        for each in answer["resources"]
        if "/" not in each["name"]
    ]
