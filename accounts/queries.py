"""What a person may read of rows that are not asked for by team."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts import policies
from accounts.models import ApiToken, Membership, Team, User
from audit.models import Entry


def teams_with_counts(user: Any) -> QuerySet[Team]:
    """The visible teams, each with `member_count` and, in `own_memberships`, the user's own membership."""
    own = Membership.objects.filter(user=user) if policies.is_active(user) else Membership.objects.none()
    return (
        Team.objects.visible_to(user)
        .annotate(member_count=Count("memberships", filter=Q(memberships__user__is_active=True)))
        .prefetch_related(Prefetch("memberships", queryset=own, to_attr="own_memberships"))
    )


def visible_users(user: Any) -> QuerySet[User]:
    """Admins see every person, others themselves."""
    people = User.objects.prefetch_related("platform_roles").order_by("username")
    if policies.is_admin(user):
        return people
    return people.filter(pk=user.pk) if policies.is_active(user) else people.none()


def visible_tokens(user: Any) -> QuerySet[ApiToken]:
    """The person's own tokens, newest first."""
    return ApiToken.objects.filter(user=user) if policies.is_active(user) else ApiToken.objects.none()


def visible_entries(user: Any) -> QuerySet[Entry]:
    """Admins and auditors read every audit entry, others those of their teams and their own."""
    entries = Entry.objects.select_related("actor")
    if policies.reads_whole_audit(user):
        return entries
    if not policies.is_active(user):
        return entries.none()
    own_teams = Membership.objects.filter(user=user).values("team__name")
    return entries.filter(Q(actor=user) | Q(team_name__in=own_teams))
