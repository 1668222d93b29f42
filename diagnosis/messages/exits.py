"""How a container ended: by its exit code, as shells and kernels give them, or by the kernel for want of memory."""

from typing import Any

from diagnosis.messages.fact import Fact, fact

_CODES = {
    0: "exit-done",
    126: "exit-not-executable",
    127: "exit-not-found",
    132: "exit-instruction",
    134: "exit-aborted",
    137: "exit-killed",
    139: "exit-segfault",
    143: "exit-terminated",
}


def read_exit(container: dict[str, Any], ended: dict[str, Any]) -> Fact:
    """The fact of one end of a container (an entry of kube.container_states; `ended` has exit_code, reason, message, ended_at).

    Values: container, image, exit, limit (bytes of memory, empty without), times (so often it was started again), at.
    """
    code, reason = int(ended.get("exit_code") or 0), str(ended.get("reason") or "")
    found = (
        "oom-killed" if reason == "OOMKilled" else "exit-unknown" if reason == "ContainerStatusUnknown" else _CODES.get(code, "exit-error")
    )
    values = {
        "container": container.get("name"),
        "image": container.get("image"),
        "exit": code,
        "limit": container.get("memory") or "",
        "times": container.get("restarts") or 0,
        "at": ended.get("ended_at"),
    }
    return fact(found, **values)
