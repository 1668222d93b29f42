"""How long a failed row rests."""

import random

from django.conf import settings


def rest_after(failures: int, retry_after: float = 0.0) -> float:
    """Seconds until the next attempt after the n-th failure in a row (n >= 1): exponential from the base to the cap, a
    random half of it taken off so that rows that failed together do not return together, and never before the server's Retry-After."""
    base: float = settings.SLIPWAY["BACKOFF_BASE_SECONDS"]
    cap: float = settings.SLIPWAY["BACKOFF_CAP_SECONDS"]
    ceiling: float = min(cap, base * 2 ** min(failures - 1, 30))
    return max(retry_after, ceiling * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
