"""Addresses of the catalogue's pages. What is about no one model stands beside `models/`, whose next part is a name."""

from django.urls import path

from registry import converters
from registry.views import change, live, register
from registry.views.detail import model_detail
from registry.views.files import artifact_download, artifact_list
from registry.views.list import model_list
from registry.views.version import version_detail

__all__ = ["converters", "urlpatterns"]

urlpatterns = [
    path("models/", model_list, name="model_list"),
    path("models-live/", live.catalogue_live, name="model_stream"),
    path("models-new/", register.model_new, name="model_new"),
    path("models/<modelname:name>/", model_detail, name="model_detail"),
    path("models/<modelname:name>/live/", live.model_live, name="model_live"),
    path("models/<modelname:name>/register/", register.version_new, name="model_version_new"),
    path("models/<modelname:name>/alias/", change.alias_set, name="model_alias_set"),
    path("models/<modelname:name>/alias/remove/", change.alias_remove, name="model_alias_remove"),
    path("models/<modelname:name>/tag/", change.tag_set, name="model_tag_set"),
    path("models/<modelname:name>/tag/remove/", change.tag_remove, name="model_tag_remove"),
    path("models/<modelname:name>/versions/<int:number>/", version_detail, name="model_version"),
    path("models/<modelname:name>/versions/<int:number>/files/", artifact_list, name="model_files"),
    path("models/<modelname:name>/versions/<int:number>/file/", artifact_download, name="model_file"),
]
