"""What a pod's PersistentVolumeClaims mean for its scheduling."""

import asyncio
from typing import Any

from sandbox.client.informer import Informer

Object = dict[str, Any]
SELECTED_NODE = "volume.kubernetes.io/selected-node"
UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


class Claims:
    """Looks at claims and storage classes as last seen."""

    def __init__(self, claims: Informer, classes: Informer) -> None:
        self._claims, self._classes = claims, classes
        self._changed = asyncio.Event()
        claims.listen(lambda event, claim: self._changed.set())

    def problem(self, pod: Object) -> str:
        """Why no node will do until something happens to a claim; "" if nothing need happen."""
        for name in claim_names(pod):
            claim = self._claims.named(pod["metadata"]["namespace"], name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found'
            if "deletionTimestamp" in claim["metadata"]:
                return f'persistentvolumeclaim "{name}" is being deleted'
            if (claim.get("status") or {}).get("phase") == "Lost":
                return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim["spec"].get("volumeName", "")}"'
            if not _is_bound(claim) and not self._waits_for_consumer(claim):
                return UNBOUND
        return ""

    def waiting(self, pod: Object) -> list[Object]:
        """Its claims that are bound only once a node is chosen."""
        found = [self._claims.named(pod["metadata"]["namespace"], name) for name in claim_names(pod)]
        return [claim for claim in found if claim is not None and not _is_bound(claim)]

    async def bound(self, pod: Object) -> None:
        """Return when none of its claims is unbound any more."""
        while self.waiting(pod):
            self._changed.clear()
            await self._changed.wait()

    def _waits_for_consumer(self, claim: Object) -> bool:
        name = claim["spec"].get("storageClassName")
        if not name:
            return False
        storage_class = self._classes.named("", name)
        return bool(storage_class and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer")


def claim_names(pod: Object) -> list[str]:
    """The claims that its volumes name; those of ephemeral volumes are called after pod and volume."""
    names = []
    for volume in pod["spec"].get("volumes") or []:
        if "persistentVolumeClaim" in volume:
            names.append(volume["persistentVolumeClaim"]["claimName"])
        elif "ephemeral" in volume:
            names.append(f"{pod['metadata']['name']}-{volume['name']}")
    return names


def _is_bound(claim: Object) -> bool:
    return (claim.get("status") or {}).get("phase") == "Bound"
