"""The filters of the audit log's page."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.models import Entry


class EntryFilter(django_filters.FilterSet):
    """`?q=&actor=&team=&outcome=&action=&day=&subject_kind=&subject_id=`."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    actor = django_filters.CharFilter(field_name="actor_name", lookup_expr="iexact", label=_("Who"))
    team = django_filters.CharFilter(field_name="team_name", label=_("Team"))
    action = django_filters.CharFilter(field_name="action", lookup_expr="startswith", label=_("Action"))
    outcome = django_filters.ChoiceFilter(choices=Entry.Outcome.choices, label=_("Outcome"))
    day = django_filters.DateFilter(field_name="at", lookup_expr="date", label=_("Day"))
    subject_kind = django_filters.CharFilter()
    subject_id = django_filters.CharFilter()

    class Meta:
        model = Entry
        fields: list[str] = []

    def search(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """In names and actions."""
        return rows.filter(Q(subject_name__icontains=value) | Q(actor_name__icontains=value) | Q(action__icontains=value))
