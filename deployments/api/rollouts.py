"""/api/v1/deployments/<id>/rollout/: the candidate that runs beside what serves: its share, its promotion, its end."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.caller import caller
from deployments.actions import change_share, promote_candidate, roll_back_candidate
from deployments.api.missing import no_rollout
from deployments.models import ModelDeployment, Rollout
from deployments.serializers.history import RolloutSerializer
from deployments.serializers.operations import ShareSerializer, WhySerializer
from rest.idempotency import IdempotentPost

PEOPLE = ("stable", "candidate", "started_by", "ended_by")


class OfOneDeployment(IdempotentPost, GenericAPIView[Rollout]):
    """The rollouts of one deployment that the caller sees."""

    queryset = Rollout.objects.none()
    serializer_class = RolloutSerializer

    def get_queryset(self) -> QuerySet[Rollout]:
        """Newest first."""
        deployment = get_object_or_404(ModelDeployment.objects.visible_to(caller(self.request)), pk=self.kwargs["pk"])
        joined = deployment.rollouts.select_related(*PEOPLE, "deployment__namespace__team", "deployment__cluster")
        return joined.order_by("-started_at", "-pk")

    def running(self) -> Rollout:
        """The one that runs, else the last one, whose end an action then tells. Where there never was one, 404 to read, 409 to act on."""
        rows = self.get_queryset()
        if rollout := rows.filter(ended_at__isnull=True).first() or rows.first():
            return rollout
        raise no_rollout(404 if self.request.method in SAFE_METHODS else 409)

    def shown(self, rollout: Rollout, code: int = 202) -> Response:
        """As it stands now."""
        return Response(RolloutSerializer(self.get_queryset().get(pk=rollout.pk)).data, status=code)


class Rollouts(OfOneDeployment, ListAPIView[Rollout]):
    """All of them, newest first."""

    filter_backends = []


class RolloutDetail(OfOneDeployment):
    """The running one, else the last."""

    def get(self, http: HttpRequest, pk: int) -> Response:
        """Its share, thresholds and figures; `ended` tells how it ended."""
        return self.shown(self.running(), 200)


class RolloutShare(OfOneDeployment):
    """Its share."""

    @extend_schema(request=ShareSerializer, responses={202: RolloutSerializer})
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Sends so many percent of the requests to the candidate; 409 when the share is no longer the one that was seen."""
        rollout, given = self.running(), ShareSerializer(data=http.data)
        given.is_valid(raise_exception=True)
        return self.shown(change_share(actor=caller(http), rollout=rollout, **given.validated_data))


class RolloutPromotion(OfOneDeployment):
    """Its promotion."""

    @extend_schema(request=WhySerializer, responses={202: RolloutSerializer})
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Lets the candidate serve alone."""
        rollout, given = self.running(), WhySerializer(data=http.data)
        given.is_valid(raise_exception=True)
        promote_candidate(actor=caller(http), rollout=rollout, reason=given.validated_data["reason"])
        return self.shown(rollout)


class RolloutRollBack(OfOneDeployment):
    """Its end."""

    @extend_schema(request=WhySerializer, responses={202: RolloutSerializer})
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Takes the candidate away."""
        rollout, given = self.running(), WhySerializer(data=http.data)
        given.is_valid(raise_exception=True)
        roll_back_candidate(actor=caller(http), rollout=rollout, reason=given.validated_data["reason"])
        return self.shown(rollout)
