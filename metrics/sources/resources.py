"""CPU and memory of all pods, from the cluster's metrics API in one answer."""

from kube.errors import ApiError, KubeError
from kube.usage import pod_usage
from metrics.sources.source import Answer, Found, Reason, Scene

NAME = "metrics.k8s.io"


class Resources:
    """Asks anew each turn; a cluster that has no such API today may have it tomorrow."""

    group = "resources"

    def read(self, scene: Scene) -> Answer:
        """CPU in cores, memory in bytes."""
        try:
            used = pod_usage(scene.api, scene.deadline)
        except KubeError as error:
            return Answer(found={"": Found(reasons={"": _why(error)})})
        uids = {(pod.namespace, pod.name): pod.uid for pod in scene.pods}
        points = {uids[each[:2]]: {"cpu": each.cpu, "memory": each.memory} for each in used if each[:2] in uids}
        return Answer(points, {"": Found(NAME)})


def _why(error: KubeError) -> Reason:
    if isinstance(error, ApiError):
        if error.not_found:
            return "not_served", ""
        if error.status == 403:
            return "forbidden", ""
    return "silent", str(error)[:200]
