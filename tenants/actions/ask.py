"""Asking for a namespace, and changing what was asked."""

from django.utils.translation import gettext as _

from accounts.models import Team, User
from approvals.actions import open_request, revise_request
from approvals.models import Request
from audit.action import action
from audit.errors import Conflict
from tenants.environments import Environment
from tenants.wish import NamespaceWish


@action("namespace.request")
def request_namespace(*, actor: User, team: Team, wish: NamespaceWish, justification: str) -> Request:
    """Opens a request for a namespace. Raises PermissionDenied, ValidationError (per field), Conflict (another team asks for the name)."""
    title = f"Namespace {wish.name}" + ("" if wish.environment == Environment.DEVELOPMENT else f" for {wish.environment}")
    return open_request(
        actor=actor, kind="namespace", team=team, subject=wish.subject, title=title, wanted=wish.dump(), justification=justification
    )


@action("namespace.revise_request")
def revise_namespace_request(*, actor: User, request: Request, wish: NamespaceWish, justification: str, seen_version: int) -> Request:
    """Changes the numbers of an open request; its cluster and name stay. Raises as `request_namespace` does, Conflict when stale."""
    if wish.subject != request.subject:
        raise Conflict(_("The name and the cluster of a request stay. Withdraw it and ask anew for another name."), code="subject_fixed")
    return revise_request(actor=actor, request=request, wanted=wish.dump(), justification=justification, seen_version=seen_version)
