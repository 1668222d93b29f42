"""/metrics: the text that Prometheus reads. It names teams and what they hold, so it is for those who see every team."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.policies import sees_everything
from portal.monitoring import business, engine, traffic


class OfDatabase:
    """What is read anew for each scrape."""

    def collect(self) -> Iterable[Metric]:
        """As prometheus_client asks for it."""
        yield from engine.families()
        yield from business.families()


@extend_schema(exclude=True)
class Metrics(APIView):
    """Scraped with an API token of an auditor (`authorization.credentials` of a scrape configuration), or read by one who is signed in."""

    def get(self, request: Request) -> HttpResponse:
        """All families; PermissionDenied for members of teams."""
        if not sees_everything(request.user):
            raise PermissionDenied(_("Metrics tell of every team: they are for approvers, administrators and auditors."))
        registry = CollectorRegistry(auto_describe=False)
        registry.register(OfDatabase())
        return HttpResponse(generate_latest(traffic.REGISTRY) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
