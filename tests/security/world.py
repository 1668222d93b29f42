"""Two teams, one person of each role, and one row of everything: what the access table is asked about."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import ApiToken, User
from approvals.models import Request
from audit.models import Entry
from clusters.models import Cluster, Drift, Event, Node, Pod
from registry.actions import set_tag
from registry.models import Change, RegisteredModel, Registry
from tenants.models import Namespace
from tests.deploying import make_version
from tests.factories import make_team, make_token, make_user
from tests.security.client import AnyClient
from tests.security.served import Served, make_served
from tests.security.state import State, state
from tests.tenancy import approve, ask, make_cluster, make_wish

CANARY = "canary-of-vision"
# Role: who it is, and with which scopes when they come with a token instead of a session.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "anon": ("", ()),
    "nobody": ("nora", ()),
    "viewer": ("vic", ()),
    "member": ("bob", ()),
    "owner": ("alice", ()),
    "other": ("carol", ()),
    "approver": ("dana", ()),
    "admin": ("ada", ()),
    "auditor": ("otto", ()),
    "owner:r": ("alice", ("read",)),
    "owner:rw": ("alice", ("read", "write")),
    "approver:rw": ("dana", ("read", "write")),
    "approver:rd": ("dana", ("read", "decide")),
}


@dataclass
class World:
    """`request` waits for a decision and `namespace` stands; both are vision's and alice asked for them."""

    people: dict[str, User]
    cluster: Cluster
    request: Request
    namespace: Namespace
    tokens: dict[str, ApiToken]
    entry: Entry
    keys: dict[str, str]
    served: Served
    change: Change

    @cached_property
    def state(self) -> State:
        """Every table before anything is asked."""
        return state()

    def client(self, role: str, *, csrf: bool = False) -> AnyClient:
        """A browser or a script of that role, as if it had signed in or made its token long ago."""
        name, scopes = ROLES[role]
        client = AnyClient(enforce_csrf_checks=csrf)
        if scopes:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.keys[role]}")
        elif name:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
        return client


def make_world() -> World:
    """The rows; requests and decisions go through the actions."""
    people = _people()
    cluster = make_cluster(kubeconfig="kubeconfig-canary")
    alice, vision = people["alice"], make_team("vision")
    namespace = approve(ask(alice, vision, make_wish(cluster, f"{CANARY}-prod"), f"{CANARY} justifies"), people["dana"])
    request = ask(alice, vision, make_wish(cluster, f"{CANARY}-new"), f"{CANARY} justifies")
    target = approve(ask(alice, vision, make_wish(cluster, f"{CANARY}-next"), f"{CANARY} justifies"), people["dana"])
    served = make_served(namespace, target, alice, CANARY)
    change = _registered(served, alice)
    _observed(cluster, namespace)
    tokens = {name: make_token(people[name], "read", "write")[0] for name in ("alice", "carol", "dana", "tess")}
    entry = Entry.objects.filter(team_name="vision").earliest("id")
    keys = {role: _key(people[name], scopes) for role, (name, scopes) in ROLES.items() if name}
    return World(people, cluster, request, namespace, tokens, entry, keys, served, change)


def _registered(served: Served, alice: User) -> Change:
    """A registry, a second version of the model that is served, a tag, and a change that waits."""
    Registry.adopt("http://registry.test")
    make_version(served.version.model)
    RegisteredModel.objects.update(description=f"{CANARY} describes", tags={"field": CANARY})
    model = RegisteredModel.objects.get(pk=served.version.model_id)
    return set_tag(actor=alice, model=model, key="noted", value=CANARY)


def _key(person: User, scopes: tuple[str, ...]) -> str:
    """A token's plaintext, or the key of a session."""
    if scopes:
        return make_token(person, *scopes, expires_in=timedelta(days=60))[1]
    browser = AnyClient()
    browser.force_login(person)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _people() -> dict[str, User]:
    make_team("vision", display_name=f"{CANARY} team")
    return {
        user.username: user
        for user in (
            make_user("nora"),
            make_user("vic", {"vision": "viewer"}),
            make_user("bob", {"vision": "member"}),
            make_user("alice", {"vision": "owner"}),
            make_user("carol", {"speech": "owner"}),
            make_user("dana", platform_roles=["approver"]),
            make_user("ada", platform_roles=["admin"], is_staff=True),
            make_user("otto", platform_roles=["auditor"]),
            make_user("gina", is_active=False),
            make_user("tess", {"speech": "viewer"}, platform_roles=["auditor"]),
        )
    }


def _observed(cluster: Cluster, namespace: Namespace) -> None:
    where: dict[str, Any] = {"cluster": cluster, "namespace": namespace.name}
    now = timezone.now()
    Node.objects.create(cluster=cluster, name="node-1", uid="n", observed_at=now)
    Pod.objects.create(uid=f"{CANARY}-1", name=f"{CANARY}-pod", phase="Pending", containers=["main"], observed_at=now, **where)
    about = {"involved_kind": "Pod", "involved_name": f"{CANARY}-pod", "reason": "Failed", "message": f"{CANARY} event"}
    Event.objects.create(uid=f"{CANARY}-2", name="event", last_at=now, **about, **where)
    drifted = {"owner_kind": "namespace", "owner_pk": namespace.pk, "api_version": "v1", "kind": "ResourceQuota", "name": "slipway-quota"}
    Drift.objects.create(found="changed", manager="kubectl", **drifted, **where)
