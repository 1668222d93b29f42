"""A new deployment: where, what it is called, and everything that its first revision says."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from deployments.forms import offers
from deployments.forms.fields import MONO, select, text
from deployments.forms.spec import SpecForm
from tenants.models import Namespace

USUAL = {
    "source": "model",
    "cpu_request": "500m",
    "cpu_limit": "1",
    "memory_request": "1Gi",
    "memory_limit": "2Gi",
    "minimum": "1",
    "maximum": "1",
    "up_seconds": "0",
    "down_seconds": "300",
    "startup_seconds": "300",
    "exposure": "cluster",
    "strategy": "rolling",
}


class DeployForm(SpecForm):
    """`initial` may come from a link: `?model=defects&version=3` or `&alias=champion`, `&namespace=vision-edge`."""

    namespace = select(_("Namespace"))
    name = text(_("Name"), _("Lowercase letters, digits and hyphens. Requests reach it under this name; it stays for good."), **MONO)

    def __init__(self, *args: Any, user: User, initial: dict[str, Any] | None = None, **options: Any) -> None:
        self.offered = offers.deployable(user)
        begin = USUAL | _from_link(user, initial or {})
        linked = self._named(str(begin.get("namespace") or ""))
        super().__init__(*args, user=user, initial=begin | {"namespace": str(linked.pk) if linked else ""}, **options)
        self.fields["name"].required = True
        chosen = [] if self.place else [("", _("Choose a namespace"))]
        self.fields["namespace"].widget.choices = chosen + offers.namespace_choices(self.offered)

    @cached_property
    def place(self) -> Namespace | None:
        return self._named(self.now("namespace"))

    def _named(self, chosen: str) -> Namespace | None:
        """By its key, or in a link by its name; the only one there is, where nothing is chosen."""
        if not chosen:
            first = list(self.offered.order_by("name")[:2])
            return first[0] if len(first) == 1 else None
        key = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else 0
        return self.offered.filter(Q(pk=key) | Q(name=chosen)).order_by("name").first()

    @property
    def wanted_name(self) -> str:
        return str(self.cleaned_data.get("name") or "")

    def clean(self) -> dict[str, Any]:
        """What stands under this name is changed on its own page, with what it would change before one's eyes."""
        super().clean()
        if self.subject and self.subject.standing and not self.subject.standing.deletion_requested_at:
            message = _("A deployment of this name stands in this namespace already. Change that one, or choose another name.")
            self.tell(ValidationError({"name": [message]}))
        return self.cleaned_data

    def again(self, data: dict[str, Any]) -> "DeployForm":
        return DeployForm(data, user=self.user)

    def clean_namespace(self) -> str:
        """One of those in which the person deploys."""
        if self.place is None:
            raise forms.ValidationError(_("Choose a namespace of a team for which you deploy."))
        return str(self.place.pk)


def _from_link(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """A link names the version by `version` or `alias`, as the API does."""
    given = {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in given.items()}
    version, alias, model = (str(given.get(name) or "") for name in ("version", "alias", "model"))
    if alias and not version:
        version = offers.version_named(user, model, alias)
    pick = {"pick": f"{version}@{alias}" if alias else version} if version else {}
    return given | pick
