"""When nodes are not for a pod: what they are kept for, what it selects, whom it wants beside it."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

TOLERATE = _("Let it tolerate the taint, if it belongs there. Choosing a GPU flavor does that for GPU nodes.")

SAYINGS = {
    "node-control-plane": Saying(
        _("Some nodes are kept for the cluster itself"),
        _("%(count)s of %(nodes)s nodes run the cluster's own programs, and nothing else starts there. That is as it should be."),
        (),
        "info",
    ),
    "node-reserved": Saying(
        _("Nodes are set aside for other pods"),
        _("%(count)s of %(nodes)s nodes are set aside by the taint %(taint)s, and it does not say that it may run there."),
        (TOLERATE, _("Else it waits for room on other nodes.")),
    ),
    "node-reserved-unsaid": Saying(
        _("Nodes are set aside for other pods"),
        _("%(count)s of %(nodes)s nodes are set aside by taints that it does not tolerate; the cluster does not say which."),
        (TOLERATE,),
    ),
    "node-cordoned": Saying(
        _("Nodes are closed for new pods"),
        _("Somebody has closed %(count)s of %(nodes)s nodes for new pods, as before maintenance."),
        (_("Wait until they are open again, or ask a platform administrator when that is."),),
        "wait",
    ),
    "node-away": Saying(
        _("Nodes do not answer"),
        _("%(count)s of %(nodes)s nodes are not ready or cannot be reached."),
        (_("They may come back by themselves. If not, tell a platform administrator."),),
        "wait",
    ),
    "node-pressure": Saying(
        _("Nodes are short of memory or disk themselves"),
        _("%(count)s of %(nodes)s nodes take no new pods until they have recovered: %(taint)s."),
        (_("Wait a few minutes. If it lasts, tell a platform administrator."),),
        "wait",
    ),
    "node-selector": Saying(
        _("Nodes are not of the kind that it asks for"),
        _("%(count)s of %(nodes)s nodes do not have the labels that it selects."),
        (
            _("Choose a GPU flavor or a kind of node that the cluster has."),
            _("If such a node should be there, ask a platform administrator whether it is, and how it is labelled."),
        ),
    ),
    "pod-affinity": Saying(
        _("It wants to be near a pod that is not there"),
        _("On %(count)s of %(nodes)s nodes there is no pod of the kind beside which it must run (pod affinity)."),
        (_("Start the other pod first, or make the rule a preference."),),
    ),
    "pod-anti-affinity": Saying(
        _("It may not share a node with pods that run there"),
        _("%(count)s of %(nodes)s nodes already run a pod from which it must be kept apart (pod anti-affinity)."),
        (_("Run fewer replicas than there are nodes, or make the rule a preference."),),
    ),
    "spread": Saying(
        _("It would make its pods spread unevenly"),
        _("On %(count)s of %(nodes)s nodes it would break its rule that pods are spread evenly (topology spread constraint)."),
        (_("It starts by itself when other nodes have room."), _("Allow a larger difference (maxSkew), or make the rule a preference.")),
        "wait",
    ),
    "device-claim": Saying(
        _("Its claim of a device cannot be met"),
        _("%(count)s of %(nodes)s nodes cannot give the devices that its resource claims describe."),
        (_("It starts by itself when a device is given back."), _("Claim a device that the cluster has.")),
        "wait",
    ),
    "device-claim-missing": Saying(
        _("Its claim of a device is not there yet"),
        _("It names a resource claim (%(claim)s) that does not exist or is not made yet."),
        (_("Make the claim, or correct its name."),),
    ),
    "node-refused": Saying(
        _("Nodes do not take it"),
        _("%(count)s of %(nodes)s nodes are left out. The cluster says of them: %(words)s"),
        (),
        "wait",
    ),
    "gated": Saying(
        _("It is held back on purpose"),
        _("Something in the cluster has put a gate on it (schedulingGates) and decides when it may start, as queues for jobs do."),
        (_("Wait for its turn. If it lasts, ask a platform administrator which program holds the gate."),),
        "wait",
    ),
}
