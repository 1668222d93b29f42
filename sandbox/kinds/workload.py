"""Deployment, ReplicaSet, StatefulSet and DaemonSet: defaults and checks of their specs."""

from collections.abc import Callable
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import check_labels
from sandbox.kinds.pod_defaults import default_pod_spec
from sandbox.kinds.pod_spec import check_pod_spec
from sandbox.kinds.rules import Object, Rules, immutable
from sandbox.selectors.labels import selects

ROLLING = "RollingUpdate"
NEGATIVE = "must be greater than or equal to 0"
# What of a StatefulSet may change.
FREE = (
    *("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"),
    *("persistentVolumeClaimRetentionPolicy", "minReadySeconds"),
)
FIXED = "Forbidden: updates to statefulset spec for fields other than {} and '{}' are forbidden".format(
    ", ".join(f"'{each}'" for each in FREE[:-1]), FREE[-1]
)


def _spec_defaults(strategy: str = "", rolling: Object | None = None, **values: Any) -> Callable[[Object], None]:
    """`strategy` names the field that says how it is updated, `rolling` what a rolling update is unless it is said."""

    def default(workload: Object) -> None:
        spec = workload["spec"]
        for key, value in values.items():
            spec.setdefault(key, value)
        if strategy and spec[strategy].setdefault("type", ROLLING) == ROLLING:
            spec[strategy]["rollingUpdate"] = {**(rolling or {}), **(spec[strategy].get("rollingUpdate") or {})}
        default_pod_spec(spec["template"]["spec"])

    return default


def check_template(template: Object, field: str) -> list[Cause]:
    """Everything wrong with a pod template."""
    labels = (template.get("metadata") or {}).get("labels") or {}
    return check_labels(labels, f"{field}.metadata.labels") + check_pod_spec(template["spec"], f"{field}.spec")


def negative(spec: Object, *keys: str) -> list[Cause]:
    """What is below zero of these numbers."""
    return [bad_value(f"spec.{key}", spec[key], NEGATIVE) for key in keys if spec.get(key, 0) < 0]


def _pods(spec: Object, kind: str) -> list[Cause]:
    """What is wrong with the selector and the template of a workload whose pods never end."""
    labels = (spec.get("template") or {}).get("metadata", {}).get("labels") or {}
    causes = check_selector(spec.get("selector"), labels, kind)
    return causes + check_template(spec["template"], "spec.template") + _only_always(spec["template"]["spec"], kind)


def _only_always(pod_spec: Object, kind: str) -> list[Cause]:
    owner = "ReplicaSet" if kind == "deployment" else {"statefulset": "StatefulSet", "daemonset": "DaemonSet"}[kind]
    causes = []
    if pod_spec.get("restartPolicy") in ("OnFailure", "Never"):
        causes.append(unsupported("spec.template.spec.restartPolicy", pod_spec["restartPolicy"], ("Always",)))
    if "activeDeadlineSeconds" in pod_spec:
        why = f"Forbidden: activeDeadlineSeconds in {owner} is not Supported"
        causes.append(Cause("spec.template.spec.activeDeadlineSeconds", why, "FieldValueForbidden"))
    return causes


def check_selector(selector: Object | None, labels: dict[str, str], kind: str = "deployment") -> list[Cause]:
    """What is wrong with a workload's selector, given its pods' labels; `kind`: the word of the message, "" if it may be empty."""
    causes = []
    if selector is None:
        causes = [required("spec.selector")]
    elif not selector and kind:
        causes = [bad_value("spec.selector", _Empty(), f"empty selector is invalid for {kind}")]
    if selector is None or (selector and not selects(selector, labels)):
        causes.append(bad_value("spec.template.metadata.labels", Labels(labels), "`selector` does not match template `labels`"))
    return causes


class _Empty:
    """An empty selector as Go prints it."""

    def __str__(self) -> str:
        return "v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}"


class Labels:
    """Labels as Go's map prints them."""

    def __init__(self, labels: dict[str, str]) -> None:
        self._labels = labels

    def __str__(self) -> str:
        inner = ", ".join(f'"{key}":"{value}"' for key, value in sorted(self._labels.items()))
        return f"map[string]string{{{inner}}}" if inner else "map[string]string(nil)"


