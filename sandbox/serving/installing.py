"""Puts KServe's kinds, config and runtimes into the cluster, where they are not yet."""

import hashlib
import json

from sandbox.client.calls import ApiError, Client, Object
from sandbox.nodes.pools import SIMULATED

# What of an object was ours when it was written: one that was changed by hand since stays as it is until ours changes, too.
INSTALLED = "sandbox.slipway.dev/installed"


async def install(client: Client, collection: str, wanted: Object) -> None:
    """Create an object, or replace one of ours that a former version wrote; one of somebody else stays. Raises ApiError."""
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
    metadata = wanted["metadata"]
    marked = {
        **wanted,
        "metadata": {
            **metadata,
            "labels": {**(metadata.get("labels") or {}), SIMULATED: "true"},
            "annotations": {**(metadata.get("annotations") or {}), INSTALLED: digest},
        },
    }
    try:
        await client.call("POST", collection, marked)
        return
    except ApiError as error:
        if error.code != 409:
            raise
    present = await client.call("GET", f"{collection}/{metadata['name']}")
    if is_ours(present) and (present["metadata"].get("annotations") or {}).get(INSTALLED) != digest:
        await client.call("PUT", f"{collection}/{metadata['name']}", _over(present, marked))


def is_ours(item: Object) -> bool:
    """Whether the simulator made it."""
    return SIMULATED in (item["metadata"].get("labels") or {})


def _over(present: Object, wanted: Object) -> Object:
    kept = {key: present["spec"][key] for key in ("clusterIP", "clusterIPs") if key in (present.get("spec") or {})}
    spec = {"spec": {**kept, **wanted["spec"]}} if "spec" in wanted else {}
    version = {"resourceVersion": present["metadata"]["resourceVersion"]}
    return {**wanted, **spec, "metadata": {**wanted["metadata"], **version}}
