"""Changing one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import change_password
from accounts.caller import caller
from accounts.forms import OwnPasswordForm


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def password_change(request: HttpRequest) -> HttpResponse:
    """Asks for the former one; this session stays, all others end."""
    user = caller(request)
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(actor=user, user=user, password=form.cleaned_data["new_password1"])
        except ValidationError as error:
            form.add_error("new_password1", error.messages)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Changed. Your other sessions have ended."))
            return redirect("home")
    return render(request, "account/password_change.html", {"form": form}, status=422 if form.errors else 200)
