"""When what a pod mounts is missing, held elsewhere or not made."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

MAKE_OR_CORRECT = _("Make it in the namespace, or correct its name. The pod goes on by itself then.")
ASK_STORAGE = _("Ask a platform administrator which storage the cluster offers.")

SAYINGS = {
    "claim-missing": Saying(
        _("The volume that it names does not exist"),
        _("There is no volume claim “%(claim)s” in the namespace."),
        (MAKE_OR_CORRECT,),
    ),
    "claim-deleting": Saying(
        _("The volume that it names is being deleted"),
        _("The volume claim “%(claim)s” is on its way out and takes no new pods."),
        (_("Use another claim, or make it anew when it is gone."),),
    ),
    "claim-lost": Saying(
        _("The volume behind its claim is gone"),
        _("Its volume claim is bound to a volume that does not exist any more; the data on it is lost to this claim."),
        (_("Make a new claim, and put the data on it again."), ASK_STORAGE),
    ),
    "claim-unbound": Saying(
        _("It waits for a volume"),
        _("A volume claim that it mounts has no volume yet."),
        (
            _("Wait: a volume may be on its way."),
            _("If it stays so, the claim asks for a storage class or a size that the cluster does not have."),
        ),
        "wait",
    ),
    "claim-no-class": Saying(
        _("No volume fits the claim"),
        _("The claim names no storage class, the cluster has no standard one, and no volume that is there fits."),
        (_("Name a storage class that the cluster has."), ASK_STORAGE),
    ),
    "claim-waits": Saying(
        _("The volume is made with the first pod"),
        _("This storage class makes a volume only when a pod that mounts it has a node."),
        (),
        "info",
    ),
    "claim-slow": Saying(
        _("The volume is being made"),
        _("The cluster waits for “%(name)s” to make the volume."),
        (_("Wait a minute. If it lasts, tell a platform administrator."),),
        "wait",
    ),
    "claim-unprovisioned": Saying(
        _("The volume cannot be made"),
        _("The storage says: %(why)s"),
        (ASK_STORAGE,),
    ),
    "storage-class-missing": Saying(
        _("The storage class does not exist"),
        _("The cluster has no storage class “%(storage_class)s”."),
        (_("Name a storage class that the cluster has."), ASK_STORAGE),
    ),
    "volume-elsewhere-bound": Saying(
        _("Its volume can only be used on other nodes"),
        _("%(count)s of %(nodes)s nodes cannot reach the place where its volume lies."),
        (_("It starts when a node where the volume lies has room."), _("Use storage that every node can reach.")),
        "wait",
    ),
    "volume-none": Saying(
        _("No volume fits its claim"),
        _("On %(count)s of %(nodes)s nodes there is no free volume that fits its claim."),
        (ASK_STORAGE,),
    ),
    "volume-busy": Saying(
        _("Its volume is in use on another node"),
        _("The volume %(volume)s can be used on one node at a time, and another node still holds it."),
        (
            _("It goes on by itself when the other pod has ended; after a node was lost that takes some minutes."),
            _("For several pods at once, use a claim that is ReadWriteMany or ReadOnlyMany, or the strategy “recreate”."),
        ),
        "wait",
    ),
    "volume-attach": Saying(
        _("Its volume cannot be attached to the node"),
        _("The volume %(volume)s: %(why)s"),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
    ),
    "volume-mount": Saying(
        _("Its volume cannot be mounted"),
        _("The volume “%(volume)s”: %(why)s"),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
    ),
    "mount-slow": Saying(
        _("Its volumes take long to be mounted"),
        _("After two minutes these are not mounted yet: %(volume)s."),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
        "wait",
    ),
    "mount-secret-missing": Saying(
        _("A secret that it mounts does not exist"),
        _("There is no secret “%(name)s” in the namespace."),
        (MAKE_OR_CORRECT,),
    ),
    "mount-configmap-missing": Saying(
        _("A configuration that it mounts does not exist"),
        _("There is no ConfigMap “%(name)s” in the namespace."),
        (MAKE_OR_CORRECT,),
    ),
    "mount-key-missing": Saying(
        _("A part of what it mounts does not exist"),
        _("The secret or ConfigMap that it mounts has no key “%(key)s”."),
        (_("Add the key, or correct its name."),),
    ),
}
