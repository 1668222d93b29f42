"""The lines of a pod on its own page."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from clusters.models import Pod
from logs.choice import Choice
from logs.viewer import viewer
from tenants.models import Namespace
from tenants.pod_parts import PodPart


def context(namespace: Namespace, pod: Pod, user: User) -> dict[str, Any]:
    """Of all its containers."""
    return {**viewer(Choice(namespace, frozenset([pod.name])), reverse("pod_logs", args=[namespace.pk, pod.name])), "log_short": True}


on_pod = PodPart("logs", "logs/viewer.html", context, live=True, styles="css/logs.css", scripts="js/logs.js")
