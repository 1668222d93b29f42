"""Job: defaults, the selector that it gets at birth, checks, immutable fields."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.pod_defaults import default_pod_spec
from sandbox.kinds.rules import Object, Rules, immutable
from sandbox.kinds.workload import Labels, check_selector, check_template
from sandbox.selectors.labels import selects

NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
OWN_LABELS = (UID_LABELS[0], NAME_LABELS[0], UID_LABELS[1], NAME_LABELS[1])
NOT_NEGATIVE = "must be greater than or equal to 0"
COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex")
UNLIMITED = 2**31 - 1
PLACEMENT = ("affinity", "nodeSelector", "tolerations", "schedulingGates")
TANDEM = "can only be modified in tandem with spec.parallelism"


def _default(job: Object) -> None:
    spec = job["spec"]
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    defaults = {"parallelism": 1, "backoffLimit": UNLIMITED if "backoffLimitPerIndex" in spec else 6, "completionMode": "NonIndexed"}
    defaults |= {"suspend": False, "manualSelector": False}
    defaults["podReplacementPolicy"] = "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed"
    for key, value in defaults.items():
        spec.setdefault(key, value)
    default_pod_spec(spec["template"]["spec"])
    labels = (spec["template"].get("metadata") or {}).get("labels")
    if labels and not job["metadata"].get("labels"):
        job["metadata"]["labels"] = dict(labels)


def _select_own_pods(job: Object) -> None:
    """Label the pods with the Job's name and uid, and select them by the latter."""
    spec, metadata = job["spec"], job["metadata"]
    if spec["manualSelector"]:
        return
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    for key in NAME_LABELS:
        labels.setdefault(key, metadata.get("name", ""))
    for key in UID_LABELS:
        labels.setdefault(key, metadata["uid"])
    spec.setdefault("selector", {}).setdefault("matchLabels", {}).setdefault(UID_LABELS[1], metadata["uid"])
    # Whoever reads it finds it defaulted again: a Job without labels has those of its pods, and nobody has set them.
    metadata["labels"] = metadata.get("labels") or dict(labels)


def check_job_spec(spec: dict[str, Any], field: str) -> list[Cause]:
    """Everything wrong with a Job's spec but its selector."""
    causes = [bad_value(f"{field}.{key}", spec[key], NOT_NEGATIVE) for key in COUNTS if (spec.get(key) or 0) < 0]
    mode = spec.get("completionMode", "NonIndexed")
    if mode not in ("NonIndexed", "Indexed"):
        causes.append(unsupported(f"{field}.completionMode", mode, ("Indexed", "NonIndexed")))
    if mode == "Indexed" and "completions" not in spec:
        causes.append(required(f"{field}.completions", "when completion mode is Indexed"))
    causes += check_template(spec["template"], f"{field}.template")
    if spec["template"]["spec"].get("restartPolicy") == "Always":
        causes.append(required(f"{field}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"'))
    return causes


def _validate(job: Object) -> list[Cause]:
    spec = job["spec"]
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    return _selects_own_pods(job, labels) + check_job_spec(spec, "spec") + check_selector(spec.get("selector"), labels, "")


def _selects_own_pods(job: Object, labels: dict[str, str]) -> list[Cause]:
    """What is not as it was made at birth of the labels of the pods, and of the selector."""
    spec, metadata = job["spec"], job["metadata"]
    if spec["manualSelector"] or spec.get("selector") is None:
        return []
    expected = {key: metadata.get("uid" if key in UID_LABELS else "name", "") for key in OWN_LABELS}
    causes = []
    for key, value in expected.items():
        field, why = f"spec.template.metadata.labels[{key}]", f"must be '{value}'"
        if labels.get(key) != value:
            causes.append(bad_value(field, Labels(labels), why) if key in labels else required(field, why))
    if not selects(spec["selector"], expected):
        causes.append(bad_value("spec.selector", spec["selector"], "`selector` not auto-generated"))
    return causes


def _validate_update(new: Object, old: Object) -> list[Cause]:
    causes = _completions(new, old) + immutable(new, old, "spec", "selector")
    causes += immutable(_settled(new, old), _settled(old, old), "spec", "template")
    return causes + [cause for key in ("completionMode", "podFailurePolicy") for cause in immutable(new, old, "spec", key)]


def _completions(new: Object, old: Object) -> list[Cause]:
    """An Indexed Job may grow and shrink, with as many pods as indexes."""
    wanted = new["spec"].get("completions")
    if old["spec"]["completionMode"] != "Indexed" or wanted is None or wanted == old["spec"].get("completions"):
        return immutable(new, old, "spec", "completions")
    return [] if wanted == new["spec"]["parallelism"] else [bad_value("spec.completions", wanted, TANDEM)]


def _settled(job: Object, old: Object) -> Object:
    """Where pods may go can be changed as long as a suspended Job has not started any."""
    if not old["spec"]["suspend"] or (old.get("status") or {}).get("startTime"):
        return job
    template = job["spec"]["template"]
    kept = {key: value for key, value in template["spec"].items() if key not in PLACEMENT}
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if key not in ("labels", "annotations")}
    return {**job, "spec": {**job["spec"], "template": {**template, "metadata": metadata, "spec": kept}}}


JOB = Rules(_default, _validate, _validate_update, prepare=_select_own_pods)
