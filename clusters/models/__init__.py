"""The models of clusters/, one noun per file."""

from clusters.models.allotment import Allotment
from clusters.models.capacity_account import CapacityAccount
from clusters.models.cluster import Cluster
from clusters.models.drift import Drift
from clusters.models.event import Event
from clusters.models.gpu_flavor import GpuFlavor
from clusters.models.node import Node
from clusters.models.observed import Observed
from clusters.models.pod import Pod, PodQuerySet, Rank

__all__ = ["Allotment", "CapacityAccount", "Cluster", "Drift", "Event", "GpuFlavor", "Node", "Observed", "Pod", "PodQuerySet", "Rank"]
