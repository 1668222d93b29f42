"""Writes that say more than an endpoint understands are refused: `?dry_run=true` where there is none would else have its effect."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from rest.problems import Problem


class KnownQuery(BasePermission):
    """Asked after who calls is known. Reads ignore words that they do not know; a write with one is Problem 400 (unknown_query)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS or not request.query_params:
            return True
        known = known_query(request, view)
        if unknown := sorted(set(request.query_params) - known):
            may = f"This takes: {', '.join(sorted(known))}." if known else "This takes none."
            raise Problem(400, f"Unknown in the address: {', '.join(unknown)[:200]}. {may} Nothing was done.", "unknown_query")
        return True


def known_query(request: Request, view: Any) -> set[str]:
    """The query parameters of the operation, as its description declares them."""
    described = getattr(getattr(view, str(request.method).lower(), None), "kwargs", {}).get("schema")
    if described is None:
        return set()
    schema = described()
    schema.view, schema.method = view, request.method
    declared = [each for each in schema.get_override_parameters() if isinstance(each, OpenApiParameter)]
    return {each.name for each in declared if each.location == OpenApiParameter.QUERY}