def _validate_deployment(workload: Object) -> list[Cause]:
    spec = workload["spec"]
    causes = negative(spec, "replicas") + _pods(spec, "deployment") + _strategy(spec["strategy"])
    causes += negative(spec, "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")
    seconds = spec.get("progressDeadlineSeconds")
    if seconds is not None and seconds <= spec.get("minReadySeconds", 0):
        causes.append(bad_value("spec.progressDeadlineSeconds", seconds, "must be greater than minReadySeconds"))
    return causes


def _strategy(strategy: Object) -> list[Cause]:
    if strategy["type"] not in ("Recreate", ROLLING):
        return [unsupported("spec.strategy", strategy["type"], ("Recreate", ROLLING))]
    if strategy["type"] == "Recreate" and strategy.get("rollingUpdate") is not None:
        why = "Forbidden: may not be specified when strategy `type` is 'Recreate'"
        return [Cause("spec.strategy.rollingUpdate", why, "FieldValueForbidden")]
    return []


def _validate_stateful_set(workload: Object) -> list[Cause]:
    spec, strategy, causes = workload["spec"], workload["spec"]["updateStrategy"], []
    if strategy["type"] == "OnDelete" and strategy.get("rollingUpdate") is not None:
        shown = f"apps.RollingUpdateStatefulSetStrategy{{Partition:{strategy['rollingUpdate'].get('partition', 0)}}}"
        why = f"Invalid value: {shown}: only allowed for updateStrategy 'RollingUpdate'"
        causes.append(Cause("spec.updateStrategy.rollingUpdate", why))
    return causes + negative(spec, "replicas", "minReadySeconds") + _pods(spec, "statefulset")


def _validate_replica_set(workload: Object) -> list[Cause]:
    return negative(workload["spec"], "replicas", "minReadySeconds") + _pods(workload["spec"], "deployment")


def _validate_daemon_set(workload: Object) -> list[Cause]:
    return _pods(workload["spec"], "daemonset") + negative(workload["spec"], "minReadySeconds", "revisionHistoryLimit")


def _replica_status(*counts: str) -> Callable[[Object], list[Cause]]:
    """`counts` name what a status counts of its replicas, and cannot be more of."""

    def check(workload: Object) -> list[Cause]:
        status = workload.get("status") or {}
        causes = [_count(status, key, NEGATIVE) for key in ("replicas", *counts, "observedGeneration") if status.get(key, 0) < 0]
        above = [key for key in counts if status.get(key, 0) > status.get("replicas", 0)]
        causes += [_count(status, key, "cannot be greater than status.replicas") for key in above]
        if status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
            causes.append(_count(status, "availableReplicas", "cannot be greater than readyReplicas"))
        return causes

    return check


def _count(status: Object, key: str, why: str) -> Cause:
    return bad_value(f"status.{key}", status.get(key, 0), why)


def _stateful_set_update(new: Object, old: Object) -> list[Cause]:
    before, after = ({key: item for key, item in each["spec"].items() if key not in FREE} for each in (old, new))
    return [] if before == after else [Cause("spec", FIXED, "FieldValueForbidden")]


def _selector_is_immutable(new: Object, old: Object) -> list[Cause]:
    return immutable(new, old, "spec", "selector")


DEPLOYMENT = Rules(
    _spec_defaults(
        "strategy", {"maxUnavailable": "25%", "maxSurge": "25%"}, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600
    ),
    _validate_deployment,
    _selector_is_immutable,
    validate_status=_replica_status("updatedReplicas", "readyReplicas", "availableReplicas"),
)
REPLICA_SET = Rules(
    _spec_defaults(replicas=1),
    _validate_replica_set,
    _selector_is_immutable,
    validate_status=_replica_status("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
)
STATEFUL_SET = Rules(
    _spec_defaults("updateStrategy", {"partition": 0}, replicas=1, podManagementPolicy="OrderedReady", revisionHistoryLimit=10),
    _validate_stateful_set,
    _stateful_set_update,
)
DAEMON_SET = Rules(
    _spec_defaults("updateStrategy", {"maxSurge": 0, "maxUnavailable": 1}, revisionHistoryLimit=10),
    _validate_daemon_set,
    _selector_is_immutable,
)
