"""One resync of the only cluster in the portal's own environment; prints what it did as JSON."""

import dataclasses
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from clusters.connections import connection  # noqa: E402
from clusters.models import Cluster  # noqa: E402
from clusters.observation.resync import resync  # noqa: E402

if __name__ == "__main__":
    cluster = Cluster.objects.get()
    print(json.dumps(dataclasses.asdict(resync(cluster, connection(cluster)))))
