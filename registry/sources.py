"""Where a version may be registered from. An address is judged as it is written: what could be read in two ways is refused."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team

SCHEMES = ("models", "runs", "mlflow-artifacts", "s3", "gs")
BUCKETS = ("s3", "gs")
# No percent sign, so nothing is decoded twice; no backslash, blank, question mark or fragment; and no user or port before the path.
ADDRESS = re.compile(r"(?P<scheme>[a-z0-9-]+):(?P<host>//[^/]*)?/(?P<path>[A-Za-z0-9._=+@ ,()/-]+)", re.ASCII)
BUCKET = re.compile(r"(?![0-9.]+\Z)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
LONGEST = 1_000

# Apps above that know which places outside of the registry belong to a team append a function of the team that gives prefixes.
team_storage: list[Callable[[Team], Iterable[str]]] = []


@dataclass(frozen=True)
class Address:
    """A source that passed: `text` as written, its scheme, and what stands after it without the leading slash."""

    text: str
    scheme: str
    path: str

    @property
    def is_bucket(self) -> bool:
        """Whether it lies outside of the registry."""
        return self.scheme in BUCKETS


def parse_source(text: str) -> Address:
    """The address in a text. Raises ValidationError with what would be right."""
    match = ADDRESS.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or match["scheme"] not in SCHEMES:
        raise ValidationError(_("Write an address that begins with models:/, runs:/, mlflow-artifacts:/, s3:// or gs://."))
    host, path = (match["host"] or "").removeprefix("//"), match["path"]
    if any(part in ("", ".", "..") for part in path.rstrip("/").split("/")) or path.strip() != path:
        raise ValidationError(_("Write the path without empty parts and without “.” and “..”."))
    if match["scheme"] in BUCKETS:
        if not BUCKET.fullmatch(host):
            raise ValidationError(_("Name a bucket: %(scheme)s://bucket/path.") % {"scheme": match["scheme"]})
        return Address(text, match["scheme"], f"{host}/{path}")
    if match["host"] is not None:
        raise ValidationError(_("Write %(scheme)s:/… with one slash: no other server is asked.") % {"scheme": match["scheme"]})
    return Address(text, match["scheme"], path)


def belongs_to(address: Address, team: Team) -> bool:
    """Whether a bucket's address lies below a prefix of the team."""
    prefixes = [prefix.rstrip("/") + "/" for known in team_storage for prefix in known(team)]
    return any((address.text.rstrip("/") + "/").startswith(prefix) for prefix in prefixes)
