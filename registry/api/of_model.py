"""The frame of what belongs to one model: the model is found among those that the caller sees, else it is a 404."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from accounts.caller import caller
from registry.models import RegisteredModel


class OfModel(GenericAPIView[Any]):
    """A view below /models/<name>/."""

    def model_of(self, http: Request) -> RegisteredModel:
        """The model of the address."""
        seen = RegisteredModel.objects.visible_to(caller(http)).select_related("team")
        return get_object_or_404(seen, name=self.kwargs["name"])

    def given(self, http: Request, serializer: type[Any]) -> Any:
        """The validated serializer of the body."""
        found = serializer(data=http.data, context={"request": http})
        found.is_valid(raise_exception=True)
        return found
