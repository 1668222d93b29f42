"""Security contexts that satisfy Pod Security `restricted`; fresh copies, so that no manifest shares a part with another."""

from typing import Any


def of_container() -> dict[str, Any]:
    """All that `restricted` asks, said at the container, so that nothing depends on the pod's own context."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def of_pod() -> dict[str, Any]:
    """What can be said for containers that others add; escalation and capabilities cannot."""
    return {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
