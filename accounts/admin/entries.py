"""The audit log on the admin site, to read."""

from django.contrib import admin

from accounts.admin.through_actions import ReadOnlyAdmin
from audit.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ["at", "actor_name", "action", "outcome", "subject_kind", "subject_name", "team_name", "source"]
    list_filter = ["outcome", "source", "action"]
    search_fields = ["actor_name", "subject_name", "team_name", "request_id"]
    date_hierarchy = "at"
