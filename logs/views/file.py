"""The log of one container as a file."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from kube.errors import ApiError, KubeError
from logs.asking import asked
from logs.whole import whole_log
from tenants.models import Namespace


@require_safe
def pod_log(request: HttpRequest, pk: int, pod: str) -> HttpResponse:
    """What the node has of it now, as an attachment; 404 for a pod that is gone, 503 when the cluster does not answer."""
    namespace = get_object_or_404(Namespace.objects.visible_to(request.user), pk=pk)
    try:
        wanted = asked(request.GET, namespace, pod=pod)
        targets = wanted.choice.targets()
        if not targets:
            raise Http404
        text = whole_log(targets[0], namespace, wanted, timestamps="timestamps" in request.GET)
    except ValidationError as error:
        return _refused("\n".join(error.messages), 400)
    except KubeError as error:
        return _refused(str(error), error.status if isinstance(error, ApiError) and error.status in (400, 404) else 503)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{targets[0].pod}-{targets[0].container}.log"'
    response["Cache-Control"] = "no-store"
    return response


def _refused(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
