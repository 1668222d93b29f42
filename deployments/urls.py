"""Addresses of the deployments' pages."""

from django.urls import path

from deployments.views import ask, live, operate, promote, rollout
from deployments.views.detail import deployment_detail
from deployments.views.list import deployment_list
from deployments.views.trying import deployment_try

urlpatterns = [
    path("deployments/", deployment_list, name="deployment_list"),
    path("deployments/live/", live.deployment_stream, name="deployment_stream"),
    path("deployments/new/", ask.deployment_new, name="deployment_new"),
    path("deployments/check/", ask.deployment_check, name="deployment_check"),
    path("deployments/word/", ask.deployment_word, name="deployment_word"),
    path("deployments/<int:pk>/", deployment_detail, name="deployment_detail"),
    path("deployments/<int:pk>/live/", live.deployment_live, name="deployment_live"),
    path("deployments/<int:pk>/logs/live/", live.deployment_logs, name="deployment_logs"),
    path("deployments/<int:pk>/edit/", ask.deployment_edit, name="deployment_edit"),
    path("deployments/<int:pk>/pause/", operate.deployment_pause, name="deployment_pause"),
    path("deployments/<int:pk>/resume/", operate.deployment_resume, name="deployment_resume"),
    path("deployments/<int:pk>/retry/", operate.deployment_retry, name="deployment_retry"),
    path("deployments/<int:pk>/follow/", operate.deployment_follow, name="deployment_follow"),
    path("deployments/<int:pk>/delete/", operate.deployment_delete, name="deployment_delete"),
    path("deployments/<int:pk>/promote/", promote.deployment_promote_to, name="deployment_promote_to"),
    path("deployments/<int:pk>/revisions/<int:number>/roll-back/", operate.deployment_roll_back, name="deployment_roll_back"),
    path("deployments/<int:pk>/try/", deployment_try, name="deployment_try"),
    path("deployments/<int:pk>/<slug:tab>/", deployment_detail, name="deployment_tab"),
    path("rollouts/<int:pk>/share/", rollout.rollout_share, name="rollout_share"),
    path("rollouts/<int:pk>/promote/", rollout.rollout_promote, name="rollout_promote"),
    path("rollouts/<int:pk>/roll-back/", rollout.rollout_roll_back, name="rollout_roll_back"),
    path("requests/<int:pk>/deployment/", ask.deployment_revise, name="deployment_revise"),
]
