"""Whose an object is: the claim that an owner's row keeps and every object of it carries."""

from typing import Any

from kube.kinds import CLAIM, OWNER


def claim_of(live: dict[str, Any]) -> str | None:
    """The claim that a live object carries, or None."""
    return ((live.get("metadata") or {}).get("annotations") or {}).get(CLAIM)


def claimed(manifest: dict[str, Any], claim: str) -> dict[str, Any]:
    """The manifest with the claim among its annotations."""
    metadata = manifest["metadata"]
    annotations = {**(metadata.get("annotations") or {}), CLAIM: claim}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def owner_of(live: dict[str, Any]) -> str | None:
    """The owner that a live object names, such as "namespace.17", or None."""
    return ((live.get("metadata") or {}).get("labels") or {}).get(OWNER)


def not_ours(live: dict[str, Any]) -> str:
    """Why an object was left alone, in words for the page."""
    name = (live.get("metadata") or {}).get("name", "")
    found = owner_of(live)
    whose = f"it belongs to {found}" if found else "it was not created by this portal"
    return f"{live.get('kind', 'An object')} {name} exists already and {whose}; it was left as it is. Remove or rename it, then retry."
