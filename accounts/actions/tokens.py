"""Making and revoking API tokens."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from accounts.actions.permission import require
from accounts.models import ApiToken, User
from accounts.policies import is_active, may_administer
from audit.action import action
from audit.errors import Conflict
from audit.record import record

DEFAULT_DAYS = 30
LONGEST_DAYS = 365
MOST_TOKENS = 50


@action("token.create")
def create_token(
    *, actor: User | None, user: User, name: str, scopes: list[str], days: int = DEFAULT_DAYS, using: ApiToken | None = None
) -> tuple[ApiToken, str]:
    """The token and its plaintext, which is nowhere stored. Only for oneself; `using` is the token that asks for it, if one does.

    A token made with a token has no scope that the first lacks and does not outlive it.
    """
    require(actor is None or (is_active(actor) and actor.pk == user.pk), _("You may make tokens for yourself only."))
    _check_scopes(scopes, using)
    _check_room(user)
    expiry = _expiry(days, using)
    token, plaintext = _new_token(user=user, name=name, scopes=scopes, expiry=expiry)
    _record(actor, "token.create", token, scopes=scopes, expires_at=token.expiry.isoformat())
    return token, plaintext


@action("token.revoke")
def revoke_token(*, actor: User | None, token: ApiToken) -> None:
    """End the token at once. Its person or an admin."""
    own = actor is not None and actor.pk == token.user_id
    require(own or may_administer(actor), _("Only its owner or an admin may revoke a token."))
    _record(actor, "token.revoke", token)
    token.delete()


def _check_room(user: User) -> None:
    if ApiToken.objects.live().filter(user=user).count() >= MOST_TOKENS:
        raise Conflict(_("You have %(count)s tokens, which is the most. Revoke one first.") % {"count": MOST_TOKENS}, "too_many_tokens")


def _expiry(days: int, using: ApiToken | None) -> datetime:
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"expires_in_days": _("Choose between 1 and %(most)s days.") % {"most": LONGEST_DAYS}})
    expiry = timezone.now() + timedelta(days=days)
    if using is not None and expiry > using.expiry:
        text = _("A token made with a token cannot outlive it: the one in use ends at %(end)s.") % {"end": using.expiry.isoformat()}
        raise ValidationError({"expires_in_days": text})
    return expiry


def _check_scopes(scopes: list[str], using: ApiToken | None) -> None:
    missing = set(scopes) - set(using.scopes) if using is not None else set()
    require(not missing, _("The token in use lacks %(scopes)s, so it cannot give that away.") % {"scopes": ", ".join(sorted(missing))})


def _new_token(**fields: object) -> tuple[ApiToken, str]:
    digest, plaintext = get_digest_token()
    token = ApiToken(digest=digest, token_key=plaintext[: CONSTANTS.TOKEN_KEY_LENGTH], **fields)
    token.full_clean()
    token.save(force_insert=True)
    return token, plaintext


def _record(actor: User | None, name: str, token: ApiToken, **detail: Any) -> None:
    record(actor=actor, action=name, subject_kind="apitoken", subject_id=token.audit_id, subject_name=token.name, **detail)
