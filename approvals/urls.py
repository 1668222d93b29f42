"""Addresses of the request pages."""

from django.urls import path

from approvals.views import decide, detail, live, talk
from approvals.views.list import request_list
from approvals.views.reject_many import reject_many

urlpatterns = [
    path("requests/", request_list, name="request_list"),
    path("requests/live/", live.request_stream, name="request_stream"),
    path("requests/reject/", reject_many, name="request_reject_many"),
    path("requests/<int:pk>/", detail.request_detail, name="request_detail"),
    path("requests/<int:pk>/live/", live.request_live, name="request_live"),
    path("requests/<int:pk>/approve/", decide.approve, name="request_approve"),
    path("requests/<int:pk>/weigh/", decide.weigh, name="request_weigh"),
    path("requests/<int:pk>/reject/", decide.reject, name="request_reject"),
    path("requests/<int:pk>/send-back/", decide.send_back, name="request_send_back"),
    path("requests/<int:pk>/comment/", talk.comment, name="request_comment"),
    path("requests/<int:pk>/withdraw/", talk.withdraw, name="request_withdraw"),
    path("requests/<int:pk>/plan/", talk.plan, name="request_plan"),
]
