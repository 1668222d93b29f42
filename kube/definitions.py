"""Whether a custom kind is installed. A server that has just started may not serve it yet; its objects are not gone for that."""

from typing import Any, Literal
from urllib.parse import quote

from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError
from kube.kinds import Kind

ROOT = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# Without the schemas, which make up nearly all of a definition.
METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

Presence = Literal["installed", "missing", "unknown"]


def definition(api: Api, name: str, *, whole: bool = False, deadline: Deadline | None = None) -> dict[str, Any] | None:
    """A CustomResourceDefinition by its name, or None; its metadata alone unless it is wanted `whole`. Raises ApiError, Unreachable."""
    try:
        return api.request("GET", f"{ROOT}/{quote(name, safe='')}", deadline=deadline, **({} if whole else {"accept": METADATA_ONLY}))
    except ApiError as error:
        if error.not_found:
            return None
        raise


def presence(api: Api, kind: Kind, *, deadline: Deadline | None = None) -> Presence:
    """What an answer "no such kind" means: missing when there is no definition of it (always, for kinds of Kubernetes itself); installed
    when there is one, so that it is served soon; unknown when it cannot be told, as where the portal may not look. Raises Unreachable.
    """
    if not kind.custom:
        return "missing"
    try:
        return "installed" if definition(api, kind.definition, deadline=deadline) else "missing"
    except ApiError:
        return "unknown"
