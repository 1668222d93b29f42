"""A whole revision: from the flat fields of a form or of REST to a DeploymentSpec, and back."""

import shlex
from collections.abc import Mapping
from typing import Any, get_args

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from deployments.manifests.runtimes import SERVERS
from deployments.parsing.environment import parse_env, written_env
from deployments.parsing.problems import Problems, is_empty
from deployments.parsing.scaling import parse_scaling, written_scaling
from deployments.parsing.size import parse_size, written_size
from deployments.parsing.source import FIELDS, parse_source, written_source
from deployments.queries import version_of
from deployments.runtimes import proposed_runtime
from deployments.spec import RUNTIMES, DeploymentSpec, Exposure, Protocol, Runtime, Source, Spread, Strategy
from tenants.models import Namespace

MOST_WORDS = 100
LONGEST_WORD = 1000
OF_IMAGE = ("command", "args", "port")


def parse_spec(written: Mapping[str, Any], *, namespace: Namespace, user: User, source: Source | None = None) -> DeploymentSpec:
    """The spec that the fields say, with defaults where nothing is written. Raises ValidationError per field.

    `source` is taken as it is instead of the fields of one: what is pinned already is not resolved anew.
    """
    problems = Problems()
    if source is None:
        source = Source("model")
        with problems.gathered():
            source = parse_source(written, user)
    runtime = problems.choice(written, "runtime", RUNTIMES, _usual_runtime(source))
    spec = DeploymentSpec(
        source=source,
        runtime=runtime,
        size=parse_size(problems, written, namespace.cluster, namespace.team),
        scaling=parse_scaling(problems, written),
        protocol=problems.choice(written, "protocol", get_args(Protocol), _usual_protocol(runtime)),
        env=problems.read_many(written, "env", parse_env),
        command=problems.read_many(written, "command", _words),
        args=problems.read_many(written, "args", _words),
        port=problems.number(written, "port", 8080),
        ready_path="" if is_empty(written.get("ready_path")) else str(written["ready_path"]),
        startup_seconds=problems.number(written, "startup_seconds", 300),
        spread=problems.choice(written, "spread", get_args(Spread), ""),
        min_available=problems.optional_number(written, "min_available"),
        exposure=problems.choice(written, "exposure", get_args(Exposure), "cluster"),
        strategy=problems.choice(written, "strategy", get_args(Strategy), "rolling"),
    )
    problems.end()
    return spec


def changed_spec(stands: DeploymentSpec, written: Mapping[str, Any], *, namespace: Namespace, user: User) -> DeploymentSpec:
    """The spec that stands with what was written over it; a field that is absent stays. Raises ValidationError per field.

    Another version or alias alone is one of the same model; the model's name alone is none of its versions yet.
    """
    if not set(FIELDS) & set(written):
        return parse_spec({**written_spec(stands), **written}, namespace=namespace, user=user, source=stands.source)
    kept = {name: value for name, value in written_spec(stands).items() if name not in FIELDS}
    if not {"model", "uri", "image"} & set(written):
        kept["model"] = stands.source.model
    if stands.source.kind == "image" and is_empty(written.get("image")):
        # These were the image's, and go with it.
        kept = {name: value for name, value in kept.items() if name not in OF_IMAGE}
    return parse_spec({**kept, **written}, namespace=namespace, user=user)


def written_spec(spec: DeploymentSpec) -> dict[str, Any]:
    """The flat fields that `parse_spec` reads, amounts as Kubernetes quantities."""
    plain = ("runtime", "protocol", "port", "ready_path", "startup_seconds", "spread", "min_available", "exposure", "strategy")
    return {
        **written_source(spec.source),
        **written_size(spec.size),
        **written_scaling(spec.scaling),
        **{name: getattr(spec, name) for name in plain},
        "env": written_env(spec.env),
        "command": list(spec.command),
        "args": list(spec.args),
    }


def _usual_runtime(source: Source) -> Runtime:
    return "custom" if source.kind == "image" else proposed_runtime(version_of(source))


def _usual_protocol(runtime: Runtime) -> Protocol:
    """The newest that the runtime speaks; of a custom image nothing is known."""
    server = SERVERS.get(runtime)
    return server.protocols[-1] if server else "v2"


def _words(written: str | list[Any]) -> tuple[str, ...]:
    """A list of words, or one line in the shell's way of quoting, of which nothing is expanded."""
    try:
        words = shlex.split(written) if isinstance(written, str) else written
    except ValueError:
        raise ValidationError(_("A quotation mark is not closed.")) from None
    if len(words) > MOST_WORDS or not all(isinstance(word, str) and len(word) <= LONGEST_WORD for word in words):
        message = _("Give at most %(most)s words of at most %(longest)s characters.")
        raise ValidationError(message % {"most": MOST_WORDS, "longest": LONGEST_WORD})
    return tuple(words)
