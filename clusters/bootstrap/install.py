"""Applies the bootstrap's objects with the admin's rights; an object of the same name that is not the portal's stops it."""

from typing import Any

from clusters.manifests import render
from clusters.manifests.labels import PART
from kube.connect import Api
from kube.errors import ApiError, KubeError
from kube.inventory import Ref
from kube.kinds import MANAGER, path_of


class NotOurs(KubeError):
    """An object of one of the bootstrap's names exists and was not made by a bootstrap."""


def install(api: Api, owner: str) -> list[str]:
    """Apply every object of the bootstrap and return their names. Idempotent. NotOurs before anything was written."""
    manifests = render(owner)
    for manifest in manifests:
        _check(api, manifest)
    for manifest in manifests:
        query = {"fieldManager": MANAGER, "force": "true"}
        api.request("PATCH", path_of(Ref.of(manifest)), query=query, body=manifest, content_type="application/apply-patch+yaml")
    return [str(Ref.of(manifest)) for manifest in manifests]


def _check(api: Api, manifest: dict[str, Any]) -> None:
    try:
        live = api.request("GET", path_of(Ref.of(manifest)))
    except ApiError as error:
        if error.not_found:
            return
        raise
    if live["metadata"].get("labels", {}).get(PART) != manifest["metadata"]["labels"][PART]:
        raise NotOurs(
            f"{Ref.of(manifest)} exists in the cluster and is not the portal's. Rename it, or label it {PART}=portal to give it away."
        )
