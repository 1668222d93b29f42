"""S31: every mutation is an action; each, done once, leaves exactly one audit entry, and refused, one of the refusal."""

import ast
import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Membership
from approvals import actions as approvals
from audit.models import Entry
from clusters.actions import change_cluster, change_flavor, declare_flavor, set_ceiling
from clusters.bootstrap.register import _connect_cluster
from clusters.models import CapacityAccount, GpuFlavor
from tenants import actions as tenants
from tenants.actions.grants import end_grant
from tenants.models import Grant
from tests.tenancy import make_wish

ROOT = Path(__file__).parents[2]
PACKAGES = ("accounts", "approvals", "audit", "clusters", "portal", "reconcile", "rest", "tenants")
# Public functions of the actions modules that are no action of their own, and in whose transaction they run.
PARTS = {
    "accounts.actions.insert.insert": "of whatever makes a row",
    "accounts.actions.permission.require": "asks, changes nothing",
    "accounts.actions.sessions.end_sessions": "of set_platform_role and deactivate_user",
    "accounts.actions.sessions.end_tokens": "of deactivate_user",
    "accounts.actions.roles.keep_an_admin": "asks, changes nothing",
    "accounts.actions.users.check_password_strength": "asks, changes nothing",
    "approvals.actions.outcome.mark_attempt": "what an attempt means for a request; told by mark_outcome",
    "approvals.actions.outcome.mark_outcome": "of the engine's outcome; told in the request's story",
    "tenants.actions.create.create_namespace": "of approve_request",
    "tenants.actions.delete.note_removed": "of the engine's outcome; leaves an entry of the system",
    "tenants.actions.grants.end_due_grants": "calls end_grant for each",
    "tenants.actions.refresh.refresh_team": "of the change of a membership",
}
SEEN = {"seen_version": 1}


def functions():
    """Module and function of every top-level public function in the actions modules, with the name of its action or None."""
    for package in PACKAGES:
        for path in [*(ROOT / package).glob("actions.py"), *(ROOT / package / "actions").glob("*.py")]:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{module}.{node.name}", action_of(node)


def action_of(node):
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "action"]
    return calls[0].args[0].value if calls and calls[0].args else None


def every_action():
    """The names of all actions, wherever they stand."""
    names = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            names |= {action_of(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)} - {None}
    return names


def test_every_function_that_changes_something_is_an_action():
    assert {name for name, action in functions() if action is None} == set(PARTS)


def flavor(world):
    return GpuFlavor.objects.filter(cluster=world.cluster).first()


def account(world):
    return CapacityAccount.objects.get(cluster=world.cluster, key="cpu")


def due_grant(world):
    amount = {"cpu": 0, "memory": 0, "storage": 0, "gpus": {}}
    past = timezone.now() - dt.timedelta(hours=1)
    return Grant.objects.create(namespace=world.namespace, resources=amount, ends_at=past)


def who(world, name):
    return world.people[name]


