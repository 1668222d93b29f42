"""A version's files: a part of its page that lists one folder, and one file as an attachment."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.caller import caller
from registry.files import Unavailable, files_of, send_file
from registry.views.version import visible_version


@require_safe
def artifact_list(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One folder, as the registry lists it now, or why it cannot be listed."""
    row, path = visible_version(request, name, number), request.GET.get("path", "")
    context = {"row": row, "path": path, "above": path.rpartition("/")[0]}
    try:
        context["files"] = files_of(row, path)
    except Unavailable as reason:
        context["problem"] = reason.message
    return render(request, "models/files.html", context)


@require_safe
def artifact_download(request: HttpRequest, name: str, number: int) -> HttpResponseBase:
    """One file. A registry that is away is a 503, a file that is too large a 413."""
    row = visible_version(request, name, number)
    try:
        return send_file(str(caller(request).pk), row, request.GET.get("path", ""), settings.ARTIFACT_MEGABYTES)
    except Unavailable as reason:
        if reason.status == 404:
            raise Http404 from reason
        return HttpResponse(reason.message, status=reason.status, content_type="text/plain; charset=utf-8")
