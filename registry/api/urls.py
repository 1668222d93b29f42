"""Included under /api/v1/."""

from django.urls import path

from registry import converters
from registry.api.aliases import Alias, Aliases, Tags
from registry.api.changes import ChangeDetail, Changes
from registry.api.models import ModelDetail, Models
from registry.api.versions import FileContent, Files, VersionDetail, Versions

__all__ = ["converters", "urlpatterns"]

VERSION = "models/<modelname:name>/versions/<int:number>/"
urlpatterns = [
    path("models/", Models.as_view(), name="api-models"),
    path("models/<modelname:name>/", ModelDetail.as_view(), name="api-model"),
    path("models/<modelname:name>/versions/", Versions.as_view(), name="api-model-versions"),
    path(VERSION, VersionDetail.as_view(), name="api-model-version"),
    path(f"{VERSION}files/", Files.as_view(), name="api-model-files"),
    path(f"{VERSION}file/", FileContent.as_view(), name="api-model-file"),
    path("models/<modelname:name>/aliases/", Aliases.as_view(), name="api-model-aliases"),
    path("models/<modelname:name>/aliases/<modelname:alias>/", Alias.as_view(), name="api-model-alias"),
    path("models/<modelname:name>/tags/", Tags.as_view(), name="api-model-tags"),
    path("model-changes/", Changes.as_view(), name="api-model-changes"),
    path("model-changes/<int:pk>/", ChangeDetail.as_view(), name="api-model-change"),
]
