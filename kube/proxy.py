"""Calls to a Service or a pod of the cluster through its API server: raw bytes, bounded in size and time, never redirected."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from kube.answers import raise_for
from kube.connect import Api, unreachable
from kube.errors import KubeError

CAP = 10 * 2**20
_CHUNK = 65536
_PASSED_ON = frozenset({"Accept", "Content-Type"})
_SLOW = "The answer was not complete in time."


class ProxyTimeout(KubeError):
    """No complete answer in time."""


class AnswerTooLarge(KubeError):
    """The answer is larger than the caller takes."""


class Reply(NamedTuple):
    """What the other side answered, whatever its status; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def service_call(api: Api, namespace: str, service: str, port: int | str, method: str, path: str, **options: Any) -> Reply:
    """One call to a Service's port (number or name); `options` as those of `call`."""
    return call(
        api, f"/api/v1/namespaces/{_segment(namespace)}/services/{_segment(service)}:{_segment(str(port))}", method, path, **options
    )


def pod_call(api: Api, namespace: str, pod: str, port: int | str, method: str, path: str, **options: Any) -> Reply:
    """One call to a pod's port; `options` as those of `call`."""
    return call(api, f"/api/v1/namespaces/{_segment(namespace)}/pods/{_segment(pod)}:{_segment(str(port))}", method, path, **options)


def call(
    api: Api,
    target: str,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: str = "",
    timeout: float = 30.0,
    cap: int = CAP,
) -> Reply:
    """One call to `path` behind the API server's proxy of `target`. Of `headers`, Accept, Content-Type and X-… are sent, no credential.

    `timeout` in seconds is for the whole answer, `cap` in bytes for its body. Raises ApiError for the API server's own refusal (403, 404,
    503 without anything behind it), Unreachable, ProxyTimeout, AnswerTooLarge and ValueError (a path that leaves its place).
    """
    url = api.url(f"{target}/proxy{_path(path)}", _query(query))
    ends = time.monotonic() + timeout
    response = _sent(api, method, url, body, {**api.headers, "Accept": "*/*", **_safe(headers or {})}, timeout)
    try:
        data = _read(response, ends, cap)
    except BaseException:
        response.close()
        raise
    finally:
        response.release_conn()
    if response.status >= 400 and _is_status(data):
        raise_for(response.status, data, response.headers)
    return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, data)


def _sent(api: Api, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: float) -> urllib3.BaseHTTPResponse:
    api.check_process()
    limits = urllib3.Timeout(connect=min(timeout, api.timeout), read=timeout)
    try:
        return api.pool.urlopen(method, url, body, headers, retries=False, redirect=False, timeout=limits, preload_content=False)
    except ReadTimeoutError as error:
        raise ProxyTimeout(f"No answer in {timeout:g} seconds.") from error
    except (HTTPError, OSError) as error:
        raise unreachable(error) from error


def _read(response: urllib3.BaseHTTPResponse, ends: float, cap: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        while True:
            _wait_at_most(response, ends - time.monotonic())
            if not (chunk := response.read1(_CHUNK)):
                return b"".join(parts)
            parts.append(chunk)
            size += len(chunk)
            if size > cap:
                raise AnswerTooLarge(f"The answer has more than {cap} bytes.")
    except ReadTimeoutError as error:
        raise ProxyTimeout(_SLOW) from error
    except (HTTPError, OSError) as error:
        raise unreachable(error) from error


def _wait_at_most(response: urllib3.BaseHTTPResponse, seconds: float) -> None:
    """Who sends a byte now and then is held to the time of the whole, too."""
    if seconds <= 0:
        raise ProxyTimeout(_SLOW)
    if (sock := getattr(response.connection, "sock", None)) is not None:
        sock.settimeout(seconds)


def _is_status(data: bytes) -> bool:
    """Whether the API server itself spoke, in its own form."""
    try:
        answer = orjson.loads(data)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("kind") == "Status" and answer.get("apiVersion") == "v1"


def _safe(headers: Mapping[str, str]) -> dict[str, str]:
    """What may be passed on. Names that proxies trust are none of a caller's business."""
    named = {name.title(): value for name, value in headers.items()}
    kept = {name: value for name, value in named.items() if name in _PASSED_ON or name.startswith("X-")}
    if any(not letter.isprintable() for name, value in kept.items() for letter in name + value):
        raise ValueError("A header must not have control characters.")
    return {name: value for name, value in kept.items() if not name.startswith(("X-Remote-", "X-Forwarded-"))}


def _segment(text: str) -> str:
    if not text or text in (".", ".."):
        raise ValueError(f"{text!r} is no name.")
    return quote(text, safe="")


def _path(path: str) -> str:
    parts = path.lstrip("/").split("/")
    if any(part in (".", "..") for part in parts) or "\\" in path:
        raise ValueError("The path must stay below its service.")
    return "/" + "/".join(quote(part, safe="-._~:@!$&'()*+,;=") for part in parts)


def _query(query: str) -> str:
    return quote(query.lstrip("?"), safe="-._~:@!$&'()*+,;=/?%")
