"""How the deployments of a person's teams do, in a few numbers, and those that need somebody."""

from collections import Counter
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import User
from deployments.health import NEEDS_SOMEBODY, STATES, TONES, Health, healths
from deployments.models import ModelDeployment
from deployments.queries import deployments_seen_by

MOST = 500
SHOWN = 8


@dataclass(frozen=True)
class Count:
    """So many are in this state."""

    state: str
    word: "str | Promise"
    tone: str
    number: int


@dataclass(frozen=True)
class Attention:
    """`counts` by state in the order of the list's filter; `rows` need somebody, or are being rolled out."""

    counts: list[Count]
    rows: list[tuple[ModelDeployment, Health]]


def attention(user: User) -> Attention:
    """Of the teams to which the person belongs: other teams' are not theirs to look after."""
    mine = deployments_seen_by(user).filter(namespace__team__memberships__user=user, deleted_at__isnull=True).order_by("name")
    rows = list(mine[:MOST])
    health = healths(rows)
    numbers = Counter(each.state for each in health.values())
    counts = [Count(state, word, TONES.get(state, "off"), numbers[state]) for state, word in STATES.items() if numbers[state]]
    return Attention(counts, [(row, health[row.pk]) for row in rows if health[row.pk].state in (*NEEDS_SOMEBODY, "rolling")][:SHOWN])
