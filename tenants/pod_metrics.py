"""What a pod uses over time, on its own page."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from clusters.models import Pod
from metrics.charts import OF_POD, charts
from tenants.models import Namespace
from tenants.pod_parts import PodPart


def context(namespace: Namespace, pod: Pod, user: User) -> dict[str, Any]:
    """Against the request and the limit of its containers."""
    return charts(reverse("namespace-pod-series", args=[namespace.pk, pod.name]), OF_POD)


on_pod = PodPart("metrics", "metrics/charts.html", context, live=True, styles="css/charts.css", scripts="js/charts.js")
