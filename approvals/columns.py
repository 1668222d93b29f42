"""The columns of the lists of requests. Their names are those of the REST API."""

from django.utils.translation import gettext_lazy as _

from rest.lists import Column

ID = Column("id", value="pk", order="pk")
TITLE = Column("title", _("Request"), "title", "title")
ASKED = Column("created_at", _("Asked"), "created_at", "created_at", numeric=True)
# What a file tells besides: all that was asked and decided, in the snapshots of the kind.
FACTS = (
    Column("kind", value="kind"),
    Column("version", value="version"),
    Column("changes_wanted", value="changes_wanted"),
    Column("outcome", value="outcome"),
    Column("justification", value="justification"),
    Column("requested", value="requested"),
    Column("decided", value="decided"),
    Column("reason", value="reason"),
)
LIST = (
    ID,
    TITLE,
    Column("state", _("State"), "state", "state outcome"),
    Column("team", _("Team"), "team.name", "team__name"),
    Column("requester", _("Asked by"), "requester.username", "requester__username"),
    ASKED,
    Column("decided_at", _("Decided"), "decided_at", "decided_at", pending=True, numeric=True),
    Column("decided_by", value=lambda row: row.decided_by and row.decided_by.username),
    *FACTS,
)
INBOX = (
    ID,
    TITLE,
    Column("team", value="team.name", order="team__name"),
    Column("requester", value="requester.username", order="requester__username"),
    Column("asks", _("Asks for")),
    Column("fits", _("Fits")),
    Column("plan", _("Plan")),
    Column("created_at", _("Waits since"), "created_at", "created_at", numeric=True),
    *FACTS,
)
