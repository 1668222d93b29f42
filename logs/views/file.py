"""The log of one container as a file."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from logs.whole import NoLog, log_of
from tenants.models import Namespace


@require_safe
def pod_log(request: HttpRequest, pk: int, pod: str) -> HttpResponse:
    """What the node has of it now, as an attachment; 404 for a pod that is gone, 503 when the cluster does not answer."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), pk=pk)
    try:
        target, text = log_of(namespace, pod, request.GET)
    except ValidationError as error:
        return _refused("\n".join(error.messages), 400)
    except NoLog as error:
        return _refused(str(error), error.http_status)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{target.pod}-{target.container}.log"'
    response["Cache-Control"] = "no-store"
    return response


def _refused(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
