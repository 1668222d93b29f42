"""A change of the registry that a person asked for here: recorded first, carried out there by a worker, its outcome shown."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.policies import sees_everything
from reconcile.models import Reconciled
from registry.models.model import RegisteredModel, seen_by


class ChangeQuerySet(models.QuerySet["Change"]):
    """Changes by who may see them."""

    def visible_to(self, user: Any) -> "ChangeQuerySet":
        """One's own, and those of the models that one sees."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if sees_everything(user):
            return self
        return self.filter(
            models.Q(actor=user)
            | models.Q(team__in=Team.objects.visible_to(user))
            | seen_by(user, "model__") & models.Q(model__isnull=False)
        )

    def pending(self) -> "ChangeQuerySet":
        """Those that a worker has still to carry out, or to give up."""
        return self.filter(next_reconcile_at__isnull=False)


class Change(Reconciled):
    """One change. `arguments` are the action's words as JSON; `team` is whose model it is (null: common to all).

    `result` is what the registry answered, such as the number of the new version.
    """

    class What(models.TextChoices):
        REGISTER = "register", _("Register a version")
        SET_ALIAS = "set-alias", _("Set an alias")
        DELETE_ALIAS = "delete-alias", _("Remove an alias")
        SET_TAG = "set-tag", _("Set a tag")
        DELETE_TAG = "delete-tag", _("Remove a tag")

    what = models.CharField(_("change"), max_length=20, choices=What)
    model_name = models.CharField(_("model"), max_length=256)
    model = models.ForeignKey(RegisteredModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    arguments = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change of a model")
        verbose_name_plural = _("changes of models")

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.model_name}"

    @property
    def state(self) -> str:
        """pending, done or failed; `message` says why."""
        if self.settled:
            return "done"
        applied = self.condition("Applied")
        return "failed" if applied and self.next_reconcile_at is None else "pending"

    @property
    def message(self) -> str:
        """The registry's words, or why it is not done yet; empty while nothing is known."""
        applied = self.condition("Applied")
        return str(applied["message"]) if applied else ""
