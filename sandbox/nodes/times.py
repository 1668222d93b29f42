"""Times of the API as seconds since the epoch, and back."""

from datetime import UTC, datetime


def seconds_of(text: str) -> float:
    """Of `2026-01-31T12:00:00Z`, with or without fractions."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def text_of(seconds: float) -> str:
    """To the second, as metav1.Time is written."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
