"""Every namespace has the ConfigMap with the CA of the API server, as the kubeconfig names it."""

import logging

from sandbox.background.root_ca import root_ca
from sandbox.client.calls import Client
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.per_namespace import PerNamespace

log = logging.getLogger(__name__)


async def run_root_ca(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled; without a CA in the kubeconfig there is nothing to publish."""
    if not client.ca_pem:
        log.warning("the kubeconfig names no CA: no namespace gets the ConfigMap kube-root-ca.crt")
        return
    wanted = {"apiVersion": "v1", "kind": "ConfigMap", **root_ca(client.ca_pem)}
    await PerNamespace(client, informers, "configmaps", wanted, lambda bundle: bool(bundle.get("data") == wanted["data"])).run()
