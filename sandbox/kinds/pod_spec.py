"""Checks of a pod's spec, wherever it stands."""

from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import is_label, is_port, is_variable
from sandbox.kinds.placement import check_placement
from sandbox.kinds.pod_volumes import check_source, check_variable_source
from sandbox.kinds.probes import check_probes
from sandbox.kinds.resources import check_container

DUPLICATE = "FieldValueDuplicate"


def check_pod_spec(spec: dict[str, Any], field: str) -> list[Cause]:
    """Everything wrong with a pod's spec."""
    causes = _volumes(spec, field)
    containers = spec.get("containers") or []
    if not containers:
        causes.append(required(f"{field}.containers"))
    seen: set[str] = set()
    for part in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(part) or []):
            causes += _container(container, f"{field}.{part}[{index}]", spec, seen)
    if spec.get("restartPolicy") not in ("Always", "OnFailure", "Never"):
        causes.append(unsupported(f"{field}.restartPolicy", spec.get("restartPolicy", ""), ("Always", "OnFailure", "Never")))
    if spec.get("dnsPolicy") not in ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"):
        allowed = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
        causes.append(unsupported(f"{field}.dnsPolicy", spec.get("dnsPolicy", ""), allowed))
    causes += check_placement(spec, field)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        causes.append(bad_value(f"{field}.terminationGracePeriodSeconds", spec["terminationGracePeriodSeconds"], "must be >= 0"))
    return causes


def _volumes(spec: dict[str, Any], field: str) -> list[Cause]:
    causes: list[Cause] = []
    names: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or []):
        where = f"{field}.volumes[{index}]"
        found = check_source(volume, where) + _name(volume.get("name", ""), f"{where}.name", set(names))
        # One that is wrong takes no name.
        names |= set() if found else {volume["name"]}
        causes += found
    return causes


def _name(name: str, where: str, seen: set[str]) -> list[Cause]:
    causes = [bad_value(where, name, why) for why in is_label(name)] if name else [required(where)]
    if name in seen:
        causes.append(Cause(where, f'Duplicate value: "{name}"', DUPLICATE))
    seen.add(name)
    return causes


def _container(container: dict[str, Any], field: str, spec: dict[str, Any], seen: set[str]) -> list[Cause]:
    causes = _name(container.get("name", ""), f"{field}.name", seen)
    if not container.get("image"):
        causes.append(required(f"{field}.image"))
    elif container["image"] != container["image"].strip():
        causes.append(bad_value(f"{field}.image", container["image"], "must not have leading or trailing whitespace"))
    for index, port in enumerate(container.get("ports") or []):
        causes += _port(port, f"{field}.ports[{index}]")
    for index, variable in enumerate(container.get("env") or []):
        causes += _variable(variable, f"{field}.env[{index}]")
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    causes += _mounts(container.get("volumeMounts") or [], f"{field}.volumeMounts", volumes)
    policy = container.get("imagePullPolicy")
    if policy not in ("Always", "IfNotPresent", "Never"):
        causes.append(unsupported(f"{field}.imagePullPolicy", policy, ("Always", "IfNotPresent", "Never")))
    return [*causes, *check_container(container.get("resources") or {}, f"{field}.resources"), *check_probes(container, field)]


def _mounts(mounts: list[dict[str, Any]], field: str, volumes: set[str | None]) -> list[Cause]:
    causes, taken = [], set()
    for index, mount in enumerate(mounts):
        name, path = mount.get("name", ""), mount.get("mountPath", "")
        if name not in volumes:
            causes.append(Cause(f"{field}[{index}].name", f'Not found: "{name}"', "FieldValueNotFound"))
        if not path:
            causes.append(required(f"{field}[{index}].mountPath"))
        if path in taken:
            causes.append(bad_value(f"{field}[{index}].mountPath", path, "must be unique"))
        taken.add(path)
    return causes


def _variable(variable: dict[str, Any], field: str) -> list[Cause]:
    name = variable.get("name", "")
    causes = [bad_value(f"{field}.name", name, why) for why in is_variable(name)] if name else [required(f"{field}.name")]
    return causes + check_variable_source(variable, f"{field}.valueFrom")


def _port(port: dict[str, Any], field: str) -> list[Cause]:
    number, name = port.get("containerPort", 0), port.get("name", "")
    causes = [bad_value(f"{field}.name", name, why) for why in is_port(name)] if name else []
    if not number:
        causes.append(required(f"{field}.containerPort"))
    elif not 0 < number < 65536:
        causes.append(bad_value(f"{field}.containerPort", number, "must be between 1 and 65535, inclusive"))
    if port.get("protocol") not in ("SCTP", "TCP", "UDP"):
        causes.append(unsupported(f"{field}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP")))
    return causes
