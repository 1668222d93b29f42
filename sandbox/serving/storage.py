"""How a model gets to where its server looks for it: an init container that fetches it, or a claim that holds it."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from sandbox.patches.strategic import strategic_patch
from sandbox.schema.types import all_types
from sandbox.serving.config import INITIALIZER_IMAGE, Config
from sandbox.serving.names import CONTAINER, INITIALIZER, Object
from sandbox.serving.problems import INVALID_SPEC, SpecProblem

FOLDER, VOLUME, CLAIM_VOLUME = "/mnt/models", "kserve-provision-location", "kserve-pvc-source"


def with_model(spec: Object, uri: str, config: Config, kinds: Iterable[Object]) -> Object:
    """A pod's spec in which the model of this URI stands at /mnt/models; `kinds` are the ClusterStorageContainers. Raises SpecProblem."""
    if not uri:
        return spec
    if ".." in uri.split("/"):
        raise SpecProblem(INVALID_SPEC, f"storageUri {uri}: a path may not contain `..`")
    if uri.startswith("pvc://"):
        return _from_claim(spec, uri)
    chosen = next(
        (each for each in kinds if not each.get("disabled") and any(_fits(form, uri) for form in each["spec"]["supportedUriFormats"])), None
    )
    if chosen is None:
        raise SpecProblem(INVALID_SPEC, f"StorageURI not supported: {uri} fits no ClusterStorageContainer, and is no pvc://")
    fetching = strategic_patch(_initializer(config), chosen["spec"]["container"], all_types()["core.v1.Container"])
    fetching |= {"args": [uri, FOLDER], "volumeMounts": [{"name": VOLUME, "mountPath": FOLDER}]}
    mounted = _mounted(spec, {"name": VOLUME, "mountPath": FOLDER, "readOnly": True}, {"name": VOLUME, "emptyDir": {}})
    return {**mounted, "initContainers": [*(spec.get("initContainers") or []), fetching]}


def _initializer(config: Config) -> Object:
    given = config.storage
    requests = {"cpu": given.get("cpuRequest") or "100m", "memory": given.get("memoryRequest") or "100Mi"}
    limits = {"cpu": given.get("cpuLimit") or "1", "memory": given.get("memoryLimit") or "1Gi"}
    return {
        "name": INITIALIZER,
        "image": given.get("image") or INITIALIZER_IMAGE,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "resources": {"requests": requests, "limits": limits},
    }


def _from_claim(spec: Object, uri: str) -> Object:
    parts = urlsplit(uri)
    path = parts.path.strip("/")
    if not parts.netloc:
        raise SpecProblem(INVALID_SPEC, f"storageUri {uri}: write pvc://CLAIM/PATH")
    mount = {"name": CLAIM_VOLUME, "mountPath": FOLDER, "readOnly": True, **({"subPath": path} if path else {})}
    return _mounted(spec, mount, {"name": CLAIM_VOLUME, "persistentVolumeClaim": {"claimName": parts.netloc}})


def _mounted(spec: Object, mount: Object, volume: Object) -> Object:
    containers = [
        {**each, "volumeMounts": [*(each.get("volumeMounts") or []), mount]} if each["name"] == CONTAINER else each
        for each in spec["containers"]
    ]
    return {**spec, "containers": containers, "volumes": [*(spec.get("volumes") or []), volume]}


def _fits(form: Object, uri: str) -> bool:
    if form.get("prefix"):
        return uri.startswith(form["prefix"])
    return bool(form.get("regex")) and re.match(form["regex"], uri) is not None
