"""Whether the parts of a spec fit each other and what this cluster serves."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from deployments.checks.finding import Finding
from deployments.checks.subject import Subject
from deployments.manifests.facts import Mode
from deployments.manifests.runtimes import PORT, SERVERS
from deployments.manifests.scaling import METRICS
from deployments.wording import RUNTIMES

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
OBJECT = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
KEY = re.compile(r"[A-Za-z0-9._-]{1,253}", re.ASCII)
PATH = re.compile(r"(/[A-Za-z0-9._~:-]*)+", re.ASCII)
# What a program is loaded with is the image's affair, not a ConfigMap's; and these the runtimes set themselves.
RESERVED_VARIABLES = re.compile(r"(LD_|PYTHON(PATH|HOME|STARTUP)|KUBERNETES_|SLIPWAY_|MLSERVER_MODEL_|STORAGE_URI$|PATH$)")
MOST_REPLICAS = 100
LONGEST_WAIT = 3600


def check(subject: Subject) -> Iterator[Finding]:
    """Size, replicas, scaling, environment, probes, the process."""
    for part in (_size, _cards, _replicas, _targets, _env, _probes, _process):
        yield from part(subject)


def _size(subject: Subject) -> Iterator[Finding]:
    size = subject.spec.size
    if not size.cpu_request or not size.memory_request:
        yield Finding("nothing", "wrong", _("Give it some CPU and memory, such as 500m and 1Gi."), field="cpu_request")
    if size.cpu_limit < size.cpu_request:
        yield Finding("cpu_limit", "wrong", _("The CPU limit is below the request. Raise it, or lower the request."), field="cpu_limit")
    if size.memory_limit < size.memory_request:
        message = _("The memory limit is below the request. Raise it, or lower the request.")
        yield Finding("memory_limit", "wrong", message, field="memory_limit")


def _cards(subject: Subject) -> Iterator[Finding]:
    size, cluster = subject.spec.size, subject.namespace.cluster
    if bool(size.flavor) != bool(size.gpus):
        yield Finding("flavor", "wrong", _("Choose a GPU flavor and a number of cards, or neither."), field="gpus")
    elif size.flavor and subject.flavor is None:
        offer = ", ".join(cluster.flavors.values_list("name", flat=True)) or _("none")
        message = _("%(cluster)s has no GPU flavor %(flavor)s. It offers: %(offer)s.")
        words = message % {"cluster": cluster, "flavor": size.flavor, "offer": offer}
        yield Finding("unknown_flavor", "wrong", words, field="flavor")


def _replicas(subject: Subject) -> Iterator[Finding]:
    scaling = subject.spec.scaling
    if not (0 <= scaling.minimum <= scaling.maximum <= MOST_REPLICAS and scaling.maximum):
        message = _("Replicas go from 1 to %(most)s, and the maximum is not below the minimum.")
        yield Finding("replicas", "wrong", message % {"most": MOST_REPLICAS}, field="maximum")
    elif not scaling.minimum:
        yield from _sleep(subject)
    available = subject.spec.min_available
    if available is not None and not 0 < available < scaling.minimum:
        message = _("At least one replica must be free to move: keep fewer available than the minimum of replicas (%(minimum)s).")
        yield Finding("min_available", "wrong", message % {"minimum": scaling.minimum}, field="min_available")


def _sleep(subject: Subject) -> Iterator[Finding]:
    """Of one that goes to zero: only Knative wakes it by a request."""
    if subject.offer.serving.mode != "Knative":
        message = _("%(cluster)s cannot scale to zero: its KServe runs in Standard mode, where nothing would wake it. Keep 1 at least.")
        yield Finding("zero", "wrong", message % {"cluster": subject.namespace.cluster}, field="minimum")
    elif not {"concurrency", "rps"} & subject.spec.scaling.targets.keys():
        message = _("To scale to zero, say by what it grows again: requests at once, or requests per second.")
        yield Finding("zero", "wrong", message, field="minimum")


def _metrics(subject: Subject) -> Iterator[Finding]:
    mode, targets, cluster = subject.offer.serving.mode, subject.spec.scaling.targets, subject.namespace.cluster
    other: Mode = "Standard" if mode == "Knative" else "Knative"
    messages = {
        "Standard": _("%(cluster)s cannot scale by %(metric)s: its KServe runs in Standard mode. Scale by CPU or memory."),
        "Knative": _("%(cluster)s cannot scale by %(metric)s: its KServe runs in Knative mode. Scale by requests at once or per second."),
    }
    for metric in METRICS[other]:
        if metric in targets:
            field = f"{metric}_target" if other == "Standard" else metric
            yield Finding("metric", "wrong", messages[mode] % {"cluster": cluster, "metric": metric}, field=field)
    if mode == "Knative" and len(targets.keys() & set(METRICS[mode])) > 1:
        yield Finding("metric", "wrong", _("Knative scales by one metric: keep requests at once, or requests per second."), field="rps")


def _targets(subject: Subject) -> Iterator[Finding]:
    scaling = subject.spec.scaling
    yield from _metrics(subject)
    if any(value < 1 for value in scaling.targets.values()):
        yield Finding("target", "wrong", _("A target is a number from 1 upwards."), field="cpu_target")
    if scaling.maximum > scaling.minimum and not scaling.targets:
        message = _("Say by what it scales, such as 80 % of the CPU request, or make minimum and maximum the same.")
        yield Finding("no_target", "wrong", message, field="maximum")
    if not (0 <= scaling.up_seconds <= LONGEST_WAIT and 0 <= scaling.down_seconds <= LONGEST_WAIT):
        yield Finding("stabilisation", "wrong", _("Stabilisation takes from 0 to 3600 seconds."), field="down_seconds")
    elif scaling.up_seconds and subject.offer.serving.mode == "Knative":
        message = _("%(cluster)s scales with Knative, which never waits before it adds replicas: the seconds before more have no effect.")
        yield Finding("no_effect", "warns", message % {"cluster": subject.namespace.cluster}, field="up_seconds")


def _env(subject: Subject) -> Iterator[Finding]:
    names = [variable.name for variable in subject.spec.env]
    for variable in subject.spec.env:
        shapes = ((VARIABLE, variable.name), (OBJECT, variable.object), (KEY, variable.key))
        if not all(shape.fullmatch(text) for shape, text in shapes):
            message = _("“%(name)s” needs the name of a ConfigMap or Secret and a key in it.")
            yield Finding("variable", "wrong", message % {"name": variable.name[:60]}, field="env")
        elif RESERVED_VARIABLES.match(variable.name):
            message = _("%(name)s belongs to the runtime and cannot be set.")
            yield Finding("reserved_variable", "wrong", message % {"name": variable.name}, field="env")
    if len(set(names)) < len(names):
        yield Finding("variable_twice", "wrong", _("A variable stands twice."), field="env")


def _probes(subject: Subject) -> Iterator[Finding]:
    spec = subject.spec
    if spec.ready_path and not PATH.fullmatch(spec.ready_path):
        yield Finding("ready_path", "wrong", _("Write a path such as /v2/health/ready."), field="ready_path")
    if not 1 <= spec.startup_seconds <= LONGEST_WAIT:
        yield Finding("startup", "wrong", _("The model may take from 1 to 3600 seconds to load."), field="startup_seconds")
    if not 1 <= spec.port <= 65535:
        yield Finding("port", "wrong", _("A port is a number from 1 to 65535."), field="port")
    if (spec.source.kind == "image") != (spec.runtime == "custom"):
        yield Finding("runtime", "wrong", _("A custom image goes with the runtime “custom”, and only with it."), field="runtime")


def _process(subject: Subject) -> Iterator[Finding]:
    """What belongs to a custom image, where none is: it would be dropped, and nobody would know."""
    spec, server = subject.spec, SERVERS.get(subject.spec.runtime)
    if spec.source.kind == "image" or server is None:
        return
    words = {"runtime": RUNTIMES[spec.runtime]}
    if spec.command:
        yield Finding("not_of_runtime", "wrong", _("%(runtime)s brings its own command. Leave it empty.") % words, field="command")
    if spec.port != PORT:
        message = _("%(runtime)s listens on port %(port)s. Leave it empty; only a custom image has another.")
        yield Finding("not_of_runtime", "wrong", message % {**words, "port": PORT}, field="port")
    if spec.args and not server.takes_arguments:
        message = _("%(runtime)s takes no arguments: they go with vLLM or a custom image. Leave them empty.")
        yield Finding("not_of_runtime", "wrong", message % words, field="args")
    for word in filter(None, (_reserved(word, server.reserved) for word in spec.args if server.takes_arguments)):
        message = _("%(argument)s is set by the portal, which finds the model by it. Leave it out.")
        yield Finding("reserved_argument", "wrong", message % {"argument": word}, field="args")


def _reserved(word: str, names: tuple[str, ...]) -> str:
    """The reserved argument that a word means, in whatever spelling; servers take a beginning of a name for the name."""
    written = word.partition("=")[0].replace("_", "-")
    return next((name for name in names if len(written) > 2 and written.startswith("--") and name.startswith(written)), "")
