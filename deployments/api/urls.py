"""Included under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from deployments.api.deployments import DeploymentViewSet
from deployments.api.predictions import Prediction
from deployments.api.revisions import RevisionDetail, RevisionDiff, Revisions
from deployments.api.rollouts import RolloutDetail, RolloutPromotion, RolloutRollBack, Rollouts, RolloutShare
from deployments.api.series import DeploymentSeries

router = SimpleRouter()
router.register("deployments", DeploymentViewSet, basename="deployment")
ONE = "deployments/<int:pk>/"
urlpatterns = [
    *router.urls,
    path(f"{ONE}predict/", Prediction.as_view(), name="deployment-predict"),
    path(f"{ONE}series/", DeploymentSeries.as_view(), name="deployment-series"),
    path(f"{ONE}revisions/", Revisions.as_view(), name="deployment-revisions"),
    path(f"{ONE}revisions/<int:number>/", RevisionDetail.as_view(), name="deployment-revision"),
    path(f"{ONE}revisions/<int:number>/diff/", RevisionDiff.as_view(), name="deployment-revision-diff"),
    path(f"{ONE}rollouts/", Rollouts.as_view(), name="deployment-rollouts"),
    path(f"{ONE}rollout/", RolloutDetail.as_view(), name="deployment-rollout"),
    path(f"{ONE}rollout/share/", RolloutShare.as_view(), name="deployment-rollout-share"),
    path(f"{ONE}rollout/promote/", RolloutPromotion.as_view(), name="deployment-rollout-promote"),
    path(f"{ONE}rollout/roll-back/", RolloutRollBack.as_view(), name="deployment-rollout-roll-back"),
]
