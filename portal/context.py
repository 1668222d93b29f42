"""What the shell around every page shows: the rail, who is signed in, and what is true of the clusters right now."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from accounts.caller import caller
from accounts.models import Membership, PlatformRole
from clusters.models import Cluster
from portal.navigation import Section, sections


class Shell:
    """Asks the database only for what the template shows."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def signed_in(self) -> bool:
        """Whether there is a rail at all."""
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @cached_property
    def sections(self) -> list[Section]:
        """The rail's groups."""
        match = self.request.resolver_match
        place = (match.view_name, tuple(match.kwargs.values()) or match.args) if match else ("", ())
        return sections(caller(self.request), *place)

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Those that every signed-in person sees, for the banners."""
        return list(Cluster.objects.visible_to(self.request.user).defer("kubeconfig", "network_profile", "capabilities"))

    @cached_property
    def sandboxes(self) -> list[Cluster]:
        """Clusters that are no real ones: the pages say so."""
        return [cluster for cluster in self.clusters if cluster.is_sandbox]

    @cached_property
    def stale(self) -> list[Cluster]:
        """Clusters whose data on the pages is older than it should be."""
        return [cluster for cluster in self.clusters if cluster.stale_since or cluster.breaker_opened_at]

    @cached_property
    def roles(self) -> list[str]:
        """The words below the person's name: platform roles, else the first team with its role."""
        user = caller(self.request)
        names = [row.get_role_display() for row in PlatformRole.objects.filter(user=user)]
        teams = [f"{row.get_role_display()} · {row.team.name}" for row in Membership.objects.filter(user=user).select_related("team")[:2]]
        return names + teams


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": Shell(request)}
