"""One team with its owner, one approver, one cluster with cards, and namespaces that were asked for and approved."""

import itertools
from dataclasses import dataclass
from typing import Any

from accounts.models import Team, User
from approvals.models import Request
from clusters.actions import declare_flavor
from clusters.models import Cluster
from tenants.models import Namespace
from tests.factories import make_user
from tests.tenancy import approve, ask, make_wish

_numbers = itertools.count(1)


@dataclass
class Cast:
    """Who is there."""

    cluster: Cluster
    team: Team
    alice: User
    dana: User

    def ask(self, name: str = "", **changes: Any) -> Request:
        """Alice asks for a namespace."""
        return ask(self.alice, self.team, make_wish(self.cluster, name or f"vision-f{next(_numbers)}", **changes))

    def namespace(self, name: str = "", **changes: Any) -> Namespace:
        """A namespace that Dana has approved; due, not yet applied."""
        return approve(self.ask(name, **changes), by=self.dana)


def assemble(cluster: Cluster, cards: int = 500) -> Cast:
    """Everybody."""
    alice, dana = make_user("alice", {"vision": "owner"}), make_user("dana", platform_roles=["approver"])
    make_user("bob", {"vision": "member"})
    admin = make_user("root", platform_roles=["admin"])
    declare_flavor(actor=admin, cluster=cluster, name="h100", resource_name="nvidia.com/gpu", cards=cards)
    return Cast(cluster, alice.memberships.get().team, alice, dana)
