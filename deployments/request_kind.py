"""A deployment as a kind of request: what is valid, what a yes would do, and what it becomes."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from approvals.models import Request
from approvals.registry import RequestKind
from audit.errors import Conflict
from clusters.breaker import is_open, open_breaker
from deployments.actions.ask import subject_for
from deployments.actions.place import hold, place
from deployments.checks import findings, refuse
from deployments.queries import standing_deployment
from deployments.verdicts import verdicts
from deployments.wish import DeploymentWish
from kube.deadline import Deadline
from kube.errors import Unreachable
from reconcile.attempt import Attempt
from tenants.models import Namespace

CHANGEABLE = ("minimum", "maximum")


class DeploymentRequest(RequestKind):
    """Asks for a deployment, or for the next revision of one."""

    name = "deployment"

    def validate(self, request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
        """The wish, if it can stand; what would only have to wait is the approver's to weigh."""
        wish = DeploymentWish.load(wanted)
        refuse(findings(subject_for(namespace_of(wish), wish)), confirmed=True)
        return wish.dump()

    def parse_decision(self, request: Request, written: dict[str, Any]) -> dict[str, Any]:
        """The wish with other numbers of replicas."""
        if unknown := sorted(set(written) - set(CHANGEABLE)):
            message = _("This cannot be decided otherwise; it can be: %(known)s.") % {"known": ", ".join(CHANGEABLE)}
            raise ValidationError({key: [message] for key in unknown})
        return with_replicas(DeploymentWish.load(request.requested), written).dump()

    def plan(self, request: Request, attempt: Attempt) -> list[dict[str, Any]]:
        """Every object dry-run by the cluster itself, and a pod such as KServe would make, so that a refusal of pods is known before."""
        wish = DeploymentWish.load(request.requested)
        namespace = namespace_of(wish)
        if is_open(namespace.cluster_id):
            raise Unreachable(f"the cluster {namespace.cluster} does not answer")

        def begin() -> Deadline:
            attempt.renew()
            return attempt.deadline

        return verdicts(namespace, wish, begin)

    def on_approved(self, request: Request) -> int:
        """The deployment's row, with the revision in the requester's name. Raises Conflict when it does not fit any more."""
        wish = DeploymentWish.load(request.in_force)
        namespace = namespace_of(wish)
        hold(namespace, wish.name)
        self._insist_on_what_stood(request, namespace, wish)
        words = request.justification
        return place(actor=request.requester, namespace=namespace, wish=wish, reason=words, request=request).pk

    def cluster_key(self, request: Request) -> str:
        """Waits for the cluster of the namespace."""
        return namespace_of(DeploymentWish.load(request.requested)).cluster.key

    def unreachable(self, request: Request) -> None:
        """Opens that cluster's breaker."""
        open_breaker(namespace_of(DeploymentWish.load(request.requested)).cluster_id)

    def _insist_on_what_stood(self, request: Request, namespace: Namespace, wish: DeploymentWish) -> None:
        """The approver saw a difference to what served; another revision since makes it another decision."""
        standing = standing_deployment(namespace, wish.name)
        now = standing.revision.number if standing and standing.revision else 0
        seen = (request.original or {}).get("revision", 0)
        if now != seen:
            message = _("Revision %(now)s serves since this was asked (it was %(seen)s). Ask for changes: it has to be compared anew.")
            raise Conflict(message % {"now": now, "seen": seen}, code="stale_revision")


def namespace_of(wish: DeploymentWish) -> Namespace:
    """The standing namespace that a wish names. Raises ValidationError when it is gone."""
    rows = Namespace.objects.standing().filter(cluster__name=wish.cluster, name=wish.namespace)
    namespace = rows.select_related("cluster", "team").first()
    if namespace is None:
        message = _("There is no namespace “%(name)s” on %(cluster)s any more.")
        raise ValidationError({"namespace": message % {"name": wish.namespace, "cluster": wish.cluster}})
    return namespace


def with_replicas(wish: DeploymentWish, written: dict[str, Any]) -> DeploymentWish:
    """The wish with `minimum` and `maximum` as written. Raises ValidationError per field."""
    numbers, problems = {}, {}
    for name, text in written.items():
        if str(text).isascii() and str(text).isdigit() and len(str(text)) < 6:
            numbers[name] = int(text)
        else:
            problems[name] = [_("Write a whole number, such as 1 or 2.")]
    if problems:
        raise ValidationError(problems)
    spec = wish.spec
    return replace(wish, spec=replace(spec, scaling=replace(spec.scaling, **numbers)))
