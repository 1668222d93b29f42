"""Node: what a new one has. A kubelet registers it together with its status."""

from sandbox.kinds.rules import Object, Rules


def _default(node: Object) -> None:
    node.setdefault("spec", {})
    status = node.get("status") or {}
    if status.get("capacity") and not status.get("allocatable"):
        status["allocatable"] = dict(status["capacity"])


NODE = Rules(_default, brings_status=True)
