"""A cluster without any StorageClass gets the default one `standard`, once."""

import asyncio
import logging

from sandbox.client.calls import ApiError, Client
from sandbox.client.events import Events
from sandbox.client.informer import RETRY, UNREACHABLE, Informers
from sandbox.controllers.volumes.claims import CLASSES
from sandbox.controllers.volumes.matching import DEFAULT_CLASS, PROVISIONER

log = logging.getLogger(__name__)
STANDARD = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "standard", "annotations": {DEFAULT_CLASS: "true"}},
    "provisioner": PROVISIONER,
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "Immediate",
}


async def run_standard_class(client: Client, informers: Informers, events: Events) -> None:
    """Return when it is there."""
    classes = informers.of(CLASSES)
    await classes.synced.wait()
    while not classes.objects:
        try:
            await client.call("POST", CLASSES, STANDARD)
        except (ApiError, *UNREACHABLE) as error:
            log.info("the StorageClass standard was not created: %s", error)
        await asyncio.sleep(RETRY)
