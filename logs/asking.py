"""The query of a log -> what is chosen and where it begins; ValidationError names the field that makes no sense."""

import re
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from clusters.models import Pod
from logs.choice import Choice
from logs.reading import Beginning
from tenants.models import Namespace

MOST_LINES = 5_000
_UNITS: Mapping[str, int] = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SINCE = re.compile(r"^(\d{1,9})([smhd]?)$")
_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")


class Asked(NamedTuple):
    """What a query asks for; `previous` is the run before the one that runs."""

    choice: Choice
    beginning: Beginning
    previous: bool


def asked(query: QueryDict, namespace: Namespace, *, pod: str = "", among: Callable[[], QuerySet[Pod]] | None = None) -> Asked:
    """`pod` (may come again and again), `container`, `tail` (lines), `since` (as 15m), `previous`; what the address says comes first."""
    chosen = frozenset([pod]) if pod else frozenset(_name("pod", name) for name in query.getlist("pod") if name)
    container = query.get("container", "")
    container = _name("container", container) if container else ""
    beginning = Beginning(_since(query.get("since", "")), _tail(query.get("tail", "")))
    return Asked(Choice(namespace, chosen, container, among), beginning, is_on(query.get("previous", "")))


def is_on(text: str) -> bool:
    """Whether a switch of a query is on."""
    return text.lower() in ("1", "true", "on")


def _name(field: str, text: str) -> str:
    if not _NAME.match(text):
        raise ValidationError({field: _("This is no name of Kubernetes: small letters, digits and hyphens.")})
    return text


def _tail(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_LINES):
        raise ValidationError({"tail": _("Give a number of lines from 1 to %(most)s.") % {"most": MOST_LINES}})
    return int(text)


def _since(text: str) -> int | None:
    """Nanoseconds since the epoch."""
    if not text:
        return None
    if not (found := _SINCE.match(text)):
        raise ValidationError({"since": _("Give a time such as 30s, 15m, 2h or 1d.")})
    return int((time.time() - int(found.group(1)) * _UNITS[found.group(2)]) * 1e9)
