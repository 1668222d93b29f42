"""The lists of requests as pages and REST show them."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Team, User
from accounts.policies import sees_everything
from approvals.models import Request
from approvals.policies import decides
from approvals.states import State
from approvals.streaming import EVERY_TEAM, team_topic

TABS = ("open", "mine", "needs-me", "decided")


def awaiting(user: User, requests: QuerySet[Request]) -> QuerySet[Request]:
    """What waits for this person: for one who decides, others' open requests; for one who asked, those sent back with a wish."""
    mine = Q(requester=user, changes_wanted=True)
    others = ~Q(requester=user) & ~Q(prompted_by=user) & Q(changes_wanted=False) if decides(user) else Q(pk__in=[])
    return requests.filter(mine | others, state=State.PENDING)


def tab(user: User, name: str) -> QuerySet[Request]:
    """The requests of one tab of the list, newest first, with what a row shows already joined."""
    seen = Request.objects.visible_to(user).select_related("team", "requester", "prompted_by", "decided_by")
    if name == "mine":
        return seen.asked_by(user)
    if name == "needs-me":
        return awaiting(user, seen)
    return seen.decided() if name == "decided" else seen.pending()


def tab_counts(user: User) -> dict[str, int]:
    """How many requests each tab holds."""
    return {name: tab(user, name).count() for name in TABS}


def topics_for(user: Any) -> frozenset[str]:
    """The streams of requests that this person may follow: one per team, since an event tells that a request exists and where it stands."""
    if sees_everything(user):
        return frozenset({EVERY_TEAM})
    return frozenset(team_topic(pk) for pk in Team.objects.visible_to(user).values_list("pk", flat=True))
