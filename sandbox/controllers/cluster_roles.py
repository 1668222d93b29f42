"""Aggregated ClusterRoles have the rules of the roles that they choose."""

from sandbox.access.aggregation import aggregated_rules
from sandbox.client.calls import Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.queue import Key, WorkQueue

ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


async def run_cluster_roles(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    roles = informers.of(ROLES)

    async def reconcile(key: Key) -> None:
        role = roles.named(*key)
        if role is None or not role.get("aggregationRule") or "deletionTimestamp" in role["metadata"]:
            return
        rules = aggregated_rules(role, roles.objects.values())
        if rules != (role.get("rules") or []):
            await client.call("PUT", f"{ROLES}/{key[1]}", {**role, "rules": rules})

    queue = WorkQueue("clusterroles", reconcile)

    def observe(event: str, role: Object) -> None:
        for each in roles.objects.values():
            if each.get("aggregationRule"):
                queue.add(("", each["metadata"]["name"]))

    await roles.synced.wait()
    roles.listen(observe)
    await queue.run()
