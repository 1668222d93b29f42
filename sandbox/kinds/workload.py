"""Deployment, ReplicaSet, StatefulSet, DaemonSet and Job: defaults and checks of their specs. No controller acts on them here."""

from collections.abc import Callable
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.names import check_labels
from sandbox.kinds.pod_defaults import default_pod_spec
from sandbox.kinds.pod_spec import check_pod_spec
from sandbox.kinds.rules import Object, Rules, immutable
from sandbox.selectors.labels import selects

ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}


def _spec_defaults(**values: Any) -> Callable[[Object], None]:
    def default(workload: Object) -> None:
        spec = workload.setdefault("spec", {})
        for key, value in values.items():
            spec.setdefault(key, dict(value) if isinstance(value, dict) else value)
        default_pod_spec(spec.setdefault("template", {}).setdefault("spec", {}))
        spec["template"].setdefault("metadata", {"creationTimestamp": None})

    return default


def _validate(workload: Object) -> list[Cause]:
    spec = workload["spec"]
    labels = (spec.get("template") or {}).get("metadata", {}).get("labels") or {}
    causes = _selector(spec.get("selector"), labels) + check_labels(labels, "spec.template.metadata.labels")
    if spec.get("replicas", 0) < 0:
        causes.append(bad_value("spec.replicas", spec["replicas"], "must be greater than or equal to 0"))
    return causes + check_pod_spec(spec["template"]["spec"], "spec.template.spec")


def _selector(selector: Object | None, labels: dict[str, str]) -> list[Cause]:
    if not selector:
        return [required("spec.selector")]
    if not selects(selector, labels):
        return [bad_value("spec.template.metadata.labels", _Shown(labels), "`selector` does not match template `labels`")]
    return []


class _Shown:
    """Labels as Go's map prints them."""

    def __init__(self, labels: dict[str, str]) -> None:
        self._labels = labels

    def __str__(self) -> str:
        inner = ",".join(f'"{key}":"{value}"' for key, value in sorted(self._labels.items()))
        return f"map[string]string{{{inner}}}" if inner else "map[string]string(nil)"


def _selector_is_immutable(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "spec", "selector")


def _validate_job(job: Object) -> list[Cause]:
    spec = job["spec"]["template"]["spec"]
    causes = check_pod_spec(spec, "spec.template.spec")
    if spec.get("restartPolicy") == "Always":
        allowed = '"OnFailure", "Never"'
        causes.append(
            Cause("spec.template.spec.restartPolicy", f'Unsupported value: "Always": supported values: {allowed}', "FieldValueNotSupported")
        )
    return causes


def _job_update(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "spec", "template") + immutable(new, old, "spec", "completions")


DEPLOYMENT = Rules(
    _spec_defaults(replicas=1, strategy=ROLLING, revisionHistoryLimit=10, progressDeadlineSeconds=600), _validate, _selector_is_immutable
)
REPLICA_SET = Rules(_spec_defaults(replicas=1), _validate, _selector_is_immutable)
STATEFUL_SET = Rules(
    _spec_defaults(replicas=1, podManagementPolicy="OrderedReady", revisionHistoryLimit=10, updateStrategy={"type": "RollingUpdate"}),
    _validate,
    _selector_is_immutable,
)
DAEMON_SET = Rules(_spec_defaults(revisionHistoryLimit=10, updateStrategy={"type": "RollingUpdate"}), _validate, _selector_is_immutable)
JOB = Rules(
    _spec_defaults(backoffLimit=6, completions=1, parallelism=1, completionMode="NonIndexed", suspend=False), _validate_job, _job_update
)
