"""Deploying: at once where the policy lets, else as a request that an approver decides. One way for new ones and for changes."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.actions import open_request, revise_request
from approvals.models import Request
from audit.action import action
from audit.errors import Conflict
from deployments.actions.place import hold, place
from deployments.checks import findings, refuse
from deployments.checks.subject import Subject
from deployments.models import ModelDeployment
from deployments.policies import approval_reasons, may_deploy
from deployments.queries import standing_deployment, version_of
from deployments.wish import DeploymentWish
from tenants.models import Namespace


class Placed(NamedTuple):
    """What became of a wish: a deployment that is being made equal to it, or a request that waits for a decision."""

    deployment: ModelDeployment | None
    request: Request | None


@action("deployment.deploy")
def deploy(
    *,
    actor: User,
    namespace: Namespace,
    wish: DeploymentWish,
    reason: str,
    confirmed: bool = False,
    seen_revision: int | None = None,
    prompted_by: User | None = None,
) -> Placed:
    """Deploys, or asks for it; what serves already stays as it is.

    `seen_revision` is the number that the caller saw serving (0 for none); None does not ask.
    `confirmed` deploys although it would not start at present; `prompted_by` is that of `open_request`. Raises PermissionDenied,
    ValidationError (per field), Conflict (stale, would_not_start, rollout_running).
    """
    if not may_deploy(actor, namespace):
        raise PermissionDenied(_("You can deploy for a team only as its member or owner."))
    hold(namespace, wish.name)
    subject = subject_for(namespace, wish)
    _insist_on(subject, seen_revision)
    refuse(findings(subject), confirmed=confirmed)
    if _repeats(subject):
        return Placed(subject.standing, None)
    if reasons := approval_reasons(namespace, wish, subject.version):
        return Placed(None, _ask(actor, subject, reason, reasons, prompted_by))
    return Placed(place(actor=actor, namespace=namespace, wish=wish, reason=reason), None)


def subject_for(namespace: Namespace, wish: DeploymentWish) -> Subject:
    """What the checks look at."""
    return Subject(namespace, wish, standing_deployment(namespace, wish.name), version_of(wish.spec.source))


def _insist_on(subject: Subject, seen: int | None) -> None:
    stands = subject.standing.revision.number if subject.standing and subject.standing.revision else 0
    if stands and seen == 0:
        message = _("A deployment “%(name)s” stands in %(namespace)s already. Choose another name, or change that one.")
        raise Conflict(message % {"name": subject.wish.name, "namespace": subject.wish.namespace}, code="name_taken")
    if seen is not None and seen != stands:
        message = _("You saw revision %(seen)s serving, it is now %(now)s. Reload and decide on what stands.")
        raise Conflict(message % {"seen": seen, "now": stands}, code="stale_revision")


def _repeats(subject: Subject) -> bool:
    """Whether just this serves: a revision that repeats it would be a line of history that says nothing."""
    stands, wish = subject.standing, subject.wish
    is_same = stands is not None and stands.revision is not None and wish.spec == stands.revision.spec and wish.follows == stands.follows
    return is_same and not wish.trial


def _ask(actor: User, subject: Subject, reason: str, reasons: list[str], prompted_by: User | None) -> Request:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: an approver decides this. %(reasons)s") % {"reasons": " ".join(reasons)}})
    standing = subject.standing
    original = {"revision": standing.revision.number, "spec": standing.revision.content} if standing and standing.revision else None
    wish = subject.wish
    return open_request(
        actor=actor,
        kind="deployment",
        team=subject.namespace.team,
        subject=wish.subject,
        title=f"Deploy {str(wish.spec.source)[:80]} as {wish.namespace}/{wish.name}",
        wanted=wish.dump(),
        justification=reason,
        original=original,
        prompted_by=prompted_by,
    )


@action("deployment.revise_request")
def revise_wish(*, actor: User, request: Request, wish: DeploymentWish, reason: str, seen_version: int) -> Request:
    """Changes what an open request asks; place and name stay. Raises as `deploy` does, Conflict when stale."""
    if wish.subject != request.subject:
        raise Conflict(_("The namespace and the name of a request stay. Withdraw it and ask anew."), code="subject_fixed")
    return revise_request(actor=actor, request=request, wanted=wish.dump(), justification=reason, seen_version=seen_version)
