"""The one set of filters for the lists of requests, in HTML and REST."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.models import Request
from approvals.states import RequestOutcome, State


class RequestFilter(django_filters.FilterSet):
    """`?state=&outcome=&team=&requester=&kind=&q=`."""

    state = django_filters.ChoiceFilter(choices=State.choices, label=_("State"))
    outcome = django_filters.ChoiceFilter(choices=[c for c in RequestOutcome.choices if c[0]], label=_("Outcome"))
    team = django_filters.CharFilter(field_name="team__name", label=_("Team"))
    requester = django_filters.CharFilter(field_name="requester__username", label=_("Requester"))
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = Request
        fields = ["state", "outcome", "team", "requester", "kind"]

    def search(self, rows: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        """In titles, subjects and justifications; a number also finds the request of that number."""
        found = Q(title__icontains=value) | Q(subject__icontains=value) | Q(justification__icontains=value)
        number = value.lstrip("#")
        return rows.filter(found | Q(pk=int(number)) if number.isdecimal() and len(number) < 18 else found)
