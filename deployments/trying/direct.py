"""One call to an address outside the API server: kept connections, no redirects, no cookies, everything bounded."""

import os
import time

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

from kube.proxy import AnswerTooLarge, ProxyTimeout, Reply

CONNECT_SECONDS = 2.0
CHUNK = 64 * 2**10
POOLS, CONNECTIONS = 64, 32
# Nothing was sent when one of these was raised.
NOT_CONNECTED = (
    NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.SSLError,
    urllib3.exceptions.LocationValueError,
)


class NotConnected(Exception):
    """There is no connection to that address, and nothing was sent."""


class BrokenOff(Exception):
    """The connection ended before the answer."""


_pools: dict[int, urllib3.PoolManager] = {}


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float, cap: int) -> Reply:
    """The answer, whatever its status. Raises NotConnected, BrokenOff, ProxyTimeout, AnswerTooLarge (more than `cap` bytes)."""
    end = time.monotonic() + seconds
    limits = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
    try:
        answer = _pool().request(
            "POST",
            url,
            body=body,
            headers=headers,
            timeout=limits,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        return _read(answer, end, cap)
    except NOT_CONNECTED as error:
        raise NotConnected(str(error)) from error
    except ReadTimeoutError as error:
        raise ProxyTimeout(f"It did not answer within {seconds:g} s.") from error
    except MaxRetryError as error:
        raise NotConnected(str(error)) from error
    except (HTTPError, OSError) as error:
        raise BrokenOff(str(error)) from error


def _read(answer: urllib3.BaseHTTPResponse, end: float, cap: int) -> Reply:
    """All of it; a connection that was not read to its end is closed, never used again."""
    data = bytearray()
    try:
        while chunk := answer.read(CHUNK):
            data += chunk
            if len(data) > cap:
                raise AnswerTooLarge(f"The answer is longer than {cap // 2**20} MiB.")
            if time.monotonic() > end:
                raise ProxyTimeout("It did not answer to the end in time.")
    except BaseException:
        answer.close()
        raise
    answer.release_conn()
    return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, bytes(data))


def _pool() -> urllib3.PoolManager:
    """Of this process: sockets are not shared with a parent."""
    pool = _pools.get(os.getpid())
    if pool is None:
        pool = _pools[os.getpid()] = urllib3.PoolManager(num_pools=POOLS, maxsize=CONNECTIONS)
    return pool
