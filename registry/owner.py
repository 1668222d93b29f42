"""The synchronisation as a kind of the engine: one attempt lists the registry, writes what changed, and looks again soon."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from reconcile.outcome import Outcome
from reconcile.registry import OwnerKind
from registry.address import KIND
from registry.models import Registry
from registry.streaming import announce_catalogue
from registry.sync import details, rows
from registry.sync.plain import text
from registry.sync.seen import models_in
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused, RegistrySilent
from registry.tracking.listing import Listed, list_everything

# A registry that is away costs a call now and then; one that is back is to be seen within seconds, so the engine's long pauses do not fit.
AWAY_MOST_SECONDS = 10.0
# The registry is to spend most of its time on others.
SHARE = 10


@dataclass
class Turn(Outcome):
    """The outcome of one turn; `news` says that open pages show something else now."""

    news: bool = False


class RegistryKind(OwnerKind):
    """The registry's row is never done: `waiting` says that all is well and when to look again."""

    name = KIND
    model = Registry

    def run(self, row: Registry, attempt: Any) -> Outcome:
        """Lists, writes, fetches details. A registry that does not answer keeps what is known and says since when."""
        if not settings.MLFLOW_TRACKING_URI:
            return Outcome("done", "NotConfigured", "MLFLOW_TRACKING_URI names no registry")
        try:
            with Client(
                settings.MLFLOW_TRACKING_URI, lambda: attempt.deadline.timeout(settings.SLIPWAY["REQUEST_TIMEOUT_SECONDS"])
            ) as client:
                turn = synchronise(client, attempt.renew)
        except RegistrySilent as silence:
            return _away(row, "RegistryUnreachable", str(silence))
        except RegistryRefused as refusal:
            return _away(row, "RegistryRefused", f"it answers HTTP {refusal.status}: {refusal}")
        turn.news = turn.news or row.state != "up"
        return turn

    def settled(self, row: Registry, outcome: Outcome) -> None:
        """Open pages learn that there is something new."""
        if isinstance(outcome, Turn) and outcome.news:
            announce_catalogue(row.state)


def synchronise(client: Client, renew: Callable[[], None]) -> Turn:
    """One turn against a registry that answers; `renew` is called before each step."""
    begin = time.monotonic()
    version = text(client.read("/version", 200).decode(errors="replace").strip(), 40)
    listed = list_everything(client, renew)
    took = time.monotonic() - begin
    models, left_out = models_in(listed)
    changed = rows.write(models, complete=listed.complete, before_each=renew)
    before, remaining = details.fetch_due(client, renew)
    told: dict[str, Any] = {"version": version, "answered_at": Now(), "silent_since": None, "phase": "", "phase_detail": ""}
    told["notes"] = _notes(listed, left_out)
    message = f"{len(models)} models, {sum(len(model.versions) for model in models.values())} versions, {changed} changed"
    rest = 0.0 if remaining else max(settings.SLIPWAY["REGISTRY_SECONDS"], SHARE * took)
    return Turn("waiting", "Synced", message, retry_after=rest, extra=told, news=bool(changed or before))


def _notes(listed: Listed, left_out: int) -> list[str]:
    """What the catalogue does not show, as words that the pages know how to say."""
    notes = [] if listed.complete else ["incomplete"]
    return [*notes, f"left-out {left_out}"] if left_out else notes


def _away(row: Registry, reason: str, words: str) -> Turn:
    """Its own server that is still being prepared is not missed; any other silence has a beginning."""
    since = row.silent_since
    seconds = (timezone.now() - since).total_seconds() if since else 0.0
    told: dict[str, Any] = {} if row.phase or since else {"silent_since": Now()}
    rest = min(AWAY_MOST_SECONDS, max(1.0, seconds / 4))
    return Turn("waiting", reason, words, retry_after=rest, extra=told, news=bool(told))
