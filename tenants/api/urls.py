"""Included under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from tenants.api.namespace_requests import NamespaceRequestsView, NamespaceRequestView
from tenants.api.namespaces import NamespaceViewSet
from tenants.api.pods import PodView
from tenants.api.series import NamespaceSeries, PodSeries

router = SimpleRouter()
router.register("namespaces", NamespaceViewSet, basename="namespace")
urlpatterns = [
    path("namespace-requests/", NamespaceRequestsView.as_view(), name="namespace-requests"),
    path("namespace-requests/<int:pk>/", NamespaceRequestView.as_view(), name="namespace-request"),
    path("namespaces/<int:pk>/series/", NamespaceSeries.as_view(), name="namespace-series"),
    path("namespaces/<int:pk>/pods/<str:pod>/series/", PodSeries.as_view(), name="namespace-pod-series"),
    *router.urls,
    path("namespaces/<int:pk>/pods/<str:pod>/", PodView.as_view(), name="namespace-pod"),
]
