"""The query parameters of lists and watches that say which state is meant, and how long a watch lasts."""

from collections.abc import Iterator

from sandbox.api.request import Request
from sandbox.kinds.errors import Cause, bad_request, invalid_options, unsupported

EXACT, NOT_OLDER = "Exact", "NotOlderThan"


def check_list_options(request: Request) -> None:
    """Raise 422 for a resourceVersionMatch or sendInitialEvents that makes no sense for a list."""
    _refuse(_problems_of_list(request))


def check_watch_options(request: Request) -> None:
    """The same for a watch."""
    _refuse(_problems_of_watch(request))


def exact_version(request: Request) -> int | None:
    """The version whose state a list shall show, or None for the newest. As in etcd, a page of an old version is meant exactly."""
    version, match = number(request, "resourceVersion"), request.option("resourceVersionMatch")
    is_exact = match == EXACT or (not match and number(request, "limit") > 0)
    return version if version and is_exact else None


def number(request: Request, name: str) -> int:
    """A number, 0 if it is missing; raises 400 for what is none."""
    text = request.option(name) or "0"
    try:
        return int(text)
    except ValueError as error:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from error


def version_of(request: Request) -> int:
    """resourceVersion, 0 if it is missing; raises 400 for what is none."""
    text = request.option("resourceVersion") or "0"
    if not text.isdigit():
        raise bad_request(f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


def _refuse(problems: Iterator[Cause]) -> None:
    if causes := list(problems):
        raise invalid_options("ListOptions", causes)


def _problems_of_list(request: Request) -> Iterator[Cause]:
    match, version = request.option("resourceVersionMatch"), request.option("resourceVersion")
    if match:
        if not version:
            yield _forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
        yield from _problems_of_match(request, match, (EXACT, NOT_OLDER))
        if match == EXACT and version == "0":
            yield _forbidden("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if "sendInitialEvents" in request.query:
        yield _forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")


def _problems_of_watch(request: Request) -> Iterator[Cause]:
    match, has_initial = request.option("resourceVersionMatch"), "sendInitialEvents" in request.query
    if has_initial and match != NOT_OLDER:
        yield _forbidden("resourceVersionMatch", f"sendInitialEvents requires setting resourceVersionMatch to {NOT_OLDER}")
    if match:
        if not has_initial:
            yield _forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        yield from _problems_of_match(request, match, (NOT_OLDER,))


def _problems_of_match(request: Request, match: str, allowed: tuple[str, ...]) -> Iterator[Cause]:
    if request.option("continue"):
        yield _forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
    if match not in allowed:
        yield unsupported("resourceVersionMatch", match, (*allowed, ""))


def _forbidden(field: str, why: str) -> Cause:
    return Cause(field, f"Forbidden: {why}", "FieldValueForbidden")
