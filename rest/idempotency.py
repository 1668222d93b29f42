"""Idempotency-Key on POST: the effect happens once, however often the request is sent.

The claim is committed first; the effect and the stored answer commit together. So a claim left behind by a crash had no effect,
and after CLAIM_LASTS another may take it over: its fence changes, and the former holder's transaction then fails.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from rest.models import IdempotentAnswer
from rest.problems import Problem

CLAIM_LASTS = timedelta(minutes=2)
ANSWERS_LAST = timedelta(hours=24)
KEPT_HEADERS = ("Location", "ETag")
Handler = Callable[..., Response]


class IdempotentPost:
    """Mixin of a view whose POST honours Idempotency-Key. Not for answers that hold a secret: they are stored."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            handler: Handler = self.post  # type: ignore[has-type]
            self.post = lambda request, *args, **kwargs: answered_once(request, key, lambda: handler(request, *args, **kwargs))


def answered_once(request: Request, key: str, handle: Callable[[], Response]) -> Response:
    """The stored answer of this key, else that of `handle`, which is then stored. Only successes are stored."""
    claim = claimed(request, key)
    if claim.status:
        return _replayed(claim)
    try:
        response = _handled(claim, handle)
    except BaseException:
        _release(claim)
        raise
    if response.status_code >= 300:
        _release(claim)
    return response


def claimed(request: Request, key: str) -> IdempotentAnswer:
    """The claim that is now ours (status 0), or the stored answer. Problem 400, 409 in progress, 422 used for another request."""
    if not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Problem(400, "Idempotency-Key is 1 to 255 printable ASCII characters.", "idempotency_key_malformed")
    fingerprint = fingerprint_of(request)
    wanted = {"fingerprint": fingerprint, "fence": secrets.token_hex(16), "claimed_at": timezone.now()}
    found = _inserted_or_found(request.user, key, wanted)
    if found.fence == wanted["fence"]:
        return found
    if found.fingerprint != fingerprint:
        raise Problem(422, "This Idempotency-Key was used for another request. Use a new key.", "idempotency_key_reused")
    if found.status:
        return found
    return _taken_over(found, wanted)


def fingerprint_of(request: Request) -> str:
    """A digest of method, address and parsed body: two spellings of the same JSON are the same request."""
    parts = [request.method, request.get_full_path(), json.dumps(request.data, sort_keys=True, default=str)]
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def forget_old_answers() -> int:
    """Delete answers older than a day; how many were deleted. For a regular chore."""
    return IdempotentAnswer.objects.filter(claimed_at__lt=timezone.now() - ANSWERS_LAST).delete()[0]


def _inserted_or_found(user: Any, key: str, wanted: dict[str, Any]) -> IdempotentAnswer:
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(user=user, key=key, **wanted)
    except IntegrityError:
        return IdempotentAnswer.objects.get(user=user, key=key)


def _taken_over(found: IdempotentAnswer, wanted: dict[str, Any]) -> IdempotentAnswer:
    abandoned = IdempotentAnswer.objects.filter(pk=found.pk, fence=found.fence, status=0, claimed_at__lt=timezone.now() - CLAIM_LASTS)
    if not abandoned.update(**wanted):
        raise Problem(409, "A request with this Idempotency-Key is still being answered. Try again shortly.", "idempotency_in_progress")
    return IdempotentAnswer.objects.get(pk=found.pk)


def _handled(claim: IdempotentAnswer, handle: Callable[[], Response]) -> Response:
    """Run `handle` and store its success in one transaction. A refusal commits what the refusal itself recorded."""
    with transaction.atomic():
        try:
            response = handle()
        except Exception as error:
            refusal = error
        else:
            if response.status_code < 300:
                _store(claim, response)
            return response
    raise refusal


def _store(claim: IdempotentAnswer, response: Response) -> None:
    stored = IdempotentAnswer.objects.filter(pk=claim.pk, fence=claim.fence, status=0).update(
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
        body=json.loads(JSONRenderer().render(response.data) or "null"),
    )
    if not stored:
        raise Problem(409, "Another request took over this Idempotency-Key; this one had no effect.", "idempotency_lost")


def _release(claim: IdempotentAnswer) -> None:
    IdempotentAnswer.objects.filter(pk=claim.pk, fence=claim.fence, status=0).delete()


def _replayed(stored: IdempotentAnswer) -> Response:
    return Response(stored.body, status=stored.status, headers={**stored.headers, "Idempotent-Replayed": "true"})
