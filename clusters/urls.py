"""Addresses of the capacity and drift pages."""

from django.urls import path

from clusters.views.capacity import cluster_detail, cluster_list
from clusters.views.drift import drift_list
from clusters.views.live import cluster_live

urlpatterns = [
    path("capacity/", cluster_list, name="cluster_list"),
    path("capacity/<slug:name>/", cluster_detail, name="cluster_detail"),
    path("capacity/<slug:name>/live/", cluster_live, name="cluster_live"),
    path("drift/", drift_list, name="drift_list"),
]
