"""The kubelet, the attach/detach controller and the volume binder on what a pod mounts."""

from diagnosis.messages.fact import Fact, Shape, first

_SETUP = r'MountVolume\.SetUp failed for volume "(?P<volume>[^"]+)"'
_SHAPES = (
    Shape("mount-secret-missing", rf'{_SETUP} ?: .*?secrets? "(?P<name>[^"]+)" not found'),
    Shape("mount-configmap-missing", rf'{_SETUP} ?: .*?configmaps? "(?P<name>[^"]+)" not found'),
    Shape("mount-key-missing", rf"{_SETUP} ?: .*?references non-existent (?:secret|config) key: (?P<key>\S+)"),
    Shape("volume-busy", r'Multi-Attach error for volume "(?P<volume>[^"]+)"'),
    Shape("volume-attach", r'AttachVolume\.Attach failed for volume "(?P<volume>[^"]+)" ?: (?P<why>.+)$'),
    Shape("volume-mount", r'Mount(?:Volume\.\w+|Device)? failed for volume "(?P<volume>[^"]+)" ?: (?P<why>.+)$'),
    Shape("volume-mount", r'failed to prepare subPath for volumeMount "(?P<volume>[^"]+)"(?P<why>.*)$'),
    Shape("mount-slow", r"Unable to attach or mount volumes: unmounted volumes=\[(?P<volume>[^\]]+)\]"),
    Shape("storage-class-missing", r'storageclass\.storage\.k8s\.io "(?P<storage_class>[^"]+)" not found'),
    Shape("claim-no-class", r"no persistent volumes available for this claim and no storage class is set"),
    Shape("claim-waits", r"waiting for first consumer to be created before binding"),
    Shape("claim-slow", r"[Ww]aiting for a volume to be created (?:either )?by (?:the )?external provisioner ['\"](?P<name>[^'\"]+)"),
    Shape("claim-unprovisioned", r"(?P<why>.+)$", ("ProvisioningFailed",)),
)


def read(reason: str, message: str) -> list[Fact]:
    """What is missing, held elsewhere or not made."""
    return first(_SHAPES, reason, message)
