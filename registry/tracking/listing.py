"""Everything that the registry holds, page by page, up to a limit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.tracking.client import Client

MODELS, VERSIONS = 2_000, 20_000
PAGE = 200


@dataclass
class Listed:
    """What was found. `complete` is False when there is more than the limit: then what is missing here may still be there."""

    models: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = True


def list_everything(client: Client, before_page: Callable[[], None]) -> Listed:
    """Every model and version as MLflow tells them; `before_page` is called before each page is asked for."""
    found = Listed()
    for page in _pages(client, "registered-models/search", "registered_models", before_page):
        found.models += page
        if len(found.models) >= MODELS:
            found.complete = False
            break
    for page in _pages(client, "model-versions/search", "model_versions", before_page):
        found.versions += page
        if len(found.versions) >= VERSIONS:
            found.complete = False
            break
    return found


def _pages(client: Client, path: str, key: str, before_page: Callable[[], None]) -> Iterator[list[dict[str, Any]]]:
    query = {"max_results": str(PAGE)}
    while True:
        before_page()
        answer = client.get(path, **query)
        items = answer.get(key)
        yield [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        token = answer.get("next_page_token")
        # A server that names the page just read as the next one would be listed for ever.
        if not isinstance(token, str) or not token or token == query.get("page_token"):
            return
        query["page_token"] = token
