"""/healthz and /readyz, as probes and scripts read them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster
from portal import health
from reconcile.clock import after
from reconcile.models import Heartbeat
from registry.models import Registry

PARTS = ["database", "redis", "worker", "beat", "watcher", "cluster"]


@pytest.fixture
def well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part shows life; Redis is answered for."""
    monkeypatch.setitem(health.CHECKS, "redis", lambda: (True, "answers"))
    for role in ("worker", "beat", "watcher"):
        Heartbeat.beat(role, "one")
    Cluster.objects.create(name="first", kubeconfig="{}", last_seen_at=timezone.now())


def failing(client: Client) -> list[str]:
    """The parts that /readyz calls unwell; its status must agree."""
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert list(checks) == PARTS
    found = [name for name in PARTS if not checks[name]["ok"]]
    assert answer.status_code == (503 if found else 200)
    assert answer.json()["status"] == ("unavailable" if found else "ok")
    return found


def test_anonymous_can_ask_whether_the_process_serves(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert client.post("/healthz").status_code == 405


@pytest.mark.usefixtures("well")
def test_ready_when_every_part_is_well(client: Client) -> None:
    assert failing(client) == []


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("role", ["worker", "beat", "watcher"])
def test_a_role_that_is_silent_for_15_seconds_makes_it_unready(client: Client, role: str) -> None:
    Heartbeat.objects.filter(role=role).update(at=after(-16))
    assert failing(client) == [role]
    Heartbeat.objects.filter(role=role).update(at=after(-12))
    assert failing(client) == []


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(
    "change",
    [
        lambda: Cluster.objects.update(breaker_opened_at=timezone.now()),
        lambda: Cluster.objects.update(stale_since=timezone.now()),
        lambda: Cluster.objects.update(last_seen_at=None),
        lambda: Cluster.objects.all().delete(),
    ],
    ids=["breaker", "stale", "never seen", "none"],
)
def test_a_cluster_that_is_away_makes_it_unready(client: Client, change: Callable[[], object]) -> None:
    change()
    assert failing(client) == ["cluster"]


@pytest.mark.usefixtures("well")
def test_redis_gone_is_told_without_its_address(client: Client, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "redis", health.redis)
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"  # type: ignore[attr-defined]
    assert failing(client) == ["redis"]
    assert "secret" not in client.get("/readyz").content.decode()


@pytest.mark.usefixtures("well")
def test_a_database_that_does_not_answer_is_no_server_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> tuple[bool, str]:
        raise OperationalError("could not connect to server: secret address")

    monkeypatch.setitem(health.CHECKS, "database", gone)
    assert failing(client) == ["database"]
    assert "secret" not in client.get("/readyz").content.decode()


REGISTRY = {
    "no setting": ("", None, (True, "none is named")),
    "not yet": ("http://mlflow", None, (False, "not looked for yet")),
    "starting": ("http://mlflow", {"phase": "starting"}, (False, "being prepared")),
    "failed": ("http://mlflow", {"phase": "failed"}, (False, "cannot be installed")),
    "silent": (
        "http://mlflow",
        {"silent_since": dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)},
        (False, "no answer since 2026-03-01T09:30:00Z"),
    ),
    "up": ("http://mlflow", {"answered_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}, (True, "answers")),
}


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize("case", REGISTRY)
def test_the_model_registry_is_told_beside_and_never_makes_it_unready(client: Client, settings: object, case: str) -> None:
    settings.MLFLOW_TRACKING_URI, row, told = REGISTRY[case]  # type: ignore[attr-defined]
    if row is not None:
        Registry.objects.create(pk=1, address="http://user:secret@mlflow", **row)
    assert failing(client) == []
    answer = client.get("/readyz")
    assert answer.json()["information"]["registry"] == dict(zip(("ok", "detail"), told, strict=True))
    assert "secret" not in answer.content.decode()
