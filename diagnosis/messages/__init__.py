"""Reads the cluster's words into facts. One file per family of messages; pure functions of reason and message, without a database."""

from diagnosis.messages import (
    admission,
    images,
    jobs,
    kinds,
    limit_range,
    models,
    nodes,
    pod_security,
    probes,
    quota,
    scheduler,
    starts,
    volumes,
    webhooks,
)
from diagnosis.messages.exits import read_exit
from diagnosis.messages.fact import Amount, Fact, fact
from diagnosis.messages.models import read_last_words

# A webhook may say no in any words, also in those of another family: what it denied is asked first.
FAMILIES = (
    webhooks.read,
    scheduler.read,
    quota.read,
    pod_security.read,
    limit_range.read,
    images.read,
    volumes.read,
    starts.read,
    probes.read,
    nodes.read,
    jobs.read,
    kinds.read,
    admission.read,
    models.read,
)

__all__ = ["Amount", "Fact", "fact", "read", "read_exit", "read_last_words"]


def read(reason: str, message: str) -> list[Fact]:
    """What the first family that knows such words reads out of them; nothing of words that none knows."""
    return next((found for family in FAMILIES if (found := family(reason, message))), [])
