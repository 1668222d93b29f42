"""Included under /api/v1/."""

from django.urls import path

from clusters.api.clusters import ClusterDetail, Clusters, Flavors, Nodes
from clusters.api.drifts import Drifts

urlpatterns = [
    path("clusters/", Clusters.as_view(), name="api-clusters"),
    path("clusters/<slug:name>/", ClusterDetail.as_view(), name="api-cluster"),
    path("clusters/<slug:name>/nodes/", Nodes.as_view(), name="api-cluster-nodes"),
    path("clusters/<slug:name>/flavors/", Flavors.as_view(), name="api-cluster-flavors"),
    path("drifts/", Drifts.as_view(), name="api-drifts"),
]
