"""Kubelets and the node controllers on pods that a node refused, ended or lost."""

from diagnosis.messages.fact import Fact, Shape, first

_SHAPES = (
    Shape(
        "evicted-own-disk",
        r"(?:ephemeral local storage usage exceeds|exceeded its local ephemeral storage limit).*?\"?(?P<limit>\d[^\s\".]*)",
    ),
    Shape("evicted-own-disk", r'Usage of EmptyDir volume "[^"]+" exceeds the limit "(?P<limit>[^"]+)"'),
    Shape(
        "evicted-memory",
        r"low on resource: memory\b.*?Container (?P<container>\S+) was using (?P<used>\w+), (?:which exceeds its )?request (?:is|of)"
        r" (?P<request>\w+)",
    ),
    Shape("evicted-memory", r"low on resource: memory\b|MemoryPressure"),
    Shape("evicted-disk", r"low on resource: (?P<what>\[?[\w\s-]*(?:storage|inodes|fs)[\w-]*)|(?:Disk|PID)Pressure"),
    Shape("evicted", r"(?P<why>.*)$", ("Evicted",)),
    Shape("node-lost", r"Node (?P<node>\S+) which was running pod \S+ is unresponsive"),
    Shape("node-not-ready", r"^Node is not ready", ("NodeNotReady",)),
    Shape("taint-evicted", r"^(?:Taint manager: )?[Mm]arking for deletion Pod|deleting due to NoExecute taint"),
    Shape("preempted-critical", r"Preempted in order to admit critical pod"),
    Shape("preempted", r"^Preempted by "),
    Shape("deadline", r"active on the node longer than (?:the )?specified deadline|longer than specified deadline"),
    Shape("node-shutdown", r"imminent node shutdown|node is shutting down"),
    Shape(
        "node-full",
        r"[Nn]ode didn't have enough resource: (?P<resource>[^,]+), requested: (?P<asked>\d+), used: (?P<used>\d+),"
        r" capacity: (?P<bound>\d+)",
    ),
    Shape("device-gone", r"number of devices unavailable for (?P<resource>[^\s]+?)\. Requested: (?P<asked>\d+), Available: (?P<free>\d+)"),
    Shape(
        "node-refused-admission",
        r"(?P<why>.+)$",
        (
            "UnexpectedAdmissionError",
            "NodeAffinity",
            "TopologyAffinityError",
            "NodePorts",
            "NodeUnschedulable",
            "AppArmor",
            "SysctlForbidden",
            "PodOSNotSupported",
        ),
    ),
)


def read(reason: str, message: str) -> list[Fact]:
    """What became of the pod on its node."""
    return first(_SHAPES, reason, message)
