"""What the list of a namespace's pods shows and exports."""

from django.utils.translation import gettext_lazy as _

from clusters.models import Pod
from rest.lists import Column
from tenants.filters import POD_STATES

STATES = {int(rank): name for name, rank in POD_STATES.items()}


def state_of(pod: Pod) -> str:
    """trouble, waiting, running or ended."""
    return STATES[pod.rank]


PODS = (
    Column("name", _("Pod"), "name", "name"),
    Column("state", _("State"), state_of, "rank name"),
    Column("phase", value="phase"),
    Column("reason", value="reason"),
    Column("message", value="message"),
    Column("ready", _("Ready"), "ready", numeric=True),
    Column("restarts", _("Restarts"), "restarts", "restarts name", numeric=True),
    Column("node", _("Node"), "node", "node name"),
    Column("requests", _("Asks for"), "requests"),
    Column("created_at", _("Age"), "created_at", "created_at", pending=True, numeric=True),
)
