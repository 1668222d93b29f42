"""Controls on privileges: privileged containers, escalation, capabilities, users."""

from sandbox.admission.podsecurity.pods import Container, Pod, Violation, containers_text, quoted, security_of, setters_text

RUN_AS_USER_SINCE = 23
DEFAULT_CAPABILITIES = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
RESTRICTED_CAPABILITIES = frozenset({"NET_BIND_SERVICE"})


def privileged(pod: Pod) -> Violation | None:
    """No privileged containers."""
    names = pod.names(lambda each: security_of(each).get("privileged"))
    return Violation("privileged", f"{containers_text(names)} must not set securityContext.privileged=true") if names else None


def escalation(pod: Pod) -> Violation | None:
    """allowPrivilegeEscalation is false."""
    names = pod.names(lambda each: security_of(each).get("allowPrivilegeEscalation") is not False)
    if not names or pod.is_windows:
        return None
    return Violation(
        "allowPrivilegeEscalation != false", f"{containers_text(names)} must set securityContext.allowPrivilegeEscalation=false"
    )


def baseline_capabilities(pod: Pod) -> Violation | None:
    """No capabilities are added but those that containers have anyway."""
    detail = _added(pod, DEFAULT_CAPABILITIES)
    return Violation("non-default capabilities", detail) if detail else None


def restricted_capabilities(pod: Pod) -> Violation | None:
    """Every capability is dropped, at most NET_BIND_SERVICE added."""
    if pod.is_windows:
        return None
    keeping = pod.names(lambda each: "ALL" not in (_capabilities(each, "drop")))
    dropped = f'{containers_text(keeping)} must set securityContext.capabilities.drop=["ALL"]' if keeping else ""
    details = [each for each in (dropped, _added(pod, RESTRICTED_CAPABILITIES)) if each]
    return Violation("unrestricted capabilities", "; ".join(details)) if details else None


def _capabilities(container: Container, part: str) -> list[str]:
    return (security_of(container).get("capabilities") or {}).get(part) or []


def _added(pod: Pod, allowed: frozenset[str]) -> str:
    names = pod.names(lambda each: set(_capabilities(each, "add")) - allowed)
    added = sorted({each for container in pod.containers for each in _capabilities(container, "add")} - allowed)
    return f"{containers_text(names)} must not include {quoted(added)} in securityContext.capabilities.add" if names else ""


def non_root(pod: Pod) -> Violation | None:
    """Pod or containers say runAsNonRoot."""
    reason, own = "runAsNonRoot != true", pod.security.get("runAsNonRoot")
    refusing = pod.names(lambda each: security_of(each).get("runAsNonRoot") is False)
    if refusing or own is False:
        return Violation(reason, f"{setters_text(own is False, refusing)} must not set securityContext.runAsNonRoot=false")
    silent = [] if own else pod.names(lambda each: "runAsNonRoot" not in security_of(each))
    return Violation(reason, f"pod or {containers_text(silent)} must set securityContext.runAsNonRoot=true") if silent else None


def user(pod: Pod) -> Violation | None:
    """Nobody is user 0, since 1.23."""
    names, of_pod = pod.names(lambda each: security_of(each).get("runAsUser") == 0), pod.security.get("runAsUser") == 0
    if pod.minor < RUN_AS_USER_SINCE or not (names or of_pod):
        return None
    return Violation("runAsUser=0", f"{setters_text(of_pod, names)} must not set runAsUser=0")
