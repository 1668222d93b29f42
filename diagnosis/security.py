"""Pod Security's violations in plain words; one that is not known is told in the cluster's own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VIOLATIONS: dict[str, "str | Promise"] = {
    "allowPrivilegeEscalation": _("It must say that it never gains more rights than at its start (allowPrivilegeEscalation: false)."),
    "unrestricted capabilities": _("It must give up all special rights of the system (capabilities: drop ALL)."),
    "non-default capabilities": _("It may not add special rights of the system (capabilities)."),
    "runAsNonRoot": _("It must say that it does not run as root (runAsNonRoot: true)."),
    "runAsUser=0": _("It may not run as root (runAsUser: 0)."),
    "seccompProfile": _("It must take the standard filter of system calls (seccompProfile: RuntimeDefault)."),
    "privileged": _("It may not run with all rights on the node (privileged)."),
    "host namespaces": _("It may not use the node's own network or processes (hostNetwork, hostPID, hostIPC)."),
    "hostPath volumes": _("It may not read the node's own files (hostPath)."),
    "hostPort": _("It may not use a port of the node (hostPort)."),
    "restricted volume types": _("It may only mount volumes of the usual kinds, such as claims, secrets and ConfigMaps."),
}


def in_plain_words(violation: str) -> str:
    """A sentence."""
    known = next((words for beginning, words in VIOLATIONS.items() if violation.startswith(beginning)), None)
    return str(known) if known else f"{violation}."
