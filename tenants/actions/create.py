"""A decided request becomes desired state."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from approvals.models import Request
from audit.errors import Conflict
from clusters.capacity import reserve
from clusters.models import Cluster
from reconcile.wake import wake
from tenants.capacity import account_amounts
from tenants.models import Grant, Namespace
from tenants.resources import Resources
from tenants.wish import NamespaceWish


def create_namespace(request: Request) -> Namespace:
    """Writes the namespace's row, due at once, and reserves its capacity, in the decision's transaction.

    With an end date everything is a grant until then, so the base is nothing. Raises Conflict when the name was taken
    or the capacity granted meanwhile. The capacity comes last: its row is the one that all approvals share.
    """
    wish = NamespaceWish.load(request.in_force)
    cluster = Cluster.objects.get(name=wish.cluster)
    base = Resources() if wish.ends_at else wish.resources
    namespace = Namespace(cluster=cluster, team=request.team, name=wish.name, request=request, base=base.dump(), next_reconcile_at=Now())
    namespace.environment = wish.environment
    _insert(namespace)
    if wish.ends_at:
        Grant.objects.create(namespace=namespace, resources=wish.resources.dump(), ends_at=wish.ends_at)
    reserve(cluster=cluster, holder=namespace.holder, amounts=account_amounts(cluster, wish.resources))
    wake("namespace", namespace.pk)
    return namespace


def _insert(namespace: Namespace) -> None:
    try:
        with transaction.atomic():
            namespace.save(force_insert=True)
    except IntegrityError:
        message = _("“%(name)s” was taken on %(cluster)s meanwhile. Ask for changes: another name is needed.")
        raise Conflict(message % {"name": namespace.name, "cluster": namespace.cluster}, code="name_taken") from None
