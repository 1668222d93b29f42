"""What people press on a namespace: retry, delete."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.caller import caller
from tenants.actions import delete_namespace, retry_namespace
from tenants.forms import DeleteForm
from tenants.queries import namespaces_seen_by, pods_of


@require_POST
def namespace_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """A worker looks at it at once."""
    row = get_object_or_404(namespaces_seen_by(caller(request)), pk=pk)
    retry_namespace(actor=caller(request), namespace=row)
    messages.info(request, _("A worker looks at it now."))
    if request.POST.get("back") == "request" and row.request_id:
        return redirect("request_detail", pk=row.request_id)
    return redirect("namespace_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def namespace_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """What still runs in it, and its name to be typed."""
    row = get_object_or_404(namespaces_seen_by(caller(request)).filter(deleted_at__isnull=True), pk=pk)
    form = DeleteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delete_namespace(actor=caller(request), namespace=row, confirm=form.cleaned_data["confirm"])
        except ValidationError as error:
            form.add_error("confirm", error.messages)
        else:
            messages.info(request, _("Being deleted. The page follows what the cluster still has to end."))
            return redirect("namespace_detail", pk=pk)
    running = pods_of(row).active()
    context = {"row": row, "form": form, "running": running}
    return render(request, "namespaces/delete.html", context, status=422 if form.errors else 200)
