"""How containers end that should go on."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

READ_LOG = _("Read its last log lines: they tell why.")

SAYINGS = {
    "crash-loop": Saying(
        _("Its program ends again and again"),
        _("It is started anew each time, after a pause that grows (CrashLoopBackOff). How it ended last is not told."),
        (READ_LOG,),
    ),
    "oom-killed": Saying(
        _("It needed more memory than it may have"),
        _("“%(container)s” went beyond its memory limit, and the system ended it (OOMKilled)."),
        (_("Raise its memory limit."), _("Or let it need less: a smaller model, smaller batches, fewer workers.")),
    ),
    "exit-error": Saying(
        _("Its program stopped with an error"),
        _("“%(container)s” ended with exit code %(exit)s."),
        (READ_LOG,),
    ),
    "exit-done": Saying(
        _("Its program ends although it should go on"),
        _("“%(container)s” ended well (exit code 0), and is started again each time, since it is meant to run on."),
        (_("Let it run a program that does not end, or make it a job."), READ_LOG),
    ),
    "exit-not-found": Saying(
        _("The program that it should start is not in its image"),
        _("“%(container)s” ended with exit code 127: a command was not found."),
        (_("Correct the command, or leave it out so that the image's own is used."), READ_LOG),
    ),
    "exit-not-executable": Saying(
        _("The program that it should start may not be run"),
        _("“%(container)s” ended with exit code 126: a file is there, but cannot be executed."),
        (_("Make the file executable in the image (chmod +x), or correct the command."), READ_LOG),
    ),
    "exit-killed": Saying(
        _("Its program was ended by force"),
        _("“%(container)s” ended with exit code 137: something ended it by SIGKILL. It is not said that memory was the reason."),
        (_("If it did not answer in time, give it longer to start or more CPU; its events say so then."), READ_LOG),
    ),
    "exit-segfault": Saying(
        _("Its program crashed"),
        _("“%(container)s” ended with exit code 139: it used memory that is not its own (segmentation fault)."),
        (_("This is a fault in the program or in one of its libraries: try another version of the image."), READ_LOG),
    ),
    "exit-aborted": Saying(
        _("Its program stopped itself"),
        _("“%(container)s” ended with exit code 134: it found something wrong and gave up (abort)."),
        (READ_LOG,),
    ),
    "exit-instruction": Saying(
        _("Its program needs another processor"),
        _("“%(container)s” ended with exit code 132: it used an instruction that the node's processor does not have."),
        (_("Use an image that is built for the nodes' processors."), READ_LOG),
    ),
    "exit-terminated": Saying(
        _("Its program was asked to end"),
        _("“%(container)s” ended with exit code 143: something asked it to end by SIGTERM."),
        (_("Its events say who asked, such as a probe that failed."), READ_LOG),
        "wait",
    ),
    "exit-unknown": Saying(
        _("It is not known how its program ended"),
        _("The node lost “%(container)s”, as when the node itself was started again."),
        (_("It is started again by itself."),),
        "wait",
    ),
    "probe-startup": Saying(
        _("It does not come up in time"),
        _("The cluster asks it whether it has started, and gets no good answer."),
        (_("Give it longer to start: large models take minutes."), READ_LOG),
        "wait",
    ),
    "probe-readiness": Saying(
        _("It runs, but is not ready for requests"),
        _("The cluster asks it whether it is ready, gets no good answer, and sends it no requests until it does."),
        (_("Wait, if it still loads."), READ_LOG),
        "wait",
    ),
    "probe-liveness": Saying(
        _("It does not answer any more"),
        _("The cluster asks it whether it still works, gets no good answer, and will start it again."),
        (_("Give it more CPU, or the probe more patience."), READ_LOG),
    ),
    "probe-restarts": Saying(
        _("It is started again because it did not answer"),
        _("“%(container)s” did not answer the cluster's question whether it works (%(probe)s probe)."),
        (_("Give it longer to start, more CPU, or the probe more patience."), READ_LOG),
    ),
}
