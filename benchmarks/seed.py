"""Puts many approved namespaces into a running portal's database; its workers make them. Run with the portal's own environment."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db.models.functions import Now  # noqa: E402

from accounts.models import Team  # noqa: E402
from clusters.models import Cluster  # noqa: E402
from tenants.models import Namespace  # noqa: E402
from tenants.resources import Resources  # noqa: E402


def seed(count: int, prefix: str) -> None:
    """`count` namespaces of team vision on the only cluster, due at once."""
    cluster, team = Cluster.objects.get(), Team.objects.get(name="vision")
    base = Resources(1000, 2**30, 0).dump()
    rows = [Namespace(cluster=cluster, team=team, name=f"{prefix}-{n}", base=base, next_reconcile_at=Now()) for n in range(count)]
    Namespace.objects.bulk_create(rows, batch_size=200)


def unsettled(prefix: str) -> int:
    """How many of them are not confirmed yet."""
    return Namespace.objects.filter(name__startswith=prefix, observed_generation=0).count()


if __name__ == "__main__":
    if sys.argv[1] == "make":
        seed(int(sys.argv[2]), sys.argv[3])
    else:
        print(unsettled(sys.argv[2]))
