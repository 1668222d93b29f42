"""Addresses of the namespace pages."""

from django.urls import path

from tenants.views import ask, change, pods
from tenants.views.detail import namespace_detail
from tenants.views.list import namespace_list
from tenants.views.live import namespace_live

urlpatterns = [
    path("namespaces/", namespace_list, name="namespace_list"),
    path("namespaces/new/", ask.namespace_new, name="namespace_new"),
    path("namespaces/new/check/", ask.namespace_check, name="namespace_check"),
    path("namespaces/<int:pk>/", namespace_detail, name="namespace_detail"),
    path("namespaces/<int:pk>/live/", namespace_live, name="namespace_live"),
    path("namespaces/<int:pk>/retry/", change.namespace_retry, name="namespace_retry"),
    path("namespaces/<int:pk>/delete/", change.namespace_delete, name="namespace_delete"),
    path("namespaces/<int:pk>/pods/", pods.namespace_pods, name="namespace_pods"),
    path("namespaces/<int:pk>/pods/<str:pod>/", pods.namespace_pod, name="namespace_pod"),
    path("namespaces/<int:pk>/<slug:tab>/", namespace_detail, name="namespace_tab"),
    path("requests/<int:pk>/change/", ask.request_revise, name="request_revise"),
]
