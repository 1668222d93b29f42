"""When an image does not come."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

CORRECT = _("Correct the image's name or tag.")

SAYINGS = {
    "image-not-found": Saying(
        _("Its image does not exist"),
        _("The registry has no image %(image)s under this name and tag."),
        (CORRECT, _("If it should be there, push it; it is pulled again by itself.")),
    ),
    "image-denied": Saying(
        _("Its image may not be pulled"),
        _("The registry does not give out %(image)s to this cluster. Registries also answer so when there is no such image."),
        (CORRECT, _("If the image is private, give the namespace a pull secret for its registry.")),
    ),
    "image-unreachable": Saying(
        _("The registry of its image cannot be reached"),
        _("The node got no answer when it asked for %(image)s."),
        (_("It is tried again by itself."), _("Check the registry's name. If it is right, tell a platform administrator.")),
    ),
    "image-rate": Saying(
        _("The registry allows no further pulls for now"),
        _("The registry of %(image)s limits how often this cluster may pull."),
        (_("It is tried again by itself."), _("Pull with an account, or keep the image in a registry of your own.")),
        "wait",
    ),
    "image-certificate": Saying(
        _("The registry of its image is not trusted"),
        _("The node does not accept the certificate of the registry of %(image)s."),
        (_("Tell a platform administrator: this lies with the cluster, not with you."),),
    ),
    "image-platform": Saying(
        _("Its image is built for other machines"),
        _("There is no build of %(image)s for the processor of the node."),
        (_("Build the image for the nodes' processors, or select nodes of another kind."),),
    ),
    "image-disk": Saying(
        _("The node has no disk space for its image"),
        _("%(image)s does not fit on the node's disk."),
        (_("Tell a platform administrator: this lies with the cluster, not with you."), _("A smaller image helps, too.")),
    ),
    "image-name": Saying(
        _("The name of its image is not valid"),
        _("“%(image)s” cannot be the name of an image."),
        (_("Correct it: lower case letters, as in registry.example.org/team/server:1.0."),),
    ),
    "image-never": Saying(
        _("Its image may not be pulled"),
        _("%(image)s is not on the node, and the pod says never to pull it."),
        (_("Set the pull policy to IfNotPresent."),),
    ),
    "image-secret": Saying(
        _("A secret for pulling images is missing"),
        _("It names pull secrets that do not exist: %(names)s. An image that needs them will not come."),
        (_("Make the secret in the namespace, or leave it out."),),
    ),
    "image-pull": Saying(
        _("Its image does not come"),
        _("The node cannot pull %(image)s and tries again after a pause. The cluster does not say why here."),
        (_("Check the image's name, and whether the registry may be reached."),),
    ),
}
