"""Tables of the apps and batch groups, and of what scales and protects them."""

from datetime import datetime
from typing import Any

from sandbox.api.tables.ages import age, between, or_none, since
from sandbox.api.tables.columns import Printer, columns
from sandbox.api.tables.texts import containers_cells, labels_text, selector_text
from sandbox.kinds.rules import Object

WIDE = "Containers+, Images+, Selector+"
JOB_STATES = ("Complete", "Failed", "", "Suspended", "FailureTarget", "SuccessCriteriaMet")


def _parts(value: Object) -> tuple[str, Object, Object]:
    return value["metadata"]["name"], value.get("spec") or {}, value.get("status") or {}


def _wide(spec: Object) -> list[str]:
    return [*containers_cells((spec.get("template") or {}).get("spec") or {}), selector_text(spec.get("selector"))]


def _ready(spec: Object, status: Object) -> str:
    return f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"


def _deployment(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [name, _ready(spec, status), *counts, age(value, now), *_wide(spec)]


def _replica_set(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name, *counts, age(value, now), *_wide(spec)]


def _stateful_set(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    return [name, _ready(spec, status), age(value, now), *_wide(spec)[:2]]


def _daemon_set(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    keys = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled", "numberAvailable")
    chosen = labels_text((spec["template"].get("spec") or {}).get("nodeSelector"))
    return [name, *(status.get(key, 0) for key in keys), chosen, age(value, now), *_wide(spec)]


def _revision(value: Object, now: datetime) -> list[Any]:
    owner = next((each for each in value["metadata"].get("ownerReferences") or [] if each.get("controller")), None)
    controller = "<none>"
    if owner:
        group = owner["apiVersion"].rpartition("/")[0]
        controller = f"{owner['kind'].lower()}{'.' if group else ''}{group}/{owner['name']}"
    return [value["metadata"]["name"], controller, value.get("revision", 0), age(value, now)]


def _job(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    start, end = status.get("startTime"), status.get("completionTime")
    duration = "" if not start else between(start, end) if end else since(start, now)
    return [name, _job_state(value, status), _completions(spec, status), duration, age(value, now), *_wide(spec)]


def _job_state(value: Object, status: Object) -> str:
    held = {each["type"] for each in status.get("conditions") or [] if each["status"] == "True"}
    for state in JOB_STATES:
        if not state and "deletionTimestamp" in value["metadata"]:
            return "Terminating"
        if state in held:
            return state
    return "Running"


def _completions(spec: Object, status: Object) -> str:
    succeeded, parallel = status.get("succeeded", 0), spec.get("parallelism", 0)
    if spec.get("completions") is not None:
        return f"{succeeded}/{spec['completions']}"
    return f"{succeeded}/1 of {parallel}" if parallel > 1 else f"{succeeded}/1"


def _cron_job(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    suspend = str(spec["suspend"]) if "suspend" in spec else "<unset>"
    last = since(status["lastScheduleTime"], now) if status.get("lastScheduleTime") else "<none>"
    active = len(status.get("active") or [])
    template = spec["jobTemplate"].get("spec") or {}
    return [name, spec["schedule"], or_none(spec.get("timeZone")), suspend, active, last, age(value, now), *_wide(template)]


def _budget(value: Object, now: datetime) -> list[Any]:
    name, spec, status = _parts(value)
    amounts = [str(spec[key]) if key in spec else "N/A" for key in ("minAvailable", "maxUnavailable")]
    return [name, *amounts, status.get("disruptionsAllowed", 0), age(value, now)]


DEPLOYMENT = Printer(columns(f"Name, Ready, Up-to-date, Available, Age, {WIDE}"), _deployment)
REPLICA_SET = Printer(columns(f"Name, Desired:integer, Current:integer, Ready:integer, Age, {WIDE}"), _replica_set)
STATEFUL_SET = Printer(columns("Name, Ready, Age, Containers+, Images+"), _stateful_set)
DAEMON_SET = Printer(
    columns(
        f"Name, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, Node Selector, Age, {WIDE}",
    ),
    _daemon_set,
)
CONTROLLER_REVISION = Printer(columns("Name, Controller, Revision, Age"), _revision)
JOB = Printer(columns(f"Name, Status, Completions, Duration, Age, {WIDE}"), _job)
CRON_JOB = Printer(columns(f"Name, Schedule, Timezone, Suspend:boolean, Active:integer, Last Schedule, Age, {WIDE}"), _cron_job)
BUDGET = Printer(columns("Name, Min Available, Max Unavailable, Allowed Disruptions:integer, Age"), _budget)
