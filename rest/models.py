"""The stored answer of a POST that carried an Idempotency-Key (rest/idempotency.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotentAnswer(models.Model):
    """Claimed before the work (status 0), completed in the transaction of its effect; `fence` tells claims of one key apart."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    fence = models.CharField(_("fence"), max_length=32)
    claimed_at = models.DateTimeField(_("claimed at"), db_index=True)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.JSONField(_("body"), null=True)

    class Meta:
        verbose_name = _("idempotent answer")
        verbose_name_plural = _("idempotent answers")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="rest_one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
