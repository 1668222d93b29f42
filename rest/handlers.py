"""Django's own error answers: problems below /api/, pages elsewhere. Named in the root URLconf as handler400, 403, 404, 500."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from rest.problems import CONTENT_TYPE, problem


def handler400(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return _problem(request, 400) if _is_api(request) else defaults.bad_request(request, exception)


def handler403(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return _problem(request, 403) if _is_api(request) else defaults.permission_denied(request, exception)


def handler404(request: HttpRequest, exception: Exception, *args: Any, **kwargs: Any) -> HttpResponse:
    return _problem(request, 404) if _is_api(request) else defaults.page_not_found(request, exception)


def handler500(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return _problem(request, 500) if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _problem(request: HttpRequest, status: int) -> JsonResponse:
    return JsonResponse(problem(request, status=status), status=status, content_type=CONTENT_TYPE)
