"""When the cluster's devices change, so does what every namespace's quota must name: an unnamed resource would be unlimited."""

import datetime as dt
import random

from clusters.models import Cluster
from clusters.owner_rows import rows_in
from reconcile.clock import database_now
from reconcile.due import MAX_CRASHES
from reconcile.registry import kinds

SPREAD_SECONDS = 30.0
CHUNK = 200


def render_all_again(cluster: Cluster) -> int:
    """Make every row with objects in the cluster due within half a minute; returns how many."""
    now, count = database_now(), 0
    for kind in kinds():
        standing = rows_in(kind, cluster).filter(blocked_on="", crashes__lt=MAX_CRASHES).exclude(inventory=[])
        rows = list(standing.filter(next_reconcile_at__isnull=True).only("pk"))
        for row in rows:
            row.next_reconcile_at = now + dt.timedelta(seconds=random.uniform(0, SPREAD_SECONDS))  # noqa: S311 - spread, not a secret
        kind.model._default_manager.bulk_update(rows, ["next_reconcile_at"], batch_size=CHUNK)
        count += len(rows)
    return count
