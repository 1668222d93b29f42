"""Which ServingRuntime serves a model: the one that it names, else the best of those that know its format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sandbox.serving.names import Object
from sandbox.serving.problems import (
    INVALID_SPEC,
    NO_SUPPORTING_RUNTIME,
    RUNTIME_DISABLED,
    RUNTIME_NOT_RECOGNIZED,
    SpecProblem,
)


@dataclass(frozen=True)
class Runtime:
    """A runtime's spec, and whether it is the cluster's or the namespace's own."""

    name: str
    is_cluster: bool
    spec: Object


def choose(model: Object, own: Iterable[Object], cluster: Iterable[Object]) -> Runtime:
    """The runtime for a model; one of the namespace goes before one of the cluster. Raises SpecProblem."""
    known = [
        Runtime(each["metadata"]["name"], is_cluster, each["spec"]) for is_cluster, many in ((False, own), (True, cluster)) for each in many
    ]
    if named := model.get("runtime"):
        return _checked(next((each for each in known if each.name == named), None), model)
    fitting = [each for each in known if not each.spec.get("disabled") and _speaks(each, model) and any(_formats(each, model, auto=True))]
    if not fitting:
        wanted = " ".join(str(part) for part in (model["modelFormat"]["name"], model["modelFormat"].get("version", "")) if part)
        raise SpecProblem(NO_SUPPORTING_RUNTIME, f"No runtime found to support specified framework/version: {wanted}")
    return _usable(min(fitting, key=lambda each: (each.is_cluster, -_priority(each, model), each.name)))


def _checked(found: Runtime | None, model: Object) -> Runtime:
    if found is None:
        raise SpecProblem(RUNTIME_NOT_RECOGNIZED, f"Waiting for runtime to become available: there is no {model['runtime']}")
    if found.spec.get("disabled"):
        raise SpecProblem(RUNTIME_DISABLED, "Specified runtime is disabled")
    if not _speaks(found, model):
        raise SpecProblem(NO_SUPPORTING_RUNTIME, "Specified runtime does not support specified protocol version")
    if not any(_formats(found, model)):
        raise SpecProblem(NO_SUPPORTING_RUNTIME, "Specified runtime does not support specified framework/version")
    return _usable(found)


def _usable(runtime: Runtime) -> Runtime:
    if not runtime.spec.get("containers"):
        raise SpecProblem(INVALID_SPEC, "No container configuration found in selected serving runtime")
    return runtime


def _speaks(runtime: Runtime, model: Object) -> bool:
    protocol, spoken = model.get("protocolVersion"), runtime.spec.get("protocolVersions") or []
    return not protocol or not spoken or protocol in spoken


def _formats(runtime: Runtime, model: Object, *, auto: bool = False) -> Iterator[Object]:
    """The supported formats that are the model's; without a version any version will do."""
    wanted = model["modelFormat"]
    for each in runtime.spec.get("supportedModelFormats") or []:
        versions = (wanted.get("version"), each.get("version"))
        same = None in versions or str(versions[0]).partition(".")[0] == str(versions[1]).partition(".")[0]
        if each["name"] == wanted["name"] and same and (each.get("autoSelect") or not auto):
            yield each


def _priority(runtime: Runtime, model: Object) -> int:
    return max(each.get("priority") or 0 for each in _formats(runtime, model, auto=True))
