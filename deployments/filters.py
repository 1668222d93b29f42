"""The one set of filters for the lists of deployments, in HTML and REST."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from deployments.health import STATES, in_state
from deployments.models import ModelDeployment
from tenants.environments import Environment


class DeploymentFilter(django_filters.FilterSet):
    """`?cluster=&namespace=&team=&environment=&health=&model=&q=&gone=true`; without `gone`, only deployments that stand."""

    cluster = django_filters.CharFilter(field_name="cluster__name", label=_("Cluster"))
    namespace = django_filters.CharFilter(field_name="namespace__name", label=_("Namespace"))
    team = django_filters.CharFilter(field_name="namespace__team__name", label=_("Team"))
    environment = django_filters.ChoiceFilter(field_name="namespace__environment", choices=Environment.choices, label=_("Environment"))
    health = django_filters.ChoiceFilter(method="of_health", choices=list(STATES.items()), label=_("Health"))
    model = django_filters.CharFilter(field_name="revision__model_version__model__name", label=_("Model"))
    q = django_filters.CharFilter(method="named", label=_("Search"))
    gone = django_filters.BooleanFilter(method="include_gone", label=_("Also deleted ones"))

    class Meta:
        model = ModelDeployment
        fields = ["cluster", "namespace", "team", "environment", "model"]

    def named(self, rows: QuerySet[ModelDeployment], name: str, words: str) -> QuerySet[ModelDeployment]:
        """By its own name, or by its model's."""
        return rows.filter(Q(name__icontains=words) | Q(revision__model_version__model__name__icontains=words))

    def of_health(self, rows: QuerySet[ModelDeployment], name: str, state: str) -> QuerySet[ModelDeployment]:
        """Health is told from what was observed, not kept: it comes last, about the rows that all other filters leave."""
        return rows

    def include_gone(self, rows: QuerySet[ModelDeployment], name: str, value: bool) -> QuerySet[ModelDeployment]:
        """Deleted deployments stay as a record."""
        return rows

    def filter_queryset(self, queryset: QuerySet[ModelDeployment]) -> QuerySet[ModelDeployment]:
        """Hides deleted ones unless they are asked for; health comes last."""
        rows: QuerySet[ModelDeployment] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        state = asked.get("health")
        if not (asked.get("gone") or state == "deleted"):
            rows = rows.filter(deleted_at__isnull=True)
        return rows.filter(pk__in=in_state(rows, state)) if state else rows
