"""Models' names in addresses: whatever the registry allows, except what a browser would take for a step up."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class ModelNameConverter(StringConverter):
    regex = r"(?!\.{1,2}(?:/|\Z))[^/]{1,256}"


register_converter(ModelNameConverter, "modelname")
