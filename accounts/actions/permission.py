"""The shortest form of "refuse unless"."""

from django.core.exceptions import PermissionDenied


def require(allowed: bool, refusal: str) -> None:
    """Raise PermissionDenied with `refusal`, which says who may, unless `allowed`."""
    if not allowed:
        raise PermissionDenied(refusal)
