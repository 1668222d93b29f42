"""Lost updates over REST: a row's version as its ETag, and If-Match before a change."""

from typing import Any

from django.db import models
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from rest.problems import Problem


def etag_of(row: models.Model) -> str:
    """A strong ETag of a row with a `version`: `"team-4-7"`."""
    return f'"{row._meta.model_name}-{row.pk}-{row.version}"'  # type: ignore[attr-defined]


def require_match(request: Request, row: models.Model) -> None:
    """Problem 428 without If-Match, 412 when it names another version than the row's; `*` names any."""
    sent = request.headers.get("If-Match")
    if not sent:
        raise Problem(428, "Send the ETag of the version that you saw as If-Match.", "if_match_required")
    if etag_of(row) not in listed(sent) and "*" not in listed(sent):
        raise Problem(412, "It was changed since you read it. Read it again, then decide.", "version_changed")


def listed(header: str) -> list[str]:
    """The entity tags of an If-Match or If-None-Match header, weak marks kept."""
    return [tag.strip() for tag in header.split(",")]


class VersionedDetail:
    """Mixin of a generic view of one versioned row: answers carry its ETag, changes need If-Match, an unchanged read is a 304.

    The check happens on reading; the action repeats it on the locked row when it is given the version.
    """

    unmatched_methods = ("POST",)
    versioned_row: models.Model | None = None

    def get_object(self) -> Any:
        row = super().get_object()  # type: ignore[misc]
        self.versioned_row = row
        request: Request = self.request  # type: ignore[attr-defined]
        if request.method not in SAFE_METHODS and request.method not in self.unmatched_methods:
            require_match(request, row)
        return row

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        row = self.versioned_row
        if row is not None and response.status_code == 200:
            etag = etag_of(row)
            if request.method in SAFE_METHODS and etag in listed(request.headers.get("If-None-Match", "")):
                response = Response(status=304)
            response.headers["ETag"] = etag
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
