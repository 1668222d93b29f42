"""The storage initializer fetches what it may, and says what it may not."""

import http.server
import io
import json
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from sandbox.local.images import KNOWN
from sandbox.nodes.address import LOOPBACK, machine_address

COMMAND = KNOWN["sandbox.slipway.dev/storage-initializer:1"]
API = "/api/2.0/mlflow-artifacts/artifacts"
FILES = {"1/models/m/artifacts/MLmodel": b"flavors: {}", "1/models/m/artifacts/data/a b.bin": b"\x00" * 1000, "1/secret": b"x"}


class _Site(http.server.BaseHTTPRequestHandler):
    """MLflow's artifacts API over FILES, some archives, and a redirect to a place that must not be fetched from."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == API:
            return self._list(parse_qs(parts.query)["path"][0])
        if parts.path == "/away":
            self.send_response(302)
            self.send_header("Location", f"http://{LOOPBACK}:{self.server.server_address[1]}/model.joblib")
            self.end_headers()
            return None
        content = FILES.get(unquote(parts.path.removeprefix(f"{API}/"))) or ARCHIVES.get(parts.path)
        self._answer(200 if content else 404, content or b"")

    def _list(self, folder: str) -> None:
        below = [path.removeprefix(f"{folder}/") for path in FILES if path.startswith(f"{folder}/")]
        names = sorted({each.partition("/")[0] for each in below})
        files = [{"path": name, "is_dir": any(each.startswith(f"{name}/") for each in below)} for name in names]
        self._answer(200, json.dumps({"files": files}).encode())

    def _answer(self, code: int, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def _tar(name: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 5
        archive.addfile(entry, io.BytesIO(b"model"))
    return packed.getvalue()


def _zip(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, b"model")
    return packed.getvalue()


ARCHIVES = {"/model.joblib": b"model", "/model.tar.gz": _tar("inner/model.pkl"), "/model.zip": _zip("inner/model.pkl")}
ARCHIVES |= {"/evil.tar.gz": _tar("../evil"), "/broken.zip": b"no archive"}


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    """The port at which it listens, on every address."""
    server = http.server.ThreadingHTTPServer(("", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def _fetch(uri: str, folder: Path, **environment: str) -> tuple[int, str, dict[str, bytes]]:
    """Exit code, output, and the files that are there afterwards."""
    done = subprocess.run(
        [*COMMAND, uri, str(folder)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60
    )
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return done.returncode, done.stdout, files


def test_artifacts_are_fetched_with_their_folders(site: int, tmp_path: Path) -> None:
    code, output, files = _fetch("mlflow-artifacts:/1/models/m/artifacts", tmp_path, MLFLOW_TRACKING_URI=f"http://{LOOPBACK}:{site}/")
    assert code == 0, output
    assert files == {"MLmodel": b"flavors: {}", "data/a b.bin": b"\x00" * 1000} and "fetched 1011 bytes" in output


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("mlflow-artifacts:/1/models/none", "there is nothing at this address"),
        ("mlflow-artifacts://elsewhere.example/1", "names the server elsewhere.example"),
        ("mlflow-artifacts:/1/../2", "may not contain"),
        ("file:///etc/passwd", "not supported"),
        ("gs://bucket/m", "not supported"),
    ],
)
def test_what_cannot_be_fetched_is_told(site: int, tmp_path: Path, uri: str, words: str) -> None:
    code, output, files = _fetch(uri, tmp_path, MLFLOW_TRACKING_URI=f"http://{LOOPBACK}:{site}")
    assert (code, files) == (1, {}) and words in output


def test_without_a_tracking_server_it_says_where_to_name_it(tmp_path: Path) -> None:
    code, output, _ = _fetch("mlflow-artifacts:/1/m", tmp_path)
    assert code == 1 and "ClusterStorageContainer" in output


@pytest.mark.parametrize(
    ("name", "there"), [("model.joblib", "model.joblib"), ("model.tar.gz", "inner/model.pkl"), ("model.zip", "inner/model.pkl")]
)
def test_a_file_is_fetched_and_unpacked(site: int, tmp_path: Path, name: str, there: str) -> None:
    code, output, files = _fetch(f"http://{machine_address()}:{site}/{name}", tmp_path)
    assert code == 0, output
    assert files == {there: b"model"}


@pytest.mark.parametrize("name", ["evil.tar.gz", "broken.zip", "missing.pkl", ""])
def test_a_bad_file_leaves_nothing_outside(site: int, tmp_path: Path, name: str) -> None:
    (tmp_path / "inner").mkdir()
    code, output, _ = _fetch(f"http://{machine_address()}:{site}/{name}", tmp_path / "inner")
    assert code == 1 and "cannot fetch" in output
    assert [path for path in tmp_path.iterdir() if path.name != "inner"] == []


@pytest.mark.parametrize("host", [LOOPBACK, "localhost", "0.0.0.0"])  # noqa: S104  an address that is asked, not listened on
def test_the_machines_own_servers_are_out_of_reach(site: int, tmp_path: Path, host: str) -> None:
    code, output, files = _fetch(f"http://{host}:{site}/model.joblib", tmp_path)
    assert (code, files) == (1, {}) and "not an address that models may be fetched from" in output


def test_a_redirect_to_them_is_not_followed(site: int, tmp_path: Path) -> None:
    code, output, files = _fetch(f"http://{machine_address()}:{site}/away", tmp_path)
    # Its name says no file; what matters is where it leads.
    assert (code, files) == (1, {}) and "not an address that models may be fetched from" in output
