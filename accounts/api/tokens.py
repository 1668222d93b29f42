"""/tokens/: the caller's own API tokens."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import create_token, revoke_token
from accounts.caller import caller, token_in_use
from accounts.models import ApiToken
from accounts.queries import visible_tokens
from accounts.serializers.tokens import CreatedTokenSerializer, NewTokenSerializer, TokenSerializer


class Tokens(ListAPIView[ApiToken]):
    """Without Idempotency-Key: a stored answer would store the plaintext."""

    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()
    ordering_fields = ["created", "expiry", "last_used_at", "name"]

    def get_queryset(self) -> QuerySet[ApiToken]:
        return visible_tokens(self.request.user).order_by("-created")

    @extend_schema(request=NewTokenSerializer, responses={201: CreatedTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a token for oneself. The answer shows its plaintext, once. A token gives no scope that it lacks."""
        given = NewTokenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked, person = given.validated_data, caller(request)
        token, plaintext = create_token(
            actor=person,
            user=person,
            name=asked["name"],
            scopes=asked["scopes"],
            days=asked["expires_in_days"],
            using=token_in_use(request),
        )
        location = f"{request.path}{token.uid}/"
        body = {**TokenSerializer(token).data, "token": plaintext}
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": location, "Cache-Control": "no-store"})


class TokenDetail(RetrieveAPIView[ApiToken]):
    """One of the caller's tokens."""

    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()
    lookup_field = "uid"

    def get_queryset(self) -> QuerySet[ApiToken]:
        return visible_tokens(self.request.user)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uid: str) -> Response:
        """Revoke the token: its next use is a 401."""
        revoke_token(actor=caller(request), token=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
