"""APIService: its name says which version of which group it stands for."""

from sandbox.kinds.errors import Cause, bad_value, required
from sandbox.kinds.rules import Object, Rules

HIGHEST_GROUP, HIGHEST_VERSION = 20_000, 1_000


def _default(value: Object) -> None:
    service = (value.get("spec") or {}).get("service")
    if service is not None:
        service.setdefault("port", 443)


def _validate(value: Object) -> list[Cause]:
    spec, name = value.get("spec") or {}, value["metadata"].get("name", "")
    causes, expected = [], f"{spec.get('version', '')}.{spec.get('group', '')}"
    if name != expected:
        causes.append(bad_value("metadata.name", name, f'must be `spec.version+"."+spec.group`: "{expected}"'))
    for key, highest in (("groupPriorityMinimum", HIGHEST_GROUP), ("versionPriority", HIGHEST_VERSION)):
        if not 0 < spec.get(key, 0) <= highest:
            causes.append(bad_value(f"spec.{key}", spec.get(key, 0), f"must be positive and less than {highest}"))
    return causes + _check_service(spec)


def _check_service(spec: Object) -> list[Cause]:
    service = spec.get("service")
    if service is None:
        given = {"caBundle": spec.get("caBundle"), "insecureSkipTLSVerify": spec.get("insecureSkipTLSVerify")}
        return [bad_value(f"spec.{key}", value, "local APIServices may not have it") for key, value in given.items() if value]
    causes = [required(f"spec.service.{key}") for key in ("namespace", "name") if not service.get(key)]
    if spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        causes.append(bad_value("spec.insecureSkipTLSVerify", True, "may not be true if caBundle is present"))
    return causes


API_SERVICE = Rules(_default, _validate)
