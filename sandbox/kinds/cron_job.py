"""CronJob: defaults, and checks of its schedule, its time zone and the Job that it makes."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.job import NOT_NEGATIVE, check_job_spec
from sandbox.kinds.pod_defaults import default_pod_spec
from sandbox.kinds.rules import Object, Rules
from sandbox.schedule import Schedule, ScheduleError

DEFAULTS = {"concurrencyPolicy": "Allow", "suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}
POLICIES = ("Allow", "Forbid", "Replace")
COUNTS = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
# A Job's name adds a dash and ten digits.
LONGEST_NAME = 52
ZONE_IN_SCHEDULE = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
NOT_EXPLICIT = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"


def _default(cron: Object) -> None:
    spec = cron["spec"]
    for key, value in DEFAULTS.items():
        spec.setdefault(key, value)
    default_pod_spec(spec["jobTemplate"]["spec"]["template"]["spec"])


def _validate(cron: Object) -> list[Cause]:
    spec, name = cron["spec"], cron["metadata"].get("name", "")
    causes = [bad_value("metadata.name", name, f"must be no more than {LONGEST_NAME} characters")] if len(name) > LONGEST_NAME else []
    causes += _schedule(spec.get("schedule", "")) + (_zone(spec["timeZone"]) if "timeZone" in spec else [])
    causes += [bad_value(f"spec.{key}", spec[key], NOT_NEGATIVE) for key in COUNTS if (spec.get(key) or 0) < 0]
    if spec["concurrencyPolicy"] not in POLICIES:
        causes.append(unsupported("spec.concurrencyPolicy", spec["concurrencyPolicy"], POLICIES))
    if spec["jobTemplate"]["spec"].get("manualSelector"):
        causes.append(unsupported("spec.jobTemplate.spec.manualSelector", True, ("nil", "false")))
    return causes + check_job_spec(spec["jobTemplate"]["spec"], "spec.jobTemplate.spec")


def _schedule(text: str) -> list[Cause]:
    if not text:
        return [required("spec.schedule")]
    if "TZ" in text:
        return [bad_value("spec.schedule", text, ZONE_IN_SCHEDULE)]
    try:
        Schedule(text)
    except ScheduleError as error:
        return [bad_value("spec.schedule", text, str(error))]
    return []


def _zone(name: str) -> list[Cause]:
    if not name:
        return [bad_value("spec.timeZone", name, "must be nil or non-empty string")]
    if name.lower() == "local":
        return [bad_value("spec.timeZone", name, NOT_EXPLICIT)]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [bad_value("spec.timeZone", name, f"unknown time zone {name}")]
    return []


CRON_JOB = Rules(_default, _validate)
