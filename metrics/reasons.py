"""Why a series has no source, in words: what is missing, and what would bring it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.sources.source import Reason

WORDS: Mapping[str, "str | Promise"] = {
    "not_served": gettext_lazy("the cluster serves no metrics.k8s.io: install the metrics server"),
    "forbidden": gettext_lazy("the portal may not read metrics.k8s.io: an administrator has to run cluster_bootstrap once more"),
    "silent": gettext_lazy("metrics.k8s.io does not answer: %(detail)s"),
    "no_cards": gettext_lazy("what GPUs do is told by DCGM's exporter through Prometheus, and this cluster has none that the portal reads"),
    "no_server": gettext_lazy("no model server tells its counters: %(detail)s"),
    "too_many": gettext_lazy("more than %(detail)s pods are not asked one by one; Prometheus would tell it"),
    "not_counted": gettext_lazy("failed requests are not counted: %(detail)s"),
    "not_timed": gettext_lazy("there is no distribution of times: %(detail)s"),
    "nothing_tells": gettext_lazy("no model server here has told its counters"),
    "not_yet": gettext_lazy("nobody has asked yet: the watcher asks every ten seconds while it runs"),
}
NO_CARDS: Reason = ("no_cards", "")
NOTHING_TELLS: Reason = ("nothing_tells", "")
NOT_YET: Reason = ("not_yet", "")


def words(reason: Reason) -> str:
    """ "no source: ..." in the reader's language."""
    code, detail = reason
    why = str(WORDS[code]) % {"detail": detail} if code in WORDS else detail
    return _("no source: %(why)s") % {"why": why}
