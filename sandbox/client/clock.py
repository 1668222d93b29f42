"""Times as the API writes them."""

from datetime import UTC, datetime


def now() -> str:
    """This second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now_micro() -> str:
    """This microsecond, as leases and newer events have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds_since(timestamp: str) -> float:
    """How long a time of the API is ago; negative if it is still to come."""
    return (datetime.now(UTC) - datetime.fromisoformat(timestamp)).total_seconds()
