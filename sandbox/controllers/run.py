"""Which controllers run, and from when on: at once, never, or once it shows that the cluster has none."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.client.calls import ApiError, Client
from sandbox.client.clock import now_micro
from sandbox.client.events import Events
from sandbox.client.informer import UNREACHABLE, Informers
from sandbox.controllers.autoscaling.controller import run_autoscaling
from sandbox.controllers.cluster_roles import run_cluster_roles
from sandbox.controllers.cronjobs.controller import run_cron_jobs
from sandbox.controllers.deployments.controller import run_deployments
from sandbox.controllers.disruption.controller import run_disruption
from sandbox.controllers.endpoints.controller import run_endpoints
from sandbox.controllers.garbage.collector import run_garbage
from sandbox.controllers.jobs.controller import run_jobs
from sandbox.controllers.namespaces import run_namespaces
from sandbox.controllers.nodes.eviction import run_taint_eviction
from sandbox.controllers.nodes.monitor import run_node_monitor
from sandbox.controllers.nodes.orphans import run_orphans
from sandbox.controllers.quotas import run_quotas
from sandbox.controllers.replicasets.controller import run_replica_sets
from sandbox.controllers.root_ca import run_root_ca
from sandbox.controllers.service_accounts import run_service_accounts
from sandbox.controllers.volumes.claims import run_claims
from sandbox.controllers.volumes.persistent import run_volumes
from sandbox.controllers.volumes.protection import run_claim_protection
from sandbox.controllers.volumes.standard_class import run_standard_class

log = logging.getLogger(__name__)
Part = Callable[[Client, Informers, Events], Coroutine[Any, Any, None]]
# What each of them runs; those in STAND_IN_ONLY do work that the embedded server does by itself.
EVERYWHERE: tuple[Part, ...] = (
    run_endpoints,
    run_standard_class,
    run_claims,
    run_volumes,
    run_claim_protection,
    run_autoscaling,
    run_node_monitor,
    run_taint_eviction,
    run_orphans,
    run_replica_sets,
    run_deployments,
    run_jobs,
    run_cron_jobs,
    run_disruption,
    run_garbage,
)
STAND_IN_ONLY: tuple[Part, ...] = (run_namespaces, run_service_accounts, run_root_ca, run_quotas, run_cluster_roles)
# A real controller-manager creates this soon after its start.
SIGN_OF_LIFE = "/api/v1/namespaces/default/serviceaccounts/default"
# Left by these controllers, so that their own work is not taken for a real manager's after a restart.
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
OWN_LEASE = "sandbox-controllers"
PATIENCE, POLL = 5.0, 0.5


class Controllers:
    """Every controller; `active` None waits and looks whether a real controller-manager is there."""

    def __init__(self, client: Client, informers: Informers, events: Events, *, active: bool | None, embedded: bool) -> None:
        self._client, self._informers, self._events = client, informers, events
        self._active, self._embedded = active, embedded

    async def run(self) -> None:
        """Run until cancelled."""
        if self._active is False or (self._active is None and await self._is_managed()):
            return
        parts = EVERYWHERE if self._embedded else EVERYWHERE + STAND_IN_ONLY
        if not self._embedded:
            await self._leave_lease()
            log.warning("no controller-manager in this cluster: the simulator plays its controllers from now on")
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part(self._client, self._informers, self._events))

    async def _is_managed(self) -> bool:
        if await self._exists(f"{LEASES}/{OWN_LEASE}"):
            return False
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            if await self._exists(SIGN_OF_LIFE):
                return True
            await asyncio.sleep(POLL)
        return False

    async def _leave_lease(self) -> None:
        spec = {"holderIdentity": OWN_LEASE, "renewTime": now_micro()}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": OWN_LEASE}, "spec": spec}
        try:
            await self._client.call("POST", LEASES, lease)
        except ApiError as error:
            if error.code != 409:
                log.info("the lease %s was not written: %s", OWN_LEASE, error)

    async def _exists(self, path: str) -> bool:
        while True:
            try:
                await self._client.call("GET", path)
            except ApiError as error:
                if error.code == 404:
                    return False
                log.info("GET %s: %s; trying again", path, error)
            except UNREACHABLE as error:
                log.info("GET %s: %s; trying again", path, error)
            else:
                return True
            await asyncio.sleep(POLL)
