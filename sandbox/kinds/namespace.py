"""Namespace: DNS labels as names, the name as a label, the finalizer that its removal waits for."""

from sandbox.kinds.names import is_label
from sandbox.kinds.rules import Object, Rules

NAME_LABEL = "kubernetes.io/metadata.name"


def _default(namespace: Object) -> None:
    metadata = namespace["metadata"]
    if metadata.get("name"):
        metadata["labels"] = {**(metadata.get("labels") or {}), NAME_LABEL: metadata["name"]}
    if not metadata.get("uid"):
        namespace["spec"] = {"finalizers": ["kubernetes"]}


NAMESPACE = Rules(_default, check_name=is_label, initial_status=lambda namespace: {"phase": "Active"})
