"""Whether a cluster would take a pod: always asked as a dry run, so that the right to create pods is never used to run one."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from kube.connect import Api
from kube.deadline import Deadline
from kube.errors import ApiError
from kube.kinds import MANAGER, collection_path

QUERY = f"dryRun=All&fieldManager={MANAGER}&fieldValidation=Strict"
_VIOLATIONS = re.compile(r'violates PodSecurity "[^"]*": (?P<details>.*)$', re.DOTALL)
_QUOTA = ("exceeded quota", "failed quota")
_LIMIT = re.compile(r"\b(maximum|minimum|max limit to request ratio)\b.*\b(per (Container|Pod)|but (no )?(limit|request))", re.IGNORECASE)
_WEBHOOK = re.compile(r'admission webhook "[^"]*"|failed calling webhook')

Cause = Literal["", "PodSecurity", "Quota", "LimitRange", "Webhook", "Invalid", "Forbidden", "Claim", "Other"]


@dataclass(frozen=True)
class PodVerdict:
    """accepted, refused, or unavailable: the cluster could not say. `message` is its own words, made safe; `details` the single faults.
    Of a `Claim` admission says nothing: that cause is for callers who looked at the claim.

    `pod` is the pod as the cluster would have stored it, with its defaults; None unless it was accepted.
    """

    verdict: Literal["accepted", "refused", "unavailable"]
    cause: Cause = ""
    message: str = ""
    details: tuple[str, ...] = ()
    pod: dict[str, Any] | None = None


def try_pod(api: Api, manifest: dict[str, Any], *, deadline: Deadline | None = None) -> PodVerdict:
    """Tries one pod in its namespace, under another name; nothing is kept. Raises Unreachable, DeadlinePassed and ValueError (no Pod)."""
    if (manifest.get("apiVersion"), manifest.get("kind")) != ("v1", "Pod"):
        raise ValueError(f"{manifest.get('kind')} is no Pod.")
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "name"}
    body = {**manifest, "metadata": {**metadata, "generateName": "slipway-trial-"}}
    path = collection_path("v1", "Pod", metadata["namespace"])
    try:
        return PodVerdict("accepted", pod=api.request("POST", path, query=QUERY, body=body, deadline=deadline))
    except ApiError as error:
        return _verdict(error)


def _verdict(error: ApiError) -> PodVerdict:
    cause, details = _cause(error)
    # A webhook that knows no dry run, a busy server, a namespace that is not there: none of it says anything about the pod.
    unsaid = error.retryable or error.not_found or "does not support dry run" in error.message
    return PodVerdict("unavailable" if unsaid else "refused", cause, error.message, details)


def _cause(error: ApiError) -> tuple[Cause, tuple[str, ...]]:
    if violations := _VIOLATIONS.search(error.message):
        return "PodSecurity", _separate(violations["details"])
    if any(words in error.message for words in _QUOTA):
        return "Quota", ()
    if _WEBHOOK.search(error.message):
        return "Webhook", ()
    if _LIMIT.search(error.message):
        return "LimitRange", ()
    if error.status == 422:
        return "Invalid", tuple(f"{cause.get('field', '')}: {cause.get('message', '')}" for cause in error.causes)
    return "Forbidden" if error.status == 403 else "Other", ()


def _separate(text: str) -> tuple[str, ...]:
    """Pod Security's violations, which are separated by commas outside of brackets."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    return tuple(part.strip() for part in [*found, text[start:]] if part.strip())
