"""RFC 9457 problem details: the one shape of every error of the API (settings: EXCEPTION_HANDLER)."""

import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """An error of the frame itself, raised with its HTTP status; `wait` is after how many seconds to try again."""

    def __init__(self, status: int, detail: str, code: str, wait: float | None = None) -> None:
        self.status_code, self.wait = status, wait
        super().__init__(detail, code)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an expected error; None for an unexpected one, which then reaches Django's handler500.

    An exception of another app says which status it is by an attribute `http_status`, with `code`, its text and perhaps `wait` in seconds.
    """
    answer = _api_error(error)
    if answer is None:
        return None
    request = context.get("request")
    body = problem(request, status=answer.status_code, detail=_detail(answer), code=_code(answer), errors=_errors(answer))
    response = Response(body, status=answer.status_code, content_type=CONTENT_TYPE)
    if auth_header := getattr(answer, "auth_header", ""):
        response["WWW-Authenticate"] = auth_header
    if (wait := getattr(answer, "wait", None)) is not None:
        response["Retry-After"] = str(max(1, math.ceil(wait)))
    return response


def problem(
    request: HttpRequest | Any, *, status: int, detail: str = "", code: str = "", errors: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """The body of a problem; `errors` holds the messages by field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description or HTTPStatus(status).phrase,
        "code": code or HTTPStatus(status).name.lower(),
    }
    if request is not None:
        body["instance"] = request.path
        body["request_id"] = getattr(request, "request_id", "")
    if errors:
        body["errors"] = errors
    return body


def _api_error(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, ValidationError):
        return exceptions.ValidationError(_messages_by_field(error))
    if isinstance(status := getattr(error, "http_status", None), int):
        return Problem(status, str(error), getattr(error, "code", "") or "error", getattr(error, "wait", None))
    return None


def _messages_by_field(error: ValidationError) -> dict[str, list[str]]:
    if not hasattr(error, "error_dict"):
        return {"non_field_errors": error.messages}
    return {"non_field_errors" if field == NON_FIELD_ERRORS else field: messages for field, messages in error.message_dict.items()}


def _detail(error: exceptions.APIException) -> str:
    if not isinstance(error, exceptions.ValidationError):
        return str(error.detail)
    errors = _errors(error) or {}
    return " ".join(errors.get("non_field_errors", [])) or "Some values are not acceptable; see errors."


def _code(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "error"


def _errors(error: exceptions.APIException) -> dict[str, list[str]] | None:
    if not isinstance(error, exceptions.ValidationError):
        return None
    return flattened(error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail})


def flattened(detail: Any, path: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as {"items.0.name": ["..."]}."""
    if isinstance(detail, dict):
        children = list(detail.items())
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        children = list(enumerate(detail))
    else:
        return {path: [str(message) for message in (detail if isinstance(detail, list) else [detail])]}
    found: dict[str, list[str]] = {}
    for key, value in children:
        if value:
            found.update(flattened(value, f"{path}.{key}" if path else str(key)))
    return found
