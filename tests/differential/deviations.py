"""Where one of the servers is known to deviate from Kubernetes 1.29 and later, and what is done about it, each as narrow as possible."""

import re
from collections.abc import Callable
from typing import Any

from tests.differential.kinds import Object

Forgive = Callable[[Object], Object]


def forgive(value: Object, minor: int) -> Object:
    """One JSON object as both servers would tell it; `minor` is that of the older server."""
    for before, change in RULES:
        if minor < before:
            value = change(value)
    return value


def owners(entries: list[Object], minor: int) -> list[Object]:
    """managedFields: until 1.22 they did not tell the subresource, so that a manager's writes of object and status were one entry.

    And who wrote the Scale was not told, so nothing is said of who owns the replicas; nor of what was not there yet, lest nothing
    but that makes an entry.
    """
    if minor >= 22:
        return entries
    found: dict[tuple[str, str], Object] = {}
    for entry in entries:
        key = entry.get("manager", ""), entry["operation"]
        fields = {name: item for name, item in (entry.get("fieldsV1") or {}).items() if name != "f:status"}
        for name in ("f:replicas", "f:internalTrafficPolicy", "f:externalTrafficPolicy"):
            fields = _cut(fields, ("f:spec", name))
        before = found.get(key, {"fieldsV1": {}})["fieldsV1"]
        if fields or before:
            rest = {name: item for name, item in entry.items() if name not in ("subresource", "fieldsV1")}
            found[key] = {**rest, "fieldsV1": _joined(before, fields)}
    return list(found.values())


def grows(entries: list[Object], minor: int) -> bool:
    """managedFields: until 1.21 a manager that owned a map, but no item of it any more, was given all of them by the next write."""
    if minor >= 22:
        return False
    owned = [entry.get("fieldsV1") or {} for entry in entries]
    bare, filled = (set().union(*(_places(fields, (), filled=is_filled) for fields in owned)) for is_filled in (False, True))
    return bool(bare & filled - {()})


def scales(path: str, minor: int) -> bool:
    """Whether this is the path of a Scale: until 1.21 who owned the replicas went on to own them after a write of it."""
    return minor < 22 and path.endswith("/scale")


def _places(fields: Object, path: tuple[str, ...], *, filled: bool) -> set[tuple[str, ...]]:
    """The places of which something below is owned too (`filled`), or nothing."""
    below = [_places(item, (*path, name), filled=filled) for name, item in fields.items() if name != "."]
    return set().union(*below, {path} if bool(below) == filled else set())


def _joined(left: Object, right: Object) -> Object:
    return {key: _joined(left.get(key, {}), right.get(key, {})) for key in left.keys() | right.keys()}


def _decode_errors(value: Object) -> Object:
    message = "" if value.get("field") == "patch" else value.get("message")
    if isinstance(message, str):
        message = GO_VALUE.sub("Invalid value: <value>: field is immutable", message)
        message = GO_POINTER.sub("<pointer>", message)
        message = message.replace("map[string]string(nil)", "map[string]string{}")  # both are an empty selector
        message = IN_PRECONDITION.sub(r"\1 (<version>)", message)
    return (
        {**value, "message": QUANTITY.sub(r"\1", VERBOSE.sub(r"\1", message)).removeprefix("invalid resource version: ")}
        if isinstance(message, str)
        else value
    )


def _words(value: Object) -> Object:
    message = value.get("message")
    for old, new in WORDS:
        message = message.replace(old, new) if isinstance(message, str) else message
    return {**value, "message": message} if isinstance(message, str) else value


def _limits(value: Object) -> Object:
    message = value.get("message")
    return {**value, "message": LIMIT.sub(r"\1", message)} if isinstance(message, str) else value


def _media_types(value: Object) -> Object:
    message = value.get("message")
    return {**value, "message": message.replace(", application/vnd.kubernetes.protobuf", "")} if isinstance(message, str) else value


def _owner_fields(value: Object) -> Object:
    for key in ("f:secrets", "f:imagePullSecrets"):
        if isinstance(value.get(key), dict):
            value = {**value, key: {name: {} for name in value[key]}}
    return {key: {} if key.startswith('k:{"uid":') or key in ATOMIC else item for key, item in value.items()}


def _owner_conflicts(value: Object) -> Object:
    parts = value.get("reason") == "FieldManagerConflict" and str(value.get("field", "")).startswith(".roleRef.")
    return {**value, "field": ".roleRef"} if parts else value


def _newer_fields(value: Object) -> Object:
    return {key: item for key, item in value.items() if key.removeprefix("f:") not in NEWER_FIELDS}


