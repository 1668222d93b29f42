"""What the log viewer of a page is made of; what is picked in it stands in the page's address, and the stream is asked with it."""

from typing import Any

from django.urls import reverse

from logs.choice import MOST_CONTAINERS, Choice, container_names


def viewer(choice: Choice, stream: str) -> dict[str, Any]:
    """The context of logs/viewer.html; `stream` is the address of the lines."""
    pods = list(choice.rows())
    return {
        "log_pods": sorted(pod.name for pod in pods),
        "log_containers": container_names(pods),
        "log_most": MOST_CONTAINERS if sum(len(pod.containers) for pod in pods) > MOST_CONTAINERS else 0,
        "log_stream": stream,
        "log_file": reverse("pod_log", args=[choice.namespace.pk, "POD"]),
    }
