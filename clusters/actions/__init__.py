"""What people change about clusters."""

from clusters.actions.change import change_cluster, set_ceiling
from clusters.actions.flavors import declare_flavor

__all__ = ["change_cluster", "declare_flavor", "set_ceiling"]
