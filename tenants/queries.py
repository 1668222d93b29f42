"""What pages and REST show of namespaces, with everything that a row needs already joined."""

from django.db.models import QuerySet

from accounts.models import User
from clusters.models import Event, Observed, Pod, PodQuerySet
from tenants.models import Namespace


def namespaces_seen_by(user: User) -> QuerySet[Namespace]:
    """The namespaces that the user may see, with cluster, team and grants."""
    return Namespace.objects.visible_to(user).select_related("cluster", "team", "request").prefetch_related("grants")


def pods_of(namespace: Namespace) -> PodQuerySet:
    """Its pods as the watcher last saw them."""
    return Pod.objects.filter(cluster=namespace.cluster_id, namespace=namespace.name).order_by("name")


def events_of(namespace: Namespace) -> QuerySet[Event]:
    """Its events, newest first."""
    return Event.objects.filter(cluster=namespace.cluster_id, namespace=namespace.name).order_by("-last_at")


def quota_used(namespace: Namespace) -> dict[str, str]:
    """`status.used` of its ResourceQuota by resource name; empty while the watcher has not seen it."""
    seen = Observed.objects.filter(
        cluster=namespace.cluster_id, kind="ResourceQuota", namespace=namespace.name, name="slipway-quota"
    ).first()
    return (seen.body.get("status") or {}).get("used") or {} if seen else {}
