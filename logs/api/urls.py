"""Included under /api/v1/."""

from django.urls import path

from logs.api.pod_log import PodLog

urlpatterns = [path("namespaces/<int:pk>/pods/<str:pod>/log/", PodLog.as_view(), name="namespace-pod-log")]
