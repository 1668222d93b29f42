"""What nodes do to pods that ran on them."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

REPLACED = _("If something keeps it, such as a deployment, another pod takes its place by itself.")
MAY_DELETE = _("What is left of it can be deleted.")

SAYINGS = {
    "evicted-memory": Saying(
        _("Its node ran out of memory"),
        _("The node ended it to have memory for others; pods that use more than they asked for go first."),
        (_("Ask for as much memory as it uses."), REPLACED),
    ),
    "evicted-disk": Saying(
        _("Its node ran out of disk space"),
        _("The node ended it to have disk space for others."),
        (_("Write large files to a volume."), REPLACED),
    ),
    "evicted-own-disk": Saying(
        _("It wrote more to disk than it may"),
        _("Its temporary files went beyond their limit of %(limit)s, and the node ended it."),
        (_("Raise the limit of temporary disk space, or write large files to a volume."), REPLACED),
    ),
    "evicted": Saying(
        _("Its node ended it"),
        _("The node had to make room. It says: %(why)s"),
        (REPLACED,),
    ),
    "node-lost": Saying(
        _("Its node does not answer"),
        _("The node %(node)s on which it ran does not answer; whether it still runs there is not known."),
        (REPLACED, _("If it lasts, tell a platform administrator.")),
    ),
    "node-not-ready": Saying(
        _("Its node does not answer"),
        _("The node on which it runs is not ready, so it gets no requests."),
        (_("They may come back by themselves. If not, tell a platform administrator."),),
        "wait",
    ),
    "taint-evicted": Saying(
        _("It has to leave its node"),
        _("Its node was closed for pods like it, as when a node does not answer or is taken out of service."),
        (REPLACED,),
        "wait",
    ),
    "preempted": Saying(
        _("It made room for a more important pod"),
        _("A pod of a higher priority needed its place."),
        (REPLACED, _("A higher priority class keeps it from that, where you have one.")),
        "wait",
    ),
    "preempted-critical": Saying(
        _("It made room for a program of the cluster itself"),
        _("Its node needed the place for something without which no node works."),
        (REPLACED,),
        "wait",
    ),
    "deadline": Saying(
        _("It took longer than it may"),
        _("Its time limit (activeDeadlineSeconds) is over, so it was ended."),
        (_("Raise the time limit, or find out what takes so long."),),
    ),
    "job-gave-up": Saying(
        _("The job has failed as often as it may"),
        _("Its pods failed again and again; no further one is started."),
        (_("Read the last log lines of its pods, correct the cause and start it anew."),),
    ),
    "node-shutdown": Saying(
        _("Its node was shut down"),
        _("The node was switched off or started again, and ended its pods before."),
        (REPLACED, MAY_DELETE),
        "wait",
    ),
    "node-full": Saying(
        _("Its node had no room for it after all"),
        _("When it came to the node, too little of %(resource)s was left: it asks for %(asked)s, %(used)s of %(bound)s were in use."),
        (REPLACED, MAY_DELETE),
    ),
    "device-gone": Saying(
        _("The device that it was given is not there"),
        _("The node should give it %(asked)s of %(resource)s and had %(free)s: a card may have failed, or the node was started again."),
        (REPLACED, _("If it happens again, tell a platform administrator.")),
    ),
    "node-refused-admission": Saying(
        _("Its node does not take it"),
        _("The node says: %(why)s"),
        (REPLACED, _("If it happens again, tell a platform administrator.")),
    ),
}
