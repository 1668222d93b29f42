"""A person's own API tokens."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import create_token, revoke_token
from accounts.caller import caller
from accounts.forms import TokenForm
from accounts.queries import visible_tokens
from audit.errors import Conflict

FIELDS = {"expires_in_days": "days"}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """The list and the form. A new token's text is in the answer to its form and nowhere else."""
    form = TokenForm(request.POST or None)
    plaintext = _made(request, form) if request.method == "POST" and form.is_valid() else ""
    if plaintext:
        form = TokenForm()
    context = {"tokens": visible_tokens(request.user), "form": form, "plaintext": plaintext}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, form: TokenForm) -> str:
    user = caller(request)
    words = form.cleaned_data
    try:
        return create_token(actor=user, user=user, name=words["name"], scopes=words["scopes"], days=words["days"])[1]
    except ValidationError as error:
        for field, problems in getattr(error, "error_dict", {None: error.messages}).items():
            place = FIELDS.get(field, field)
            form.add_error(place if place in form.fields else None, problems)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return ""


@require_POST
def token_revoke(request: HttpRequest, pk: str) -> HttpResponse:
    """Ends it at once."""
    token = get_object_or_404(visible_tokens(request.user), uid=pk)
    revoke_token(actor=caller(request), token=token)
    messages.success(request, _("Revoked. Whatever used it is refused from now on."))
    return redirect("token_list")
