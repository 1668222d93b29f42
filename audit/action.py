"""The decorator of every mutation: one transaction around it, and a denial entry after the rollback."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit.record import record_denial

Function = TypeVar("Function", bound=Callable[..., Any])
_running: ContextVar[str] = ContextVar("slipway_action", default="")


def action(name: str) -> Callable[[Function], Function]:
    """Make a keyword-only function, `actor` first, an action called `name` ("namespace.request").

    A PermissionDenied rolls everything back and leaves one denied entry, that of the outermost action, in a transaction of its own.
    """

    def decorate(function: Function) -> Function:
        @wraps(function)
        def run(*, actor: Any, **arguments: Any) -> Any:
            if _running.get():
                with transaction.atomic():
                    return function(actor=actor, **arguments)
            return _run_outermost(name, function, actor, arguments)

        return cast(Function, run)

    return decorate


def _run_outermost(name: str, function: Callable[..., Any], actor: Any, arguments: dict[str, Any]) -> Any:
    token = _running.set(name)
    try:
        with transaction.atomic():
            return function(actor=actor, **arguments)
    except PermissionDenied as denial:
        with transaction.atomic():
            record_denial(actor=actor, action=name, arguments=arguments, reason=str(denial))
        raise
    finally:
        _running.reset(token)
