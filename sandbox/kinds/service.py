"""Service: defaults and checks. No traffic flows here."""

import ipaddress

from sandbox.kinds.errors import Cause, bad_value, required, unsupported
from sandbox.kinds.names import check_labels, is_dns1035, is_label, is_port, is_subdomain
from sandbox.kinds.rules import Object, Rules

AFFINITY_SECONDS, LONGEST_AFFINITY = 10_800, 86_400
AFFINITIES = ("ClientIP", "None")
SERVICE_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
PROTOCOLS = ("SCTP", "TCP", "UDP")
NO_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def _default_service(service: Object) -> None:
    spec = service.setdefault("spec", {})
    for key, value in (("type", "ClusterIP"), ("sessionAffinity", "None")):
        spec.setdefault(key, value)
    if spec["type"] in ("ClusterIP", "NodePort", "LoadBalancer"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec["sessionAffinityConfig"] = spec.get("sessionAffinityConfig") or {}
        config["clientIP"] = {"timeoutSeconds": AFFINITY_SECONDS, **(config.get("clientIP") or {})}
    for port in spec.get("ports") or []:
        port.setdefault("protocol", "TCP")
        port["targetPort"] = port.get("targetPort") or port.get("port", 0)
    if is_reached_from_outside(spec):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def is_reached_from_outside(spec: Object) -> bool:
    """Whether a policy for traffic from outside means anything for this Service."""
    return spec["type"] in ("NodePort", "LoadBalancer") or (spec["type"] == "ClusterIP" and bool(spec.get("externalIPs")))


def _validate_service(service: Object) -> list[Cause]:
    spec, ports = service["spec"], service["spec"].get("ports") or []
    causes: list[Cause] = []
    if not ports and spec["type"] != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(required("spec.ports"))
    if spec["type"] == "ExternalName":
        name = spec.get("externalName", "")
        causes += [bad_value("spec.externalName", name, why) for why in is_subdomain(name)] if name else [required("spec.externalName")]
    names: set[str] = set()
    for index, port in enumerate(ports):
        causes += _port(port, f"spec.ports[{index}]", names, needs_name=len(ports) > 1)
    causes += check_labels(spec.get("selector") or {}, "spec.selector") + _affinity(spec)
    for index, address in enumerate(spec.get("externalIPs") or []):
        causes += [] if _is_address(address) else [bad_value(f"spec.externalIPs[{index}]", address, NO_ADDRESS)]
    causes += [] if spec["type"] in SERVICE_TYPES else [unsupported("spec.type", spec["type"], SERVICE_TYPES)]
    return causes + _repeated(ports)


def _port(port: Object, field: str, names: set[str], *, needs_name: bool) -> list[Cause]:
    name, number, protocol = port.get("name", ""), port.get("port", 0), port.get("protocol")
    causes = [bad_value(f"{field}.name", name, why) for why in is_label(name)] if name else []
    if needs_name and not name:
        causes.append(required(f"{field}.name"))
    elif name in names:
        causes.append(Cause(f"{field}.name", f'Duplicate value: "{name}"', "FieldValueDuplicate"))
    names |= {name} if name else set()
    causes += [bad_value(f"{field}.port", number, why) for why in is_port(number)]
    if protocol not in PROTOCOLS:
        causes.append(unsupported(f"{field}.protocol", protocol, PROTOCOLS))
    return causes + [bad_value(f"{field}.targetPort", port["targetPort"], why) for why in is_port(port["targetPort"])]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _repeated(ports: list[Object]) -> list[Cause]:
    """Ports of one number and protocol, shown as Go shows them."""
    causes, seen = [], set[tuple[str, int]]()
    for index, port in enumerate(ports):
        key = port.get("protocol", ""), port.get("port", 0)
        if key in seen:
            target = 'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0'
            shown = f'core.ServicePort{{Name:"", Protocol:"{key[0]}", AppProtocol:(*string)(nil), Port:{key[1]}, {target}}}'
            causes.append(Cause(f"spec.ports[{index}]", f"Duplicate value: {shown}", "FieldValueDuplicate"))
        seen.add(key)
    return causes


def _affinity(spec: Object) -> list[Cause]:
    if spec["sessionAffinity"] not in AFFINITIES:
        return [unsupported("spec.sessionAffinity", spec["sessionAffinity"], AFFINITIES)]
    seconds = ((spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}).get("timeoutSeconds", 1)
    if spec["sessionAffinity"] == "ClientIP" and not 0 < seconds <= LONGEST_AFFINITY:
        field = "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
        return [bad_value(field, seconds, f"must be greater than 0 and less than {LONGEST_AFFINITY}")]
    return []


def _service_update(new: Object, old: Object) -> list[Cause]:
    before, after = old["spec"].get("clusterIP"), new["spec"].get("clusterIP")
    if before and after and after != before and new["spec"]["type"] != "ExternalName":
        return [bad_value("spec.clusterIPs[0]", after or "", "may not change once set")]
    return []


SERVICE = Rules(
    _default_service,
    _validate_service,
    _service_update,
    check_name=is_dns1035,
    initial_status=lambda service: {"loadBalancer": {}},
    looks_at_changes_first=True,
)