def _cut(value: Any, path: tuple[str, ...]) -> Any:
    if not isinstance(value, dict) or path[0] not in value:
        return value
    rest = {key: item for key, item in value.items() if key != path[0]}
    left = _cut(value[path[0]], path[1:]) if len(path) > 1 else {}
    return {**rest, path[0]: left} if left else rest


def _job_labels(value: Object) -> Object:
    if value.get("kind") != "Job":
        return value
    value = _cut(_cut(value, ("metadata", "generation")), ("spec", "selector"))
    for path in (("metadata", "labels"), ("spec", "template", "metadata", "labels")):
        for name in ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"):
            value = _cut(value, (*path, name))
    return value


def _job_owners(value: Object) -> Object:
    return {key: item for key, item in value.items() if not key.startswith("f:batch.kubernetes.io/")}


def _job_causes(value: Object) -> Object:
    details = value.get("details")
    if not isinstance(details, dict) or details.get("kind") != "Job" or "causes" not in details:
        return value
    causes = [each for each in details["causes"] if "[batch.kubernetes.io/" not in each.get("field", "")]
    told = [{**each, "message": GO_STRUCT.sub("Invalid value: <value>: ", each["message"])} for each in causes]
    return {**value, "message": "", "details": {**details, "causes": told}}


def _unchecked_template(value: Object) -> Object:
    details = value.get("details")
    if not isinstance(details, dict) or details.get("kind") != "StatefulSet" or "causes" not in details:
        return value
    causes = [each for each in details["causes"] if not each.get("field", "").startswith("spec.template.spec")]
    return {**value, "message": "", "details": {**details, "causes": causes}}


def _old_group(value: Object) -> Object:
    if value.get("kind") == "NetworkPolicy" and value.get("group") == "extensions":
        return {**value, "group": "networking.k8s.io"}
    message = value.get("message")
    return (
        {**value, "message": message.replace("NetworkPolicy.extensions", "NetworkPolicy.networking.k8s.io")}
        if isinstance(message, str)
        else value
    )


def _scales(value: Object) -> Object:
    found = {key: item.replace("/scale", "") for key, item in value.items() if key in ("kind", "message") and isinstance(item, str)}
    return {**value, **found}


def _conflicts(value: Object) -> Object:
    causes = value.get("causes")
    if not isinstance(causes, list) or not causes or causes[0].get("reason") != "FieldManagerConflict":
        return value
    return {**value, "causes": sorted(causes, key=str)}


def _siblings(value: Object) -> Object:
    causes = (value.get("details") or {}).get("causes") if isinstance(value.get("details"), dict) else None
    if not causes or causes[0].get("reason") != "FieldManagerConflict":
        return value
    places = [(each["message"], LAST_ELEMENT.sub("", each["field"])) for each in causes]
    told = [{**each, "field": f"{place[1]}.*"} if places.count(place) > 1 else each for each, place in zip(causes, places, strict=True)]
    return {**value, "details": {**value["details"], "causes": told}}


def _overwritten(value: Object) -> Object:
    causes = value.get("causes")
    if not isinstance(causes, list):
        return value
    is_conflict = [each.get("reason") == "FieldManagerConflict" for each in causes]
    cut = [{**each, "field": DEEP.sub(r"\1", each["field"])} if of else each for each, of in zip(causes, is_conflict, strict=True)]
    return {**value, "causes": cut}


def _map_order(value: Object) -> Object:
    causes = (value.get("details") or {}).get("causes") if isinstance(value.get("details"), dict) else None
    causes = [each for index, each in enumerate(causes or []) if each not in causes[:index]]
    places = [MAP_KEY.sub("", str(each.get("field"))) for each in causes]
    if len(set(places)) == len(places):
        return value
    ordered = sorted(causes, key=lambda each: (places.index(MAP_KEY.sub("", str(each.get("field")))), str(each.get("field")), str(each)))
    return {**value, "message": "", "details": {**value["details"], "causes": ordered}}


def _probes_last(value: Object) -> Object:
    causes = (value.get("details") or {}).get("causes") if isinstance(value.get("details"), dict) else None
    is_probe = [bool(PROBE.search(str(each.get("field")))) for each in causes or []]
    if len(set(is_probe)) < 2:
        return value
    ordered = [cause for late in (False, True) for cause, is_late in zip(causes, is_probe, strict=True) if is_late == late]
    return {**value, "message": "", "details": {**value["details"], "causes": ordered}}


def _causes_once(value: Object) -> Object:
    causes = value.get("causes")
    return (
        {**value, "causes": [each for index, each in enumerate(causes) if each not in causes[:index]]}
        if isinstance(causes, list)
        else value
    )


def _selectors(value: Object) -> Object:
    message = value.get("message")
    return {**value, "message": UNKNOWN_FIELD.sub(r"field label not supported: \1", message)} if isinstance(message, str) else value


