"""The kubelet and the container runtime on containers that are not even started: configuration, commands, users, networks, runtimes."""

from diagnosis.messages.fact import Fact, Shape, first

_CONFIG = ("CreateContainerConfigError", "Failed")
_START = ("CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun", "PostStartHookError", "Failed")
_BOX = ("FailedCreatePodSandBox", "FailedPodSandBoxStatus", "NetworkNotReady", "FailedCreatePodContainer")
_SHAPES = (
    Shape("config-key-missing", r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) [^/\s]+/(?P<name>\S+)", _CONFIG),
    Shape("config-secret-missing", r'secret "(?P<name>[^"]+)" not found', _CONFIG),
    Shape("config-configmap-missing", r'configmap "(?P<name>[^"]+)" not found', _CONFIG),
    Shape("runs-as-root", r"runAsNonRoot and (?:image will run as root|.*runAsUser will break)", _CONFIG),
    Shape("user-unknown", r"image has non-numeric user \((?P<user>[^)]*)\)", _CONFIG),
    Shape("config-wrong", r"(?P<why>.+)$", ("CreateContainerConfigError",)),
    Shape(
        "command-missing",
        r'exec: \\?"(?P<command>[^"\\]+)\\?":? (?:stat .*?: )?(?:executable file not found|no such file or directory)',
        _START,
    ),
    Shape("command-refused", r'exec: \\?"(?P<command>[^"\\]+)\\?": (?:stat .*: )?permission denied', _START),
    Shape("command-none", r"[Nn]o command specified", _START),
    Shape("gpu-driver", r"nvidia-container-cli: (?P<why>[^\n]+)", (*_START, *_BOX)),
    Shape("start-slow", r"context deadline exceeded", ("CreateContainerError", "RunContainerError")),
    Shape("start-failed", r"(?P<why>.+)$", ("CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun")),
    Shape("hook-failed", r"(?P<why>.+)$", ("PostStartHookError", "FailedPostStartHook")),
    Shape("runtime-handler", r'(?:no runtime for|RuntimeHandler) "(?P<name>[^"]+)" (?:is configured|not supported)', _BOX),
    Shape("addresses-used-up", r"failed to (?:assign|allocate).*(?:IP address|address range)|no (?:available )?(?:IPs|IP addresses)", _BOX),
    Shape("network-not-ready", r"cni plugin not initialized|network (?:plugin )?is not ready|plugin type=\"(?P<plugin>[^\"]+)\"", _BOX),
    Shape("box-failed", r"(?P<why>.+)$", ("FailedCreatePodSandBox", "FailedPodSandBoxStatus", "FailedCreatePodContainer")),
)


def read(reason: str, message: str) -> list[Fact]:
    """What the container lacks to be started."""
    return first(_SHAPES, reason, message)
