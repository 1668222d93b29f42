"""One HTTP download at a time into a file of bounded size."""

import http.client
import ipaddress
import shutil
import socket
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

from sandbox.storage_initializer.refusal import Refusal

TIMEOUT, MOST_REDIRECTS = 30.0, 5
# Of all files of a model together.
MOST_BYTES = 8 * 1024**3
CHUNK = 1 << 20


class Connection:
    """Answers to GET of one origin, over a connection that is kept."""

    def __init__(self, base: str, headers: Mapping[str, str], *, trusted: bool) -> None:
        """`trusted`: the address was given by whoever runs the cluster; else it must be no loopback or link-local one."""
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refusal(f"{base} is no address of a web server")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        self._headers, self._trusted = dict(headers), trusted

    def get(self, path: str) -> http.client.HTTPResponse:
        """The answer, whatever its code; read it to its end before the next call."""
        if self._connection.sock is None:
            self._connection.connect()
            if not self._trusted:
                check_peer(_peer(self._connection))
        self._connection.request("GET", path, headers=self._headers)
        return self._connection.getresponse()

    def close(self) -> None:
        """Close it."""
        self._connection.close()


def _peer(connection: http.client.HTTPConnection) -> str:
    opened: socket.socket = connection.sock
    address: str = opened.getpeername()[0]
    return address


def check_peer(address: str) -> None:
    """Raise Refusal for an address that models of others must not be able to reach through this machine."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        raise Refusal(f"{address} is not an address that models may be fetched from")


@contextmanager
def opened(url: str) -> Iterator[http.client.HTTPResponse]:
    """The answer of a stranger's URL after its redirects; raises Refusal if it is no success."""
    for _ in range(MOST_REDIRECTS):
        connection, parts = Connection(url, {}, trusted=False), urlsplit(url)
        try:
            answer = connection.get(f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers["Location"] or "")
                continue
            if answer.status != 200:
                raise Refusal(f"{url} answers {answer.status} {answer.reason}")
            yield answer
            return
        finally:
            connection.close()
    raise Refusal("too many redirects")


def save(answer: http.client.HTTPResponse, target: Path, room: int) -> int:
    """Write the body to a file; returns its bytes, raises Refusal when they are more than `room`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with target.open("wb") as file:
        while data := answer.read(CHUNK):
            size += len(data)
            if size > room:
                raise Refusal(f"the model is larger than {MOST_BYTES >> 30} GiB")
            file.write(data)
    return size


def inside(folder: Path, path: str) -> Path:
    """A path of somebody else's below `folder`; raises Refusal if it leads out."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\0" in path or not parts.parts:
        raise Refusal(f"{path!r} leads out of the model's folder")
    return folder / parts


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a .zip or .tar.gz into the folder and remove it; members that lead out are refused."""
    try:
        if archive.name.endswith(".zip"):
            shutil.unpack_archive(archive, folder, "zip")
        else:
            shutil.unpack_archive(archive, folder, "gztar", filter="data")
    except (ValueError, shutil.ReadError, tarfile.TarError) as error:
        raise Refusal(f"{archive.name} cannot be unpacked: {error}") from error
    archive.unlink()
