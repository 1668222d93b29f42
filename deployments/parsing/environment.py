"""Environment variables by reference. A value is refused wherever it is written: values are never kept here."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deployments.spec import Variable

MOST = 100
LINE = re.compile(r"(?P<name>[^=\s]{1,128})=(?P<source>secret|configmap):(?P<object>[^/\s]{1,253})/(?P<key>\S{1,253})")
PARTS = ("name", "source", "object", "key")


def parse_env(written: str | Iterable[Any]) -> tuple[Variable, ...]:
    """From `{"name": "HF_TOKEN", "source": "secret", "object": "hub", "key": "token"}` and the like, or from lines.

    Raises ValidationError, which never repeats what was written behind a name.
    """
    rows = _rows(written) if isinstance(written, str) else list(written)
    if len(rows) > MOST:
        raise ValidationError(_("At most %(most)s variables can be set.") % {"most": MOST})
    return tuple(_variable(row) for row in rows)


def written_env(env: Iterable[Variable]) -> list[dict[str, str]]:
    """The shape that `parse_env` reads."""
    return [{part: getattr(variable, part) for part in PARTS} for variable in env]


def written_lines(env: Iterable[Variable]) -> str:
    """The lines that `parse_env` reads, such as `HF_TOKEN=secret:hub/token`."""
    return "\n".join(f"{each.name}={each.source}:{each.object}/{each.key}" for each in env)


def _rows(text: str) -> list[Any]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LINE.fullmatch(line)
        if not match:
            message = _("“%(name)s”: write NAME=secret:object/key or NAME=configmap:object/key. Values themselves are not kept here.")
            raise ValidationError(message % {"name": line.split("=")[0][:60]})
        found.append(match.groupdict())
    return found


def _variable(row: Any) -> Variable:
    if not isinstance(row, Mapping) or set(row) != set(PARTS) or not all(isinstance(row[part], str) for part in PARTS):
        raise ValidationError(
            _("Each variable has name, source, object and key. Values themselves are not kept here: put them in a Secret.")
        )
    if row["source"] not in ("secret", "configmap"):
        raise ValidationError(_("The source of a variable is secret or configmap."))
    return Variable(row["name"], row["source"], row["object"], row["key"])
