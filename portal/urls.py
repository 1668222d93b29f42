"""Every address of the portal. Pages are named by their noun; everything for scripts is under /api/v1/."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required, login_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.health import healthz, readyz
from portal.monitoring.view import Metrics
from portal.views.home import home
from portal.views.inbox import inbox
from portal.views.live import home_live
from portal.views.search import search

api: list[URLPattern | URLResolver] = [
    path("", include("accounts.api.urls")),
    path("", include("approvals.api.urls")),
    path("", include("tenants.api.urls")),
    path("", include("logs.api.urls")),
    path("", include("deployments.api.urls")),
    path("", include("clusters.api.urls")),
    path("", include("registry.api.urls")),
]

pages: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("live/", home_live, name="home_live"),
    path("inbox/", inbox, name="inbox"),
    path("search/", search, name="search"),
    path("", include("accounts.urls")),
    path("", include("approvals.urls")),
    path("", include("logs.urls")),
    path("", include("tenants.urls")),
    path("", include("deployments.urls")),
    path("", include("clusters.urls")),
    path("", include("registry.urls")),
]

urlpatterns = [
    path("", include(pages)),
    path("healthz", login_not_required(healthz), name="healthz"),
    path("readyz", login_not_required(readyz), name="readyz"),
    path("metrics", login_not_required(Metrics.as_view()), name="metrics"),
    path("admin/", admin.site.urls),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    # Split, since the policy of the pages runs no script that stands in a page.
    path("api/docs/", login_required(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="docs"),
]

handler400 = "rest.handlers.handler400"
handler403 = "rest.handlers.handler403"
handler404 = "rest.handlers.handler404"
handler500 = "rest.handlers.handler500"
