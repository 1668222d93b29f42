"""Included under /api/v1/."""

from rest_framework.routers import SimpleRouter

from approvals.api.requests import RequestViewSet

router = SimpleRouter()
router.register("requests", RequestViewSet, basename="request")
urlpatterns = router.urls
