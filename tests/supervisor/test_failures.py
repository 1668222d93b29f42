"""Every failure of a start is one line that says what to do."""

import os
import socket
import stat
from pathlib import Path

import pytest

from portal.supervisor import cluster, ports, prepare, redis
from portal.supervisor.failure import CannotStart


def line(error: pytest.ExceptionInfo[CannotStart]) -> str:
    """The failure's text, which must be one line."""
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_taken_port_is_named_with_another_one_to_use() -> None:
    with socket.socket() as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart) as error:
            ports.require_free(port)
    assert line(error).startswith(f"port {port} is taken") and f"PORTAL_PORT={port + 1} make run" in line(error)
    ports.require_free(port)


@pytest.mark.parametrize("text", ["eighty", "0", "65536", "-1", " 80", "８０"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PORT", text)
    with pytest.raises(CannotStart) as error:
        ports.portal_port()
    assert "from 1 to 65535" in line(error)


def test_without_any_redis_the_line_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(redis, "import_module", missing)
    with pytest.raises(CannotStart) as error:
        redis.executable()
    assert "apt install redis-server" in line(error) and "REDIS_URL" in line(error)


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "NEEDED_MEGABYTES", 10**12)
    with pytest.raises(CannotStart) as error:
        prepare.require_space(tmp_path)
    assert line(error).startswith("no space:") and str(tmp_path) in line(error)


def test_a_kubeconfig_that_is_no_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(CannotStart) as error:
        cluster.choose_cluster(tmp_path)
    assert str(tmp_path / "none") in line(error)


def test_a_folder_without_the_control_planes_binaries_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PORTAL_KUBECONFIG", raising=False)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    with pytest.raises(CannotStart) as error:
        cluster.choose_cluster(tmp_path)
    assert "has no etcd and no kube-apiserver" in line(error)


def test_the_given_cluster_wins_over_binaries_and_no_sandbox_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("{}")
    monkeypatch.setenv("PORTAL_KUBECONFIG", str(tmp_path / "theirs"))
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    choice = cluster.choose_cluster(tmp_path)
    assert (choice.server, choice.simulator, choice.sandbox) == (None, None, False)


def test_a_data_folder_with_a_long_path_gets_a_short_private_socket(tmp_path: Path) -> None:
    assert redis.socket_path(Path("/home/someone/slipway/var")) == Path("/home/someone/slipway/var/run/redis.sock")
    path = redis.socket_path(tmp_path / ("deep/" * 30))
    assert len(os.fsencode(path)) <= redis.SOCKET_BYTES
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()


def test_a_socket_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    home = tmp_path / ("deeper/" * 25)
    folder = redis.socket_path(home).parent
    folder.chmod(0o755)
    with pytest.raises(CannotStart) as error:
        redis.socket_path(home)
    assert str(folder) in line(error)
    folder.rmdir()
