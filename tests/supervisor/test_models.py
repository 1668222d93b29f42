"""The quick start's model registry: which one it is, on which port, and that what runs once is not started again."""

from itertools import pairwise
from pathlib import Path

import pytest

from portal.management.commands.serve_models import server_command
from portal.supervisor.failure import CannotStart
from portal.supervisor.models import choose_registry
from portal.supervisor.supervisor import Supervisor
from tests.supervisor.conftest import python, until


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("PORTAL_MODELS", raising=False)


def test_with_nothing_set_it_is_an_own_server_on_the_port_of_last_time(tmp_path: Path) -> None:
    first, second = choose_registry(tmp_path), choose_registry(tmp_path)
    assert first.address.startswith("http://127.0.0.1:") and first == second
    assert [role.name for role in first.roles] == ["models", "demo-models"] and [role.once for role in first.roles] == [False, True]


def test_a_named_registry_is_left_alone_and_none_is_started_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_MODELS", "off")
    assert (choose_registry(tmp_path).address, choose_registry(tmp_path).roles) == ("", ())
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example.org")
    assert (choose_registry(tmp_path).address, choose_registry(tmp_path).roles) == ("https://mlflow.example.org", ())
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    monkeypatch.setenv("PORTAL_MODELS", "perhaps")
    with pytest.raises(CannotStart, match="neither on nor off"):
        choose_registry(tmp_path)


def test_the_server_answers_to_loopback_names_only(tmp_path: Path) -> None:
    command = server_command(tmp_path, 4711)
    told = dict(pairwise(command))
    assert told["--host"] == "127.0.0.1"
    assert told["--allowed-hosts"] == "127.0.0.1,127.0.0.1:4711,localhost,localhost:4711"


def test_what_runs_once_is_started_again_only_when_it_failed(supervisor: Supervisor, tmp_path: Path, said: list[str]) -> None:
    good = python("good", "open('good', 'a').write('x')")
    bad = python("bad", "open('bad', 'a').write('x'); raise SystemExit(3)")
    for role in (good, bad):
        object.__setattr__(role, "command", (*role.command[:-1], role.command[-1].replace("open('", f"open('{tmp_path}/")))
        object.__setattr__(role, "once", True)
    supervisor.start(good, bad)

    def runs() -> tuple[int, int]:
        supervisor.tick()
        return tuple(len((tmp_path / name).read_text()) if (tmp_path / name).exists() else 0 for name in ("good", "bad"))  # type: ignore[return-value]

    assert until(lambda: runs()[1] >= 2, seconds=30)
    assert runs()[0] == 1 and [line for line in said if line.startswith("bad ended")] and not any("good" in line for line in said)
