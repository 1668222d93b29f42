"""When a model is not fetched or not loaded."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

CHECK_PLACE = _("Check the place of the model: does the version have files, and is the path right?")
READ_LOG = _("Read its last log lines: they tell why.")

SAYINGS = {
    "model-not-found": Saying(
        _("The model's files are not where they should be"),
        _("Nothing was found at the place that is given for the model."),
        (CHECK_PLACE, _("Deploy another version.")),
    ),
    "model-denied": Saying(
        _("The model's files may not be read"),
        _("The store of the model refuses: the account under which it is fetched is missing or has no right to read it."),
        (_("Give the namespace's service account a secret for the store, or ask a platform administrator for the right."),),
    ),
    "model-store-away": Saying(
        _("The store of the model does not answer"),
        _("The place from which the model is fetched cannot be reached."),
        (_("It is tried again by itself."), _("If it lasts, tell a platform administrator.")),
        "wait",
    ),
    "model-address": Saying(
        _("The address of the model is of an unknown kind"),
        _("Nothing here can fetch a model from %(place)s."),
        (_("Use an address such as s3://bucket/path or pvc://claim/path."),),
    ),
    "model-module-missing": Saying(
        _("A Python package is missing for the model"),
        _("The model needs the package “%(module)s”, which its server does not have."),
        (
            _("Choose a runtime that has it, or an image of your own."),
            _("Log the model with the packages that it needs, and deploy that version."),
        ),
    ),
    "model-unreadable": Saying(
        _("The model's file cannot be read"),
        _("The server does not understand the model's file: %(why)s"),
        (_("Choose the runtime that fits the model's format."), _("Write the model anew with the library's version that the server has.")),
    ),
    "model-load-failed": Saying(
        _("The model cannot be loaded"),
        _("The server has started, but does not get the model up. It says: %(why)s"),
        (READ_LOG, _("Roll back to the version that served before, if there is one.")),
    ),
    "model-spec-wrong": Saying(
        _("What is asked of the model cannot be served"),
        _("KServe says: %(why)s"),
        (_("Correct what is named."),),
    ),
    "no-runtime": Saying(
        _("The cluster has no server for such models"),
        _("No runtime is installed that serves the model's format with the asked protocol."),
        (_("Choose another runtime or protocol."), _("A platform administrator can install a ServingRuntime for it.")),
    ),
    "runtime-disabled": Saying(
        _("The server for such models is switched off"),
        _("The runtime that it names is there, but disabled."),
        (_("Choose another runtime, or let a platform administrator enable it."),),
    ),
    "runtime-unknown": Saying(
        _("The server that it names does not exist or is not well"),
        _("KServe does not find the runtime that it names, or that runtime does not answer."),
        (_("Choose another runtime, or let a platform administrator look at it."),),
    ),
    "gpu-memory": Saying(
        _("The model does not fit into the GPU's memory"),
        _("It asked the GPU for more memory than the card has free."),
        (_("Take a card with more memory, or more cards."), _("A smaller model, a shorter context or a smaller batch needs less.")),
    ),
    "port-taken": Saying(
        _("It cannot listen on its port"),
        _("Another program of the same pod already uses the port."),
        (_("Give each program of the pod a port of its own."),),
    ),
    "disk-full": Saying(
        _("Its disk is full"),
        _("There was no space left when it wrote a file."),
        (_("Ask for a larger volume or more temporary disk space."),),
    ),
}
