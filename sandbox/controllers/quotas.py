"""The status of every ResourceQuota tells what its namespace uses, recounted soon after a change."""

from decimal import Decimal

from sandbox.admission.scopes import in_scope, may_count
from sandbox.admission.usage import Usage, shown, usage_of
from sandbox.client.calls import Client, Object
from sandbox.client.discovery import Resource, discover
from sandbox.client.events import Events
from sandbox.client.informer import Informer, Informers
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.kinds.table import Kind

QUOTAS = "/api/v1/resourcequotas"
NEVER_COUNTED = ("events", "events.events.k8s.io")
# Admission raises `used` before the object is there: counted at once, the object would be missing and its place given away again.
SETTLED = 0.2


async def run_quotas(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    await QuotaStatus(client, informers).run()


class QuotaStatus:
    """Counts with informers of what quotas name; more of them start as new quotas name more."""

    def __init__(self, client: Client, informers: Informers) -> None:
        self._client, self._informers = client, informers
        self._quotas = informers.of(QUOTAS)
        self._kinds: dict[Kind, Informer] = {}
        self._served: dict[str, Resource] = {}
        self._queue = WorkQueue("resourcequotas", self._reconcile)

    async def run(self) -> None:
        """Run until cancelled."""
        await self._quotas.synced.wait()
        self._quotas.listen(
            lambda event, quota: self._queue.add((quota["metadata"]["namespace"], quota["metadata"]["name"]), after=SETTLED)
        )
        await self._queue.run()

    async def _reconcile(self, key: Key) -> None:
        quota = self._quotas.named(*key)
        if quota is None or "deletionTimestamp" in quota["metadata"]:
            return
        hard = (quota.get("spec") or {}).get("hard") or {}
        kinds = await self._counted(set(hard))
        status = {"hard": hard, "used": shown(hard, self._total(quota, kinds))} if hard else {}
        if status != (quota.get("status") or {}):
            path = f"/api/v1/namespaces/{key[0]}/resourcequotas/{key[1]}/status"
            await self._client.call("PUT", path, {**quota, "status": status})

    def _total(self, quota: Object, kinds: list[Kind]) -> Usage:
        total: Usage = {}
        for kind in kinds:
            for item in self._kinds[kind].within(quota["metadata"]["namespace"]):
                for name, amount in (usage_of(kind, item) if in_scope(quota, kind, item) else {}).items():
                    total[name] = total.get(name, Decimal(0)) + amount
        return total

    async def _counted(self, names: set[str]) -> list[Kind]:
        """The kinds that use any of these amounts, each with its informer filled."""
        unknown = {name for name in names if name.startswith("count/") and name.removeprefix("count/") not in self._served}
        if unknown or not self._served:
            self._served = {each.name: each for each in (await discover(self._client))[0] if each.namespaced and "watch" in each.verbs}
        kinds = {_kind(each): each for name, each in self._served.items() if name not in NEVER_COUNTED}
        counted = [kind for kind in kinds if may_count(kind, names)]
        for kind in counted:
            if kind not in self._kinds:
                self._kinds[kind] = self._informers.of(kinds[kind].path())
                self._kinds[kind].listen(self._observe)
            await self._kinds[kind].synced.wait()
        return counted

    def _observe(self, event: str, item: Object) -> None:
        for quota in self._quotas.within(item["metadata"]["namespace"]):
            self._add(quota["metadata"])

    def _add(self, metadata: Object) -> None:
        self._queue.add((metadata["namespace"], metadata["name"]), after=SETTLED)


def _kind(resource: Resource) -> Kind:
    return Kind(resource.group, resource.version, resource.kind, resource.plural, resource.namespaced)
