"""Writes an entry in the caller's transaction; every action calls record() once for what it changed."""

from typing import Any

from django.db import models

from audit import context
from audit.models import Entry

SECRET_KEYS = frozenset({"password", "token", "plaintext", "secret", "kubeconfig", "credential", "credentials", "digest"})


def record(
    *,
    actor: Any,
    action: str,
    subject_kind: str,
    subject_id: object,
    subject_name: str,
    team_name: str = "",
    outcome: str = Entry.Outcome.ACCEPTED,
    **detail: Any,
) -> Entry:
    """The new entry. `actor` is a User, or None for the system; `detail` is JSON and never a secret (ValueError)."""
    if leaked := SECRET_KEYS & detail.keys():
        raise ValueError(f"An audit entry must not carry {', '.join(sorted(leaked))}.")
    return Entry.objects.create(
        actor=actor,
        actor_name=actor.get_username() if actor is not None else "system",
        action=action,
        outcome=outcome,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        subject_name=subject_name[:255],
        team_name=team_name,
        detail=detail,
        request_id=context.request_id(),
        source=context.source(),
    )


def record_denial(*, actor: Any, action: str, arguments: dict[str, Any], reason: str) -> Entry:
    """The entry of a refused attempt; its subject is the first row among the action's arguments, named by its `audit_id` or its key."""
    rows = {name: value for name, value in arguments.items() if isinstance(value, models.Model)}
    subject = next(iter(rows.values()), None)
    team = rows.get("team") or getattr(subject, "team", None)
    return record(
        actor=actor,
        action=action,
        outcome=Entry.Outcome.DENIED,
        subject_kind=subject._meta.model_name or "" if subject else action.partition(".")[0],
        subject_id=getattr(subject, "audit_id", None) or getattr(subject, "pk", None) or "",
        subject_name=str(subject) if subject else "",
        team_name=getattr(team, "name", ""),
        reason=reason,
    )
