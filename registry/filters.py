"""The one set of filters for the lists of models and versions, in HTML and REST."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.models import Change, ModelVersion, RegisteredModel


class ModelFilter(django_filters.FilterSet):
    """`?q=&team=&alias=&gone=true`; without `gone`, only models that the registry still has. `team=-`: those that are common to all."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    team = django_filters.CharFilter(method="of_team", label=_("Team"))
    alias = django_filters.CharFilter(field_name="aliases__name", label=_("Alias"), distinct=True)
    gone = django_filters.BooleanFilter(method="include_gone", label=_("Also deleted ones"))

    class Meta:
        model = RegisteredModel
        fields = ["team"]

    def search(self, rows: QuerySet[RegisteredModel], name: str, value: str) -> QuerySet[RegisteredModel]:
        """In names and descriptions."""
        return rows.filter(Q(name__icontains=value) | Q(description__icontains=value))

    def of_team(self, rows: QuerySet[RegisteredModel], name: str, value: str) -> QuerySet[RegisteredModel]:
        """A team's name, or a hyphen for no team."""
        return rows.filter(team__isnull=True, team_tag="") if value == "-" else rows.filter(team__name=value)

    def include_gone(self, rows: QuerySet[RegisteredModel], name: str, value: bool) -> QuerySet[RegisteredModel]:
        """Deleted models stay as a record."""
        return rows

    def filter_queryset(self, queryset: QuerySet[RegisteredModel]) -> QuerySet[RegisteredModel]:
        """Hides deleted ones unless they are asked for."""
        rows: QuerySet[RegisteredModel] = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("gone") else rows.filter(gone_at__isnull=True)


class VersionFilter(django_filters.FilterSet):
    """`?alias=&status=&stage=&run_id=`."""

    alias = django_filters.CharFilter(field_name="aliases__name", label=_("Alias"), distinct=True)

    class Meta:
        model = ModelVersion
        fields = ["status", "stage", "run_id"]


class ChangeFilter(django_filters.FilterSet):
    """`?model=&what=&pending=true`."""

    model = django_filters.CharFilter(field_name="model_name", label=_("Model"))
    pending = django_filters.BooleanFilter(field_name="next_reconcile_at", lookup_expr="isnull", exclude=True, label=_("Still waits"))

    class Meta:
        model = Change
        fields = ["what"]
