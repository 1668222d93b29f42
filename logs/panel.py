"""The tab "Logs" on the page of a namespace."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from logs.choice import Choice
from logs.viewer import viewer
from tenants.models import Namespace
from tenants.panels import Panel


def context(namespace: Namespace, user: User) -> dict[str, Any]:
    """All its pods."""
    return viewer(Choice(namespace), "" if namespace.deleted_at else reverse("namespace_logs", args=[namespace.pk]))


in_namespace = Panel("logs", _("Logs"), "namespaces/logs.html", context, lambda namespace: None, behind="pods")
