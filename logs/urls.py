"""Addresses of logs, below those of their namespace."""

from django.urls import path

from logs.views.file import pod_log
from logs.views.live import namespace_logs, pod_logs

urlpatterns = [
    path("namespaces/<int:pk>/logs/live/", namespace_logs, name="namespace_logs"),
    path("namespaces/<int:pk>/pods/<str:pod>/log/live/", pod_logs, name="pod_logs"),
    path("namespaces/<int:pk>/pods/<str:pod>/log/", pod_log, name="pod_log"),
]
