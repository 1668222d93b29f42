"""The scale subresource of whatever an autoscaler names, found by discovery."""

from sandbox.client.calls import ApiError, Client, Object


class Scales:
    """Reads and writes scales; which resource serves a kind's scale is asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._plurals: dict[tuple[str, str], str] = {}

    async def path(self, namespace: str, reference: Object) -> str:
        """The path of the scale of a scaleTargetRef; raises ApiError for a kind that has none."""
        version, kind = reference.get("apiVersion") or "v1", reference["kind"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if (version, kind) not in self._plurals:
            self._plurals[version, kind] = await self._plural(root, version, kind)
        return f"{root}/namespaces/{namespace}/{self._plurals[version, kind]}/{reference['name']}/scale"

    async def _plural(self, root: str, version: str, kind: str) -> str:
        resources = (await self._client.call("GET", root))["resources"]
        names = {each["name"] for each in resources}
        for each in resources:
            if each["kind"] == kind and f"{each['name']}/scale" in names:
                return str(each["name"])
        raise ApiError(404, f'no matches for kind "{kind}" in version "{version}"')
