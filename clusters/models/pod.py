"""A pod in one of the portal's namespaces as the watcher last saw it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clusters.models.cluster import Cluster
from kube.pods import ENDED, RUNNING, TROUBLE, WAITING


class Rank(models.IntegerChoices):
    """In which order somebody wants to see pods."""

    TROUBLE = TROUBLE, _("needs somebody")
    WAITING = WAITING, _("on its way")
    RUNNING = RUNNING, _("runs")
    ENDED = ENDED, _("ended well")


class PodQuerySet(models.QuerySet["Pod"]):
    """Pods by their phase."""

    def active(self) -> "PodQuerySet":
        """Those that have not ended, and so hold what they asked for once they have a node."""
        return self.exclude(phase__in=("Succeeded", "Failed"))


class Pod(models.Model):
    """What pages show of a pod. A pod that was deleted has no row."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="pods")
    namespace = models.CharField(max_length=63)
    name = models.CharField(_("name"), max_length=253)
    uid = models.CharField(max_length=64)
    resource_version = models.CharField(max_length=40, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    labels = models.JSONField(default=dict)
    containers = models.JSONField(default=list)
    init_containers = models.JSONField(default=list)
    phase = models.CharField(_("phase"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    message = models.TextField(_("message"), blank=True)
    ready = models.CharField(_("ready"), max_length=12, blank=True)
    restarts = models.IntegerField(_("restarts"), default=0)
    # As kube.pods.summarise says it; {} while no container has ended.
    last_exit = models.JSONField(default=dict)
    rank = models.SmallIntegerField(choices=Rank, default=Rank.RUNNING)
    # As kube.container_states says them.
    container_states = models.JSONField(default=list)
    controller = models.CharField(max_length=320, blank=True)
    node_selector = models.JSONField(default=dict)
    node = models.CharField(_("node"), max_length=253, blank=True)
    requests = models.JSONField(_("requests"), default=dict)
    created_at = models.DateTimeField(_("created"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    observed_at = models.DateTimeField()

    objects = PodQuerySet.as_manager()

    class Meta:
        ordering = ["namespace", "name"]
        constraints = [models.UniqueConstraint(fields=["cluster", "namespace", "name"], name="one_pod_per_name")]
        indexes = [
            models.Index(fields=["cluster", "owner"], name="pod_by_owner"),
            models.Index(fields=["cluster", "namespace", "rank", "name"], name="pod_trouble_first"),
        ]
        verbose_name = _("pod")
        verbose_name_plural = _("pods")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"
