"""What people change about clusters."""

from clusters.actions.change import change_cluster, set_ceiling
from clusters.actions.flavors import change_flavor, declare_flavor

__all__ = ["change_cluster", "change_flavor", "declare_flavor", "set_ceiling"]