def _newer_job_fields(value: Object) -> Object:
    return {key: item for key, item in value.items() if key.removeprefix("f:") not in ("manualSelector", "podReplacementPolicy")}


def _outside_policy(value: Object) -> Object:
    return {key: item for key, item in value.items() if key.removeprefix("f:") != "externalTrafficPolicy"}


ALWAYS = 1_000
WORDS = (
    ("must to greater or equal than 0", "must be greater than or equal to 0"),
    ("at least one letter or number (a-z, 0-9)", "at least one letter (a-z)"),
)
ATOMIC = frozenset({"f:roleRef", "f:fieldRef", "f:secretKeyRef", "f:configMapKeyRef", "f:requiredDuringSchedulingIgnoredDuringExecution"})
NEWER_FIELDS = frozenset(
    {"internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy", "availableReplicas", "completionMode", "suspend", "ttlSecondsAfterFinished"}
)
# What follows these words depends on a library's version, or shows a difference in its own form.
VERBOSE = re.compile(
    r"( cannot be handled as a \w+|failed to (?:create typed patch|convert new) object|spec is immutable after creation except "
    r"|updates to statefulset spec for fields other than "
    r'|"" is invalid: patch: '
    r"|StorageError: invalid object|Apply failed with \d+ conflict"
    r"|pod updates may not change fields other than |continue key is not valid: |unable to parse requirement: found 'b').*",
    re.DOTALL,
)
PROBE = re.compile(r"containers\[\d+\]\.(?:liveness|readiness|startup)Probe")
LAST_ELEMENT = re.compile(r"(?:\.[^.\[\]]+|\[[^\]]*\])$")
MAP_KEY = re.compile(r"\[[^\]]*[^\]0-9][^\]]*\].*")
IN_PRECONDITION = re.compile(r"(ResourceVersion in (?:the precondition|record)) \(\d+\)")
GO_VALUE = re.compile(r"Invalid value: (?:[^\"\[]|\"null\")(?:(?! is invalid: ).)*?: field is immutable", re.DOTALL)
GO_POINTER = re.compile(r"\(\*\w+\)\((?:nil|0x[0-9a-f]+)\)")
GO_STRUCT = re.compile(r"Invalid value: (?:map\[|v1\.|\{).*\}: ", re.DOTALL)
DEEP = re.compile(r"^((?:\.[^.\[]+|\[[^\]]*\]){3}).*")
UNKNOWN_FIELD = re.compile(r'"([\w.]+)" is not a known field selector: only "metadata.name", "metadata.namespace"')
LIMIT = re.compile(r"(must be (?:less than or )?equal to \S+ limit) of [^\s,\]]+")
QUANTITY = re.compile(r'resource\.Quantity\{i:.*?, s:("[^"]*"), Format:"\w+"\}')
# (real servers before this minor version, what is done)
RULES: tuple[tuple[int, Forgive], ...] = (
    # Of several conflicts at one place the last was told again and again.
    (21, _siblings),
    # The text after it quotes the JSON around the fault, in the words of the JSON library in use.
    (ALWAYS, _decode_errors),
    # The embedded server takes no protobuf, and says so.
    (ALWAYS, _media_types),
    # Conflicts come in the order of a Go map: in none.
    (ALWAYS, _conflicts),
    # So do the wrong keys and values of a map.
    (ALWAYS, _map_order),
    # Until 1.21 references (to owners, roles, Secrets, fields) were owned field by field.
    (21, _owner_fields),
    (21, _owner_conflicts),
    # Of several conflicts in one place that is deep enough, the last was told several times, in place of the others.
    (22, _overwritten),
    # Until 1.27 a Job's pods carried other labels, and until 1.22 a Job had no generation.
    (27, _job_labels),
    (27, _job_owners),
    (27, _job_causes),
    # The pods of StatefulSets were not checked.
    (24, _unchecked_template),
    # A NetworkPolicy was still of another group, to its checks.
    (21, _old_group),
    # Some checks ran twice.
    (29, _causes_once),
    # A missing Scale was named as one.
    (29, _scales),
    # A negative number of a Lease, and the name of a port, were refused in other words.
    (24, _words),
    # A container's probes were checked before the rest of it.
    (29, _probes_last),
    # A request above its limit was refused without the limit.
    (29, _limits),
    # Services could not be chosen by fields of theirs, and what no field is was said otherwise.
    (31, _selectors),
    # Services that only have external addresses got no policy for what comes from outside.
    (26, _outside_policy),
    # Defaults of Jobs that are younger.
    (31, _newer_job_fields),
    # They are younger.
    (24, _newer_fields),
)
