"""A team's page: who belongs to it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import remove_membership, set_membership
from accounts.caller import caller
from accounts.forms import MemberForm
from accounts.models import Team, User
from accounts.policies import may_manage_team, role_in
from audit.errors import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def team_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Its people, and for its owners the form that adds one or changes a role."""
    team = get_object_or_404(Team.objects.visible_to(request.user), name=name)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _set(request, team, form):
        return redirect("team_detail", name=name)
    context = {
        "team": team,
        "people": team.memberships.select_related("user").order_by("user__username"),
        "own_role": role_in(request.user, team),
        "may_manage": may_manage_team(request.user, team),
        "form": form,
    }
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


def _set(request: HttpRequest, team: Team, form: MemberForm) -> bool:
    user = User.objects.filter(username__iexact=form.cleaned_data["username"], is_active=True).first()
    if user is None and may_manage_team(request.user, team):
        form.add_error("username", _("There is no active account of this name. An admin of the portal creates accounts."))
        return False
    try:
        set_membership(actor=caller(request), team=team, user=user, role=form.cleaned_data["role"])  # type: ignore[arg-type]
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return False
    messages.success(request, _("Saved. The team's namespaces follow within seconds."))
    return True


@require_POST
def member_remove(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Ends a membership."""
    team = get_object_or_404(Team.objects.visible_to(request.user), name=name)
    membership = get_object_or_404(team.memberships.select_related("user"), pk=pk)
    remove_membership(actor=caller(request), team=team, user=membership.user)
    messages.success(request, _("Removed. Access to the team's namespaces ends within seconds."))
    if not Team.objects.visible_to(request.user).filter(pk=team.pk).exists():
        return redirect("home")
    return redirect("team_detail", name=name)
