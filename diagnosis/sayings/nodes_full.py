"""When no node takes a pod for want of room."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

BY_ITSELF = _("It starts by itself as soon as there is room.")
ASK_ADMIN = _("A platform administrator can add a node.")

SAYINGS = {
    "gpu-short": Saying(
        _("No GPU is free for it"),
        _("It waits for a GPU (%(resource)s): on %(count)s of %(nodes)s nodes there is none free."),
        (_("It starts by itself as soon as enough GPUs are given back."), _("Take fewer GPUs, or another kind that has some free.")),
        "wait",
    ),
    "device-short": Saying(
        _("A device that it needs is not free"),
        _("It waits for a device (%(resource)s): on %(count)s of %(nodes)s nodes there is none free."),
        (BY_ITSELF, _("Ask for fewer of these devices.")),
        "wait",
    ),
    "cpu-short": Saying(
        _("No node has enough CPU free"),
        _("On %(count)s of %(nodes)s nodes less CPU is free than it asks for. What other pods have reserved counts, used or not."),
        (BY_ITSELF, _("Ask for less CPU, if it needs less."), ASK_ADMIN),
        "wait",
    ),
    "memory-short": Saying(
        _("No node has enough memory free"),
        _("On %(count)s of %(nodes)s nodes less memory is free than it asks for. What other pods have reserved counts, used or not."),
        (BY_ITSELF, _("Ask for less memory, if it needs less."), ASK_ADMIN),
        "wait",
    ),
    "disk-short": Saying(
        _("No node has enough temporary disk space free"),
        _("On %(count)s of %(nodes)s nodes less temporary disk space (ephemeral-storage) is free than it asks for."),
        (BY_ITSELF, _("Ask for less temporary disk space, or keep large files on a volume.")),
        "wait",
    ),
    "pods-full": Saying(
        _("The nodes run as many pods as they may"),
        _("%(count)s of %(nodes)s nodes take no further pod, whatever its size."),
        (BY_ITSELF, ASK_ADMIN),
        "wait",
    ),
    "ports-taken": Saying(
        _("The port that it wants on the node is taken"),
        _("On %(count)s of %(nodes)s nodes another pod uses the node's port that it asks for (hostPort)."),
        (_("Leave the node's port out: pods reach each other without it."), BY_ITSELF),
        "wait",
    ),
    "volume-count": Saying(
        _("The nodes hold as many volumes as they can"),
        _("%(count)s of %(nodes)s nodes can attach no further volume."),
        (BY_ITSELF, ASK_ADMIN),
        "wait",
    ),
    "no-nodes": Saying(
        _("The cluster has no node"),
        _("There is no node on which a pod could run."),
        (ASK_ADMIN,),
        "bad",
    ),
}
