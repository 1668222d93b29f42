"""What scenarios ask of each pod and node: rules of a file, and annotations on top of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from sandbox.nodes.pod_parts import Object, container_of, is_init, is_sidecar
from sandbox.nodes.scenario import Scenario, parse_scenario, seconds

PREFIX = "sandbox.slipway.dev/"
# Of what is asked of a pod as a whole, its init containers heed only this; the rest is for its containers.
FOR_INIT = ("back-off-seconds", "stop-seconds", "pull-seconds", "pull-error", "log-every-seconds")
INIT_SECONDS = "0.05"
ENDS = ("crash-after-seconds", "exit-after-seconds", "leak-seconds", "hang-after-seconds")
AWAY_SETTINGS = ("away-after-seconds", "away-for-seconds")


@dataclass(frozen=True)
class Rule:
    """Settings for the pods (of `container` alone, if it is named) or nodes that match; patterns are those of a shell."""

    settings: Mapping[str, str]
    patterns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    container: str = ""

    def matches(self, thing: Object) -> bool:
        """Whether it speaks of this pod or node."""
        metadata = thing["metadata"]
        own = metadata.get("labels") or {}
        if any(own.get(key) != value for key, value in self.labels.items()):
            return False
        images = [each["image"] for each in thing["spec"].get("containers") or []]
        values = {"name": [metadata["name"]], "namespace": [metadata.get("namespace", "")], "image": images}
        return all(any(fnmatchcase(value, pattern) for value in values[key]) for key, pattern in self.patterns.items())


@dataclass(frozen=True)
class Absence:
    """A node's absence: seconds until it goes away and, from then, until it is back (None: never)."""

    after: float
    lasting: float | None


@dataclass
class Scenarios:
    """The rules in force; later ones win over earlier ones, annotations over all."""

    pods: tuple[Rule, ...] = ()
    nodes: tuple[Rule, ...] = ()
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, handler: Callable[[], None]) -> None:
        """Call `handler` after each `replace`."""
        self._listeners.append(handler)

    def replace(self, pods: tuple[Rule, ...], nodes: tuple[Rule, ...]) -> None:
        """Put other rules in force."""
        self.pods, self.nodes = pods, nodes
        for handler in self._listeners:
            handler()

    def of(self, pod: Object, container: str) -> Scenario:
        """What a container of this pod is asked to do; settings that cannot be read count as absent."""
        general, own = self._settings(pod, container)
        if is_init(pod, container):
            stays = is_sidecar(container_of(pod, container)) or any(name in own for name in ENDS)
            leaves = {} if stays else {"exit-after-seconds": INIT_SECONDS}
            general = leaves | {name: general[name] for name in FOR_INIT if name in general}
        return parse_scenario(general | own)[0]

    def of_pod(self, pod: Object) -> Scenario:
        """What the pod as a whole is asked to do."""
        return parse_scenario(self._settings(pod, "")[0])[0]

    def absence(self, node: Object) -> Absence | None:
        """Whether the node is to go away."""
        settings = _merged(rule.settings for rule in self.nodes if rule.matches(node)) | _annotations(node)
        asked = {name: settings[name] for name in AWAY_SETTINGS if name in settings}
        try:
            values = {name: seconds(text) for name, text in asked.items()}
        except ValueError:
            return None
        return Absence(values.get(AWAY_SETTINGS[0], 0.0), values.get(AWAY_SETTINGS[1])) if values else None

    def _settings(self, pod: Object, container: str) -> tuple[dict[str, str], dict[str, str]]:
        """Those for every container, and those for this one."""
        rules = [rule for rule in self.pods if rule.matches(pod)]
        notes = _annotations(pod)
        general = _merged(rule.settings for rule in rules if not rule.container) | {k: v for k, v in notes.items() if "." not in k}
        own = _merged(rule.settings for rule in rules if rule.container == container)
        suffix = f".{container}"
        return general, own | {k.removesuffix(suffix): v for k, v in notes.items() if container and k.endswith(suffix)}


def _merged(settings: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for each in settings for name, value in each.items()}


def _annotations(thing: Object) -> dict[str, str]:
    notes = thing["metadata"].get("annotations") or {}
    return {key.removeprefix(PREFIX): value for key, value in notes.items() if key.startswith(PREFIX)}
