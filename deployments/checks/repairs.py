"""Links to the form of a deployment, filled in with what would fit: for what can be solved there, and for nothing else."""

import shlex
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from deployments.checks.subject import Subject
from deployments.parsing.spec import written_spec


def repaired(subject: Subject, **changes: Any) -> str:
    """The address of the form with all that was wished, and these fields otherwise; variables stand in no address."""
    written = _written(subject)
    if subject.standing is None:
        place = {"namespace": subject.namespace.pk, "name": subject.wish.name}
        filled = {name: value for name, value in written.items() if value != ""}
        return f"{reverse('deployment_new')}?{urlencode({**place, **filled, **changes})}"
    return f"{reverse('deployment_edit', args=[subject.standing.pk])}?{urlencode({**written, **_trial(subject), **changes})}"


def fewer(subject: Subject, replicas: int) -> str:
    """The same with so many replicas at least, and no more where nothing makes them more."""
    scaling, available = subject.spec.scaling, subject.spec.min_available
    kept = min(available, replicas - 1) if available else 0
    most = max(scaling.maximum, replicas) if scaling.targets else replicas
    return repaired(subject, minimum=replicas, maximum=most, min_available=kept or "")


def _written(subject: Subject) -> dict[str, Any]:
    """The fields of the form, as they are written there."""
    written, source = written_spec(subject.spec), subject.spec.source
    pick = f"{source.version}@{source.alias}" if source.alias else source.version or ""
    lists = {name: shlex.join(written[name]) for name in ("command", "args")}
    own = {"port": written["port"] if source.kind == "image" else "", "gpus": subject.spec.size.gpus or ""}
    left_out = ("version", "alias", "env")
    fields = {**written, **lists, **own, "source": source.kind, "pick": pick}
    return {name: "" if value is None else value for name, value in fields.items() if name not in left_out}


def _trial(subject: Subject) -> dict[str, Any]:
    trial = subject.wish.trial
    return {"how": "trial", "share": trial.share} if trial else {}
