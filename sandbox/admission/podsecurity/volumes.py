"""The control on types of volumes."""

from sandbox.admission.podsecurity.pods import Pod, Violation, plural, quoted

ALLOWED = frozenset({"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"})


def restricted_volumes(pod: Pod) -> Violation | None:
    """No volumes of the node or of the network but through claims."""
    bad = {each["name"]: kind for each in pod.spec.get("volumes") or [] for kind in each if kind not in ALLOWED | {"name"}}
    if not bad:
        return None
    kinds = sorted(set(bad.values()))
    words = plural(len(bad), "volume", "volumes"), plural(len(bad), "uses", "use")
    types = f"restricted volume {plural(len(kinds), 'type', 'types')} {quoted(kinds)}"
    return Violation("restricted volume types", f"{words[0]} {quoted(bad)} {words[1]} {types}")
