"""When a container is not even started."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

MAKE_OR_CORRECT = _("Make it in the namespace, or correct its name. The pod goes on by itself then.")
TELL_ADMIN = _("Tell a platform administrator: this lies with the cluster, not with you.")

SAYINGS = {
    "config-secret-missing": Saying(
        _("A secret that it reads does not exist"),
        _("It takes a variable from the secret “%(name)s”, which is not in the namespace."),
        (MAKE_OR_CORRECT,),
    ),
    "config-configmap-missing": Saying(
        _("A configuration that it reads does not exist"),
        _("It takes a variable from the ConfigMap “%(name)s”, which is not in the namespace."),
        (MAKE_OR_CORRECT,),
    ),
    "config-key-missing": Saying(
        _("A key that it reads does not exist"),
        _("“%(name)s” is there, but has no key “%(key)s”."),
        (_("Add the key, or correct its name."),),
    ),
    "runs-as-root": Saying(
        _("Its image wants to run as root"),
        _("The pod may not run as root, and its image does not name another user."),
        (_("Build the image with a numeric user (USER 1000), or set runAsUser."),),
    ),
    "user-unknown": Saying(
        _("It cannot be seen whether its image runs as root"),
        _("The image names its user by a word (%(user)s); the cluster wants a number to be certain that it is not root."),
        (_("Build the image with a numeric user (USER 1000), or set runAsUser."),),
    ),
    "config-wrong": Saying(
        _("Its configuration cannot be put together"),
        _("The node says: %(why)s"),
        (_("Correct what is named."),),
    ),
    "command-missing": Saying(
        _("The program that it should start is not in its image"),
        _("There is no “%(command)s” in the image."),
        (_("Correct the command, or leave it out so that the image's own is used."),),
    ),
    "command-refused": Saying(
        _("The program that it should start may not be run"),
        _("“%(command)s” is there, but may not be executed."),
        (_("Make the file executable in the image (chmod +x), or correct the command."),),
    ),
    "command-none": Saying(
        _("Nothing says which program it should start"),
        _("Neither the image nor the pod names a command."),
        (_("Name a command."),),
    ),
    "gpu-driver": Saying(
        _("The GPU of the node cannot be used"),
        _("The driver says: %(why)s"),
        (_("Use an image whose CUDA version the node's driver knows."), TELL_ADMIN),
    ),
    "start-slow": Saying(
        _("The node takes too long to start it"),
        _("The node gave up waiting for its container and tries again. Nodes that are busy do that."),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
        "wait",
    ),
    "start-failed": Saying(
        _("Its container cannot be started"),
        _("The node says: %(why)s"),
        (_("Check its command, its mounts and its image."),),
    ),
    "hook-failed": Saying(
        _("What it should do right after its start failed"),
        _("Its postStart hook says: %(why)s"),
        (_("Correct the hook, or leave it out."),),
    ),
    "runtime-handler": Saying(
        _("The node cannot run such containers"),
        _("The node does not know the runtime “%(name)s”."),
        (TELL_ADMIN,),
    ),
    "addresses-used-up": Saying(
        _("The node has no network address left"),
        _("Every pod needs an address of its own, and the node has none free."),
        (_("It goes on by itself when other pods have ended."), TELL_ADMIN),
    ),
    "network-not-ready": Saying(
        _("The network of the node is not ready"),
        _("The node cannot connect the pod to the network yet."),
        (_("Wait some minutes. If it lasts, tell a platform administrator."),),
        "wait",
    ),
    "box-failed": Saying(
        _("The node cannot prepare the pod"),
        _("The node says: %(why)s"),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
    ),
}
