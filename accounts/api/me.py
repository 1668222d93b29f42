"""GET /me/: who the caller is."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.caller import caller
from accounts.serializers.users import MeSerializer


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller: platform roles, teams and the token in use."""
        return Response(MeSerializer(caller(request), context={"request": request}).data)
