"""Whether a pod's volumes can be mounted, in the kubelet's words."""

from collections.abc import Iterator
from typing import NamedTuple

from sandbox.nodes.lookups import Lookups
from sandbox.nodes.pod_parts import Object


class Source(NamedTuple):
    """A ConfigMap or Secret that a volume shows, and the keys it asks for."""

    kind: str
    name: str
    keys: tuple[str, ...]


async def mount_problem(pod: Object, lookups: Lookups) -> str:
    """The message of the FailedMount event for the first volume that cannot be mounted, "" if there is none."""
    for volume in pod["spec"].get("volumes") or []:
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim and (problem := await _claim_problem(pod, volume["name"], claim, lookups)):
            return problem
        found = [await _source_problem(pod, source, lookups) for source in _sources(volume)]
        if problems := [problem for problem in found if problem]:
            # A projected volume tells of all its sources at once.
            told = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
            return f'MountVolume.SetUp failed for volume "{volume["name"]}" : {told}'
    return ""


def _sources(volume: Object) -> Iterator[Source]:
    for part in [volume, *((volume.get("projected") or {}).get("sources") or [])]:
        for field, kind, name in (("configMap", "configmap", "name"), ("secret", "secret", "secretName")):
            described = part.get(field)
            if described and not described.get("optional"):
                keys = tuple(item["key"] for item in described.get("items") or [])
                yield Source(kind, described.get(name) or described.get("name", ""), keys)


async def _source_problem(pod: Object, source: Source, lookups: Lookups) -> str:
    found = await lookups.find(source.kind, pod["metadata"]["namespace"], source.name)
    if found is None:
        return f'{source.kind} "{source.name}" not found'
    data = {**(found.get("data") or {}), **(found.get("binaryData") or {})}
    missing = next((key for key in source.keys if key not in data), None)
    if missing is None:
        return ""
    if source.kind == "secret":
        return f"references non-existent secret key: {missing}"
    return f"configmap references non-existent config key: {missing}"


async def _claim_problem(pod: Object, volume: str, claim: str, lookups: Lookups) -> str:
    namespace = pod["metadata"]["namespace"]
    found = await lookups.find("persistentvolumeclaim", namespace, claim)
    if found is not None and (found.get("status") or {}).get("phase") == "Bound":
        return ""
    why = "PVC is not bound" if found else f'failed to fetch PVC from API server: persistentvolumeclaims "{claim}" not found'
    lists = f"unmounted volumes=[{volume}], unattached volumes=[], failed to process volumes=[{volume}]"
    return f"Unable to attach or mount volumes: {lists}: error processing PVC {namespace}/{claim}: {why}"
