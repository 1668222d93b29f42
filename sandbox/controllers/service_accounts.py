"""Every namespace has its ServiceAccount `default`."""

from sandbox.client.calls import Client
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.per_namespace import PerNamespace


async def run_service_accounts(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    wanted = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    await PerNamespace(client, informers, "serviceaccounts", wanted, lambda account: True).run()
