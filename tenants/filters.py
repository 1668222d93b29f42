"""The filters for the lists of namespaces and of their pods, the same in HTML and REST."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clusters.models import Pod, Rank
from tenants.environments import Environment
from tenants.models import Namespace


class NamespaceFilter(django_filters.FilterSet):
    """`?cluster=&team=&environment=&q=&gone=true`; without `gone`, only namespaces that stand."""

    cluster = django_filters.CharFilter(field_name="cluster__name", label=_("Cluster"))
    team = django_filters.CharFilter(field_name="team__name", label=_("Team"))
    environment = django_filters.ChoiceFilter(choices=Environment.choices, label=_("Environment"))
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    gone = django_filters.BooleanFilter(method="include_gone", label=_("Also deleted ones"))

    class Meta:
        model = Namespace
        fields = ["cluster", "team", "name"]

    def include_gone(self, rows: QuerySet[Namespace], name: str, value: bool) -> QuerySet[Namespace]:
        """Deleted namespaces stay as a record."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Namespace]) -> QuerySet[Namespace]:
        """Hides deleted ones unless they are asked for."""
        rows: QuerySet[Namespace] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("gone") else rows.filter(deleted_at__isnull=True)


# What a state is called in addresses and in the REST API.
POD_STATES = {"trouble": Rank.TROUBLE, "waiting": Rank.WAITING, "running": Rank.RUNNING, "ended": Rank.ENDED}


class PodFilter(django_filters.FilterSet):
    """`?q=&state=trouble|waiting|running|ended&node=`."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    state = django_filters.ChoiceFilter(
        method="of_state", choices=[(name, rank.label) for name, rank in POD_STATES.items()], label=_("State")
    )
    node = django_filters.CharFilter(field_name="node", label=_("Node"))

    class Meta:
        model = Pod
        fields = ["node"]

    def of_state(self, rows: QuerySet[Pod], name: str, state: str) -> QuerySet[Pod]:
        """By what somebody wants to see first."""
        return rows.filter(rank=POD_STATES[state])
