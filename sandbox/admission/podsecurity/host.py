"""Controls on what a pod shares with its node."""

from typing import Any

from sandbox.admission.podsecurity.pods import Container, Pod, Violation, containers_text, plural, quoted, security_of, setters_text

HOST_PROBES_SINCE = 34


def namespaces(pod: Pod) -> Violation | None:
    """No hostNetwork, hostPID or hostIPC."""
    shared = [f"{name}=true" for name in ("hostNetwork", "hostPID", "hostIPC") if pod.spec.get(name)]
    return Violation("host namespaces", ", ".join(shared)) if shared else None


def paths(pod: Pod) -> Violation | None:
    """No hostPath volumes."""
    names = [each["name"] for each in pod.spec.get("volumes") or [] if "hostPath" in each]
    return Violation("hostPath volumes", f"{plural(len(names), 'volume', 'volumes')} {quoted(names)}") if names else None


def ports(pod: Pod) -> Violation | None:
    """No hostPort."""
    names = pod.names(_host_ports)
    taken = sorted({str(port) for each in pod.containers for port in _host_ports(each)})
    if not names:
        return None
    words = plural(len(names), "uses", "use"), plural(len(taken), "hostPort", "hostPorts")
    return Violation("hostPort", f"{containers_text(names)} {' '.join(words)} {', '.join(taken)}")


def _host_ports(container: Container) -> list[int]:
    return [each["hostPort"] for each in container.get("ports") or [] if each.get("hostPort")]


def probes(pod: Pod) -> Violation | None:
    """No other host in probes and lifecycle handlers, since 1.34."""
    names = sorted(pod.names(_hosts))
    if pod.minor < HOST_PROBES_SINCE or not names:
        return None
    hosts = sorted({host for each in pod.containers for host in _hosts(each)})
    words = plural(len(names), "uses", "use"), plural(len(hosts), "probe or lifecycle host", "probe or lifecycle hosts")
    return Violation("probe or lifecycle host", f"{containers_text(names)} {' '.join(words)} {quoted(hosts)}")


def _hosts(container: Container) -> list[str]:
    handlers = [container.get(key) or {} for key in ("livenessProbe", "readinessProbe", "startupProbe")]
    handlers += [(container.get("lifecycle") or {}).get(key) or {} for key in ("postStart", "preStop")]
    found = [(each.get(kind) or {}).get("host") for each in handlers for kind in ("httpGet", "tcpSocket")]
    return [host for host in found if host]


def windows_processes(pod: Pod) -> Violation | None:
    """No processes of the host on Windows."""

    def breaks(security: dict[str, Any]) -> bool:
        return bool((security.get("windowsOptions") or {}).get("hostProcess"))

    names, of_pod = pod.names(lambda each: breaks(security_of(each))), breaks(pod.security)
    if not names and not of_pod:
        return None
    return Violation("hostProcess", f"{setters_text(of_pod, names)} must not set securityContext.windowsOptions.hostProcess=true")
