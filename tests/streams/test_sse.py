"""Streams as browsers get them: a real uvicorn, a real Redis, plain HTTP."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.entry import STREAM, fields_of

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """The test site's process and a way to ask it."""

    def __init__(self, database: Path, redis_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.env = {**os.environ, "SITE_DB": str(database), "SITE_REDIS": redis_url, "PYTHONPATH": str(ROOT)}
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        migrate = "import tests.streams.asgi_site; from django.core.management import call_command; call_command('migrate', verbosity=0)"
        subprocess.run([sys.executable, "-c", migrate], env=self.env, check=True, timeout=60, cwd=ROOT)
        options = ["--port", str(self.port), "--timeout-graceful-shutdown", "5", "--log-level", "warning"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "tests.streams.asgi_site:application", *options], env=self.env, cwd=ROOT
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "uvicorn does not answer"
                time.sleep(0.05)

    def get(self, path: str, cookie: str = "", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Cookie": cookie, **{name.replace("_", "-"): value for name, value in headers.items()}})
        return connection.getresponse()

    def sign_in(self, name: str) -> str:
        return self.get(f"/in/{name}").headers["Set-Cookie"].split(";")[0]


@pytest.fixture
def site(own_redis, tmp_path) -> Iterator[Site]:
    site = Site(tmp_path / "site.sqlite3", own_redis.url)
    yield site
    site.process.kill()
    site.process.wait(5)


def blocks(response: http.client.HTTPResponse, until: str) -> list[str]:
    """The blocks of the stream up to the first that contains `until`; fails when the stream ends or stays silent before."""
    found: list[str] = []
    lines: list[str] = []
    while not (found and until in found[-1]):
        line = response.readline()
        assert line, f"the stream ended without {until!r}: {found}"
        if line == b"\n":
            found.append("\n".join(lines))
            lines = []
        else:
            lines.append(line.decode().rstrip("\n"))
    return found


def test_a_page_gets_its_events_with_ids_and_resumes_after_them(site, own_redis):
    cookie = site.sign_in("alice")
    response = site.get("/stream", cookie)
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert "retry: 3000" in blocks(response, "retry")[0]
    entry_id = own_redis.client.xadd(STREAM, fields_of("namespace.1", "pods", {"name": "p"}))
    assert blocks(response, "event: ")[-1] == f'id: {entry_id}\nevent: pods\ndata: {{"name":"p"}}'
    response.close()
    missed = own_redis.client.xadd(STREAM, fields_of("namespace.1", "pods", {"name": "q"}))
    again = site.get("/stream", cookie, Last_Event_ID=entry_id)
    assert blocks(again, "event: ")[-1] == f'id: {missed}\nevent: pods\ndata: {{"name":"q"}}'


def test_a_stream_is_closed_after_sign_out(site):
    cookie = site.sign_in("alice")
    response = site.get("/stream", cookie)
    blocks(response, "retry")
    site.get("/out", cookie)
    assert '"denied"' in blocks(response, "event: reset")[-1]
    assert response.read() == b""


def test_a_stream_is_closed_after_the_right_ends(site):
    response = site.get("/stream", site.sign_in("alice"))
    blocks(response, "alive")
    site.get("/promote/alice")
    assert '"denied"' in blocks(response, "event: reset")[-1]


def test_a_page_is_told_to_reload_when_redis_is_gone(site, own_redis):
    response = site.get("/stream", site.sign_in("alice"))
    blocks(response, "retry")
    own_redis.stop()
    assert '"unavailable"' in blocks(response, "event: reset")[-1]


def test_a_user_cannot_open_more_streams_than_the_limit_and_others_can(site):
    alice, bob = site.sign_in("alice"), site.sign_in("bob")
    streams = [site.get("/stream", alice) for _ in range(12)]
    for response in streams:
        blocks(response, "retry")
    assert site.get("/stream", alice).status == 429
    assert site.get("/stream", bob).status == 200
    streams[0].close()
    deadline = time.monotonic() + 5
    while site.get("/stream", alice).status != 200:
        assert time.monotonic() < deadline, "a closed stream still counts"
        time.sleep(0.05)


def test_open_streams_hold_no_database_connection(site):
    streams = [site.get("/stream", site.sign_in(f"user{n}")) for n in range(30)]
    for response in streams:
        blocks(response, "alive")
    counts = []
    for _ in range(20):
        counts.append(int(re.findall(rb"\d+", site.get("/connections").read())[0]))
        time.sleep(0.02)
    assert min(counts) <= 1, counts


def test_all_streams_end_quickly_when_the_server_is_told_to_stop(site):
    streams = [site.get("/stream", site.sign_in(f"user{n}")) for n in range(10)]
    for response in streams:
        blocks(response, "retry")
    began = time.monotonic()
    site.process.send_signal(signal.SIGTERM)
    for response in streams:
        assert '"closing"' in blocks(response, "event: reset")[-1]
    assert site.process.wait(4) in (0, -signal.SIGTERM)
    assert time.monotonic() - began < 2
