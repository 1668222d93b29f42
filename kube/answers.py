"""What an answer means: its JSON, or the error that it stands for."""

from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import orjson

from kube.errors import ApiError, Unreachable

LONGEST_RETRY_AFTER = 300.0


def decoded(data: bytes) -> dict[str, Any]:
    """The JSON object of a successful answer. Raises Unreachable for anything else."""
    try:
        body = orjson.loads(data)
    except ValueError as error:
        raise Unreachable("The answer is not JSON; something else than an API server answers at this address.") from error
    if not isinstance(body, dict):
        raise Unreachable("The answer is not an object; something else than an API server answers at this address.")
    return body


def raise_for(status: int, data: bytes, headers: Any) -> NoReturn:
    """Raises the error that an answer stands for: ApiError with a Status, Unreachable when a gateway spoke."""
    try:
        body = orjson.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict) or body.get("kind") != "Status":
        _raise_without_status(status, data, headers)
    details = body.get("details") or {}
    retry_after = retry_after_of(headers.get("Retry-After"), headers.get("Date"))
    if retry_after is None and details.get("retryAfterSeconds"):
        retry_after = min(float(details["retryAfterSeconds"]), LONGEST_RETRY_AFTER)
    raise ApiError(status, body.get("reason") or "", body.get("message") or "", details.get("causes"), retry_after, details)


def _raise_without_status(status: int, data: bytes, headers: Any) -> NoReturn:
    if status in (502, 503, 504) or status < 400:
        raise Unreachable(f"A gateway answered {status} in place of the cluster's API server.")
    text = data.decode(errors="replace").strip()
    # A plain-text 404 is a path that the server does not serve: the same as a kind that it does not know.
    reasons = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests", 500: "InternalError"}
    raise ApiError(status, reasons.get(status, ""), text, retry_after=retry_after_of(headers.get("Retry-After"), headers.get("Date")))


def retry_after_of(value: str | None, now: str | None = None) -> float | None:
    """Seconds of a Retry-After header, given as seconds or as a date (against the answer's own Date), at most 300."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until, since = date_of(value), date_of(now)
        if until is None or since is None:
            return None
        seconds = until - since
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if seconds == seconds else None


def date_of(value: str | None) -> float | None:
    """An HTTP date as seconds since the epoch, or None."""
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (TypeError, ValueError):
        return None
