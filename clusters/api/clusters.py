"""/clusters/: names and what is left for everyone who is signed in; nodes and flavors to declare for administrators."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.caller import caller
from clusters.actions import declare_flavor
from clusters.models import Cluster, GpuFlavor, Node
from clusters.policies import may_see_details
from clusters.serializers.clusters import ClusterDetailSerializer, ClusterSerializer
from clusters.serializers.flavors import FlavorSerializer, NewFlavorSerializer
from clusters.serializers.observations import NodeSerializer
from rest.idempotency import IdempotentPost


class Clusters(ListAPIView[Cluster]):
    """All clusters."""

    serializer_class = ClusterSerializer
    queryset = Cluster.objects.none()
    filterset_fields = ["name", "is_sandbox"]
    ordering_fields = ["name"]

    def get_queryset(self) -> QuerySet[Cluster]:
        return Cluster.objects.visible_to(self.request.user).defer("kubeconfig").prefetch_related("flavors__account").order_by("name")


class ClusterDetail(RetrieveAPIView[Cluster]):
    """One cluster with its capacity ledger."""

    serializer_class = ClusterDetailSerializer
    queryset = Cluster.objects.none()
    lookup_field = "name"

    def get_queryset(self) -> QuerySet[Cluster]:
        return Cluster.objects.visible_to(self.request.user).defer("kubeconfig").prefetch_related("flavors__account")


class Nodes(ListAPIView[Node]):
    """The nodes of a cluster, for administrators."""

    serializer_class = NodeSerializer
    queryset = Node.objects.none()
    filterset_fields = ["ready", "schedulable"]
    ordering_fields = ["name"]

    def get_queryset(self) -> QuerySet[Node]:
        if not may_see_details(self.request.user):
            raise PermissionDenied(_("Only administrators see nodes."))
        cluster = get_object_or_404(Cluster.objects.visible_to(self.request.user), name=self.kwargs["name"])
        return Node.objects.filter(cluster=cluster).order_by("name")


class Flavors(IdempotentPost, GenericAPIView[GpuFlavor]):
    """Flavors that an administrator declares where no node shows them."""

    serializer_class = NewFlavorSerializer
    queryset = GpuFlavor.objects.none()

    @extend_schema(request=NewFlavorSerializer, responses={201: FlavorSerializer})
    def post(self, request: Request, name: str) -> Response:
        """Declare a flavor, or change a declared one."""
        cluster = get_object_or_404(Cluster.objects.visible_to(request.user), name=name)
        data = NewFlavorSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        flavor = declare_flavor(actor=caller(request), cluster=cluster, **data.validated_data)
        return Response(FlavorSerializer(flavor).data, status=status.HTTP_201_CREATED)
