"""The routes of clusters alone."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("clusters.api.urls"))]
