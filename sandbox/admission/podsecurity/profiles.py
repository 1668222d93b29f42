"""Controls on the kernel's profiles: AppArmor, SELinux, seccomp, /proc and sysctls."""

from typing import Any

from sandbox.admission.podsecurity.pods import Pod, Violation, containers_text, plural, quoted, security_of, setters_text

APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
SELINUX_ENGINE_SINCE = 31
SYSCTLS = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
}


def _type(security: dict[str, Any], field: str) -> str | None:
    found: str | None = (security.get(field) or {}).get("type")
    return found


def _bad_types(pod: Pod, field: str, allowed: frozenset[str]) -> tuple[bool, list[str], list[str]]:
    """Whether the pod set a type that is not allowed, which containers did, and which types."""

    def is_bad(security: dict[str, Any]) -> bool:
        return _type(security, field) is not None and _type(security, field) not in allowed

    every = [pod.security, *(security_of(each) for each in pod.containers)]
    values = sorted({str(_type(each, field)) for each in every if is_bad(each)})
    return is_bad(pod.security), pod.names(lambda each: is_bad(security_of(each))), values


def app_armor(pod: Pod) -> Violation | None:
    """No AppArmor profile but those of the runtime and of the node."""
    of_pod, names, values = _bad_types(pod, "appArmorProfile", SECCOMP)
    notes = {key: value for key, value in (pod.metadata.get("annotations") or {}).items() if key.startswith(APP_ARMOR)}
    bad = [f"{key}={quoted([value])}" for key, value in sorted(notes.items()) if not _is_allowed_note(value)]
    setters = [setters_text(of_pod, names), plural(len(bad), "annotation", "annotations") if bad else ""]
    if not any(setters):
        return None
    values += bad
    reason = plural(len(values), "forbidden AppArmor profile", "forbidden AppArmor profiles")
    return Violation(reason, f"{' and '.join(each for each in setters if each)} must not set AppArmor profile type to {quoted(values)}")


def _is_allowed_note(value: str) -> bool:
    return value in ("", "runtime/default") or value.startswith("localhost/")


def selinux(pod: Pod) -> Violation | None:
    """No SELinux user, role or type but those of containers."""
    allowed = SELINUX_TYPES | ({"container_engine_t"} if pod.minor >= SELINUX_ENGINE_SINCE else set())

    def options(security: dict[str, Any]) -> dict[str, str]:
        return security.get("seLinuxOptions") or {}

    def is_bad(security: dict[str, Any]) -> bool:
        own = options(security)
        return own.get("type", "") not in allowed or bool(own.get("user") or own.get("role"))

    of_pod, names = is_bad(pod.security), pod.names(lambda each: is_bad(security_of(each)))
    if not of_pod and not names:
        return None
    every = [options(pod.security), *(options(security_of(each)) for each in pod.containers)]
    types = sorted({each["type"] for each in every if each.get("type", "") not in allowed})
    found = [f"{plural(len(types), 'type', 'types')} {quoted(types)}"] if types else []
    found += [f"{key} may not be set" for key in ("user", "role") if any(each.get(key) for each in every)]
    return Violation("seLinuxOptions", f"{setters_text(of_pod, names)} set forbidden securityContext.seLinuxOptions: {'; '.join(found)}")


def proc_mount(pod: Pod) -> Violation | None:
    """/proc is masked."""
    names = pod.names(lambda each: security_of(each).get("procMount", "Default") != "Default")
    values = sorted({str(security_of(each)["procMount"]) for each in pod.containers if each["name"] in names})
    return Violation("procMount", f"{containers_text(names)} must not set securityContext.procMount to {quoted(values)}") if names else None


def baseline_seccomp(pod: Pod) -> Violation | None:
    """No profile is turned off."""
    return _bad_seccomp(pod)


def restricted_seccomp(pod: Pod) -> Violation | None:
    """Pod or containers choose a profile."""
    bad = _bad_seccomp(pod)
    if bad or pod.is_windows or _type(pod.security, "seccompProfile"):
        return None if pod.is_windows else bad
    silent = pod.names(lambda each: _type(security_of(each), "seccompProfile") is None)
    wanted = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"'
    return Violation("seccompProfile", f"pod or {containers_text(silent)} {wanted}") if silent else None


def _bad_seccomp(pod: Pod) -> Violation | None:
    of_pod, names, values = _bad_types(pod, "seccompProfile", SECCOMP)
    if not values:
        return None
    detail = f"{setters_text(of_pod, names)} must not set securityContext.seccompProfile.type to {quoted(values)}"
    return Violation("seccompProfile", detail)


def sysctls(pod: Pod) -> Violation | None:
    """Only sysctls that stay within the pod."""
    names = [each["name"] for each in pod.security.get("sysctls") or []]
    bad = [each for each in names if SYSCTLS.get(each, pod.minor + 1) > pod.minor]
    return Violation("forbidden sysctls", ", ".join(bad)) if bad else None
