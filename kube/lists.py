"""Lists of any length in pages, as raw JSON."""

from collections.abc import Iterator
from typing import Any

from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError, Expired
from kube.kinds import collection_path

Item = dict[str, Any]


def list_all(
    api: Api,
    api_version: str,
    kind: str,
    *,
    label_selector: str | None = None,
    namespace: str | None = None,
    page: int = 500,
    field_selector: str | None = None,
    resource_version: str | None = None,
    deadline: Deadline | None = None,
) -> tuple[Iterator[Item], str]:
    """(all objects, the resource version to watch from). Pages are fetched as the iterator advances.

    `resource_version` "0" takes what the server has in memory, in one page. Raises Expired when the pages became too old: begin again.
    """
    selectors = {"labelSelector": label_selector, "fieldSelector": field_selector, "resourceVersion": resource_version}
    query = {"limit": page, **{key: value for key, value in selectors.items() if value}}
    path = collection_path(api_version, kind, namespace)
    first = _page(api, path, query, deadline)
    return _items(api, path, query, first, (api_version, kind), deadline), first["metadata"]["resourceVersion"]


def _items(
    api: Api, path: str, query: dict[str, Any], page: dict[str, Any], names: tuple[str, str], deadline: Deadline | None
) -> Iterator[Item]:
    # A page after the first one is of the same version by its token; naming a version beside it is refused.
    query = {key: value for key, value in query.items() if key != "resourceVersion"}
    while True:
        for item in page["items"] or ():
            item["apiVersion"], item["kind"] = names
            yield item
        token = page["metadata"].get("continue")
        if not token:
            return
        page = _page(api, path, {**query, "continue": token}, deadline)


def _page(api: Api, path: str, query: dict[str, Any], deadline: Deadline | None) -> dict[str, Any]:
    try:
        return api.request("GET", path, query=query, deadline=deadline)
    except ApiError as error:
        if error.expired:
            raise Expired(error.message) from error
        raise