# Action: who does it and how; what the entry is called; who may not, and is recorded (None: nobody is refused by it).
DONE = {
    "user.create": ("ada", lambda w, a: accounts.create_user(actor=a, username="newcomer"), "user.create", "alice"),
    "user.deactivate": ("ada", lambda w, a: accounts.deactivate_user(actor=a, user=who(w, "tess")), "user.deactivate", "alice"),
    "user.reactivate": ("ada", lambda w, a: accounts.reactivate_user(actor=a, user=who(w, "gina")), "user.reactivate", "alice"),
    "user.change_password": (
        "tess",
        lambda w, a: accounts.change_password(actor=a, user=who(w, "tess"), password="a brand new password 42"),
        "user.change_password",
        "alice",
    ),
    "team.create": ("ada", lambda w, a: accounts.create_team(actor=a, name="robotics"), "team.create", "alice"),
    "team.update": ("alice", lambda w, a: accounts.update_team(actor=a, team=w.request.team, display_name="Sight"), "team.update", "bob"),
    "token.create": (
        "alice",
        lambda w, a: accounts.create_token(actor=a, user=who(w, "alice"), name="t", scopes=["read"]),
        "token.create",
        "bob",
    ),
    "token.revoke": ("alice", lambda w, a: accounts.revoke_token(actor=a, token=w.tokens["alice"]), "token.revoke", "bob"),
    "membership.set": (
        "alice",
        lambda w, a: accounts.set_membership(actor=a, team=w.request.team, user=who(w, "nora"), role="viewer"),
        "membership.set",
        "bob",
    ),
    "membership.remove": (
        "alice",
        lambda w, a: accounts.remove_membership(actor=a, team=w.request.team, user=who(w, "vic")),
        "membership.remove",
        "bob",
    ),
    "platform_role.set": (
        "ada",
        lambda w, a: accounts.set_platform_role(actor=a, user=who(w, "nora"), role="auditor", granted=True),
        "platform_role.set",
        "dana",
    ),
    "request.open": (
        "bob",
        lambda w, a: approvals.open_request(
            actor=a,
            kind="namespace",
            team=w.request.team,
            subject="namespace/fra-1/a-new",
            title="t",
            wanted=make_wish(name="a-new").dump(),
            justification="x",
        ),
        "request.opened",
        "carol",
    ),
    "namespace.request": (
        "bob",
        lambda w, a: tenants.request_namespace(actor=a, team=w.request.team, wish=make_wish(name="b-new"), justification="x"),
        "request.opened",
        "vic",
    ),
    "request.revise": (
        "alice",
        lambda w, a: approvals.revise_request(actor=a, request=w.request, wanted=w.request.requested, justification="y", **SEEN),
        "request.revised",
        "bob",
    ),
    "namespace.revise_request": (
        "alice",
        lambda w, a: tenants.revise_namespace_request(
            actor=a, request=w.request, wish=make_wish(name=w.request.subject.rpartition("/")[2]), justification="y", **SEEN
        ),
        "request.revised",
        "bob",
    ),
    "request.withdraw": ("alice", lambda w, a: approvals.withdraw_request(actor=a, request=w.request), "request.withdrawn", "bob"),
    "request.comment": (
        "bob",
        lambda w, a: approvals.comment_on_request(actor=a, request=w.request, body="hello"),
        "request.commented",
        "vic",
    ),
    "request.refresh_plan": ("bob", lambda w, a: approvals.refresh_plan(actor=a, request=w.request), "request.refresh_plan", "carol"),
    "request.approve": (
        "dana",
        lambda w, a: approvals.approve_request(actor=a, request=w.request, confirmed=True, **SEEN),
        "request.approved",
        "alice",
    ),
    "request.reject": (
        "dana",
        lambda w, a: approvals.reject_request(actor=a, request=w.request, reason="no", **SEEN),
        "request.rejected",
        "alice",
    ),
    "request.ask_for_changes": (
        "dana",
        lambda w, a: approvals.ask_for_changes(actor=a, request=w.request, reason="less", **SEEN),
        "request.changes_asked",
        "alice",
    ),
    "namespace.retry": ("bob", lambda w, a: tenants.retry_namespace(actor=a, namespace=w.namespace), "request.retried", "vic"),
    "namespace.delete": (
        "alice",
        lambda w, a: tenants.delete_namespace(actor=a, namespace=w.namespace, confirm=w.namespace.name),
        "namespace.delete",
        "bob",
    ),
    "grant.end": (None, lambda w, a: end_grant(actor=None, grant_id=due_grant(w).pk), "grant.end", None),
    "cluster.change": ("ada", lambda w, a: change_cluster(actor=a, cluster=w.cluster, display_name="Frankfurt"), "cluster.change", "dana"),
    "capacity.set_ceiling": ("ada", lambda w, a: set_ceiling(actor=a, account=account(w), ceiling=300_000), "capacity.set_ceiling", "dana"),
    "flavor.declare": ("ada", lambda w, a: declare_flavor(actor=a, cluster=w.cluster, name="b200", cards=4), "flavor.declare", "dana"),
    "flavor.change": ("ada", lambda w, a: change_flavor(actor=a, flavor=flavor(w), runtime_class="nvidia"), "flavor.change", "dana"),
    "cluster.connect": (
        None,
        lambda w, a: _connect_cluster(
            actor=None, cluster=w.cluster, kubeconfig={}, expires_at=timezone.now(), described={"version": "v1.34.0"}
        ),
        "cluster.connect",
        None,
    ),
}


def test_every_action_is_exercised_here():
    assert set(DONE) == every_action()


@pytest.mark.parametrize("name", DONE)
def test_an_accepted_change_leaves_exactly_one_entry(world, name):
    doer, act, called, _stranger = DONE[name]
    before = set(Entry.objects.values_list("pk", flat=True))
    act(world, world.people[doer] if doer else None)
    entry = Entry.objects.exclude(pk__in=before).get()
    assert (entry.action, entry.outcome, entry.actor_name) == (called, "accepted", doer or "system")
    assert entry.subject_kind and entry.subject_id


@pytest.mark.parametrize("name", [name for name, line in DONE.items() if line[3]])
def test_a_refused_attempt_leaves_exactly_one_entry_and_nothing_else(world, name):
    _doer, act, _called, stranger = DONE[name]
    before, memberships = set(Entry.objects.values_list("pk", flat=True)), Membership.objects.count()
    with pytest.raises(PermissionDenied):
        act(world, world.people[stranger])
    entry = Entry.objects.exclude(pk__in=before).get()
    assert (entry.action, entry.outcome, entry.actor_name) == (name, "denied", stranger)
    assert Membership.objects.count() == memberships


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = 'nobody'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET outcome = 'accepted' WHERE id = (SELECT max(id) FROM audit_entry)",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(world, statement):
    before = list(Entry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(actor_name="nobody")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()
    assert list(Entry.objects.values()) == before
