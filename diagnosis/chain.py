"""Who made a pod: from what was seen of it, and no further."""

from clusters.models import Pod

HASH, SERVICE = "pod-template-hash", "serving.kserve.io/inferenceservice"


def owner_chain(pod: Pod) -> list[tuple[str, str]]:
    """(kind, name) from the outermost to the pod: InferenceService, Deployment, ReplicaSet, Pod, as far as the pod's labels tell."""
    chain = [("Pod", pod.name)]
    kind, _slash, name = pod.controller.partition("/")
    if kind and name:
        chain.insert(0, (kind, name))
    # A ReplicaSet's name ends with the hash of its Deployment's template exactly when a Deployment made it.
    suffix = f"-{pod.labels.get(HASH, '')}"
    if kind == "ReplicaSet" and len(suffix) > 1 and name.endswith(suffix):
        chain.insert(0, ("Deployment", name.removesuffix(suffix)))
    if service := pod.labels.get(SERVICE):
        chain.insert(0, ("InferenceService", str(service)))
    return chain
