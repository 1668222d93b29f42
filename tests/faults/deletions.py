"""Waiting for what the cluster's controllers do in their own time."""

import time
from collections.abc import Callable

from tenants.models import Namespace


def wait_for(happened: Callable[[], object], seconds: float) -> float:
    """Until it has happened; returns after how many seconds. AssertionError when it does not."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began


def removed(namespace: Namespace) -> bool:
    """Whether the portal says that it is gone."""
    return Namespace.objects.get(pk=namespace.pk).deleted_at is not None
