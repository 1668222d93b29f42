"""What the engine keeps: the abstract desired row, named leases, and the heartbeats of the processes."""

from reconcile.models.heartbeat import Heartbeat
from reconcile.models.lease import Lease
from reconcile.models.reconciled import Reconciled

__all__ = ["Heartbeat", "Lease", "Reconciled"]
