"""A claim stays while a pod uses it."""

from sandbox.client.calls import Client, Object
from sandbox.client.events import Events
from sandbox.client.informer import Informers
from sandbox.controllers.paths import within
from sandbox.controllers.queue import Key, WorkQueue
from sandbox.controllers.volumes.claims import CLAIMS
from sandbox.controllers.volumes.matching import IN_USE_CLAIM, is_over, uses


async def run_claim_protection(client: Client, informers: Informers, events: Events) -> None:
    """Run until cancelled."""
    claims, pods = informers.of(CLAIMS), informers.of("/api/v1/pods")

    async def reconcile(key: Key) -> None:
        claim = claims.named(*key)
        if claim is None:
            return
        finalizers, is_going = claim["metadata"].get("finalizers") or [], "deletionTimestamp" in claim["metadata"]
        if is_going and IN_USE_CLAIM in finalizers and not any(_is_user(pod, key[1]) for pod in pods.within(key[0])):
            wanted = [each for each in finalizers if each != IN_USE_CLAIM]
        elif not is_going and IN_USE_CLAIM not in finalizers:
            wanted = [*finalizers, IN_USE_CLAIM]
        else:
            return
        await client.call("PUT", within(CLAIMS, *key), {**claim, "metadata": {**claim["metadata"], "finalizers": wanted}})

    queue = WorkQueue("claim protection", reconcile)

    def observe_pod(event: str, pod: Object) -> None:
        for each in pod["spec"].get("volumes") or []:
            if each.get("persistentVolumeClaim") and (event == "DELETED" or is_over(pod)):
                queue.add((pod["metadata"]["namespace"], each["persistentVolumeClaim"]["claimName"]))

    await claims.synced.wait()
    await pods.synced.wait()
    claims.listen(lambda event, claim: queue.add((claim["metadata"]["namespace"], claim["metadata"]["name"])))
    pods.listen(observe_pod)
    await queue.run()


def _is_user(pod: Object, claim: str) -> bool:
    return bool(pod["spec"].get("nodeName")) and not is_over(pod) and uses(pod, claim)
