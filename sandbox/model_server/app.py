"""The HTTP interface of a model: V1, the Open Inference Protocol, metrics. An ASGI application without a framework."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from sandbox.exposition import TYPE, Counter, Histogram, Start, exposition
from sandbox.model_server import v1, v2
from sandbox.model_server.bad_input import BadInput
from sandbox.model_server.model import Model

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
LARGEST_BODY = 64 * 1024 * 1024
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
JSON = "application/json"
# Asked all the time, so not worth a line of log.
PROBES = ("/v2/health/live", "/v2/health/ready", "/metrics", "/")
Answer = tuple[int, bytes, str]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class App:
    """Serves one model; one prediction at a time, beside which health and metrics still answer. `is_ready` may be taken back."""

    def __init__(self, model: Model) -> None:
        self._model, self.is_ready = model, True
        self._worker = ThreadPoolExecutor(1, "predict")
        self._start = Start()
        self._requests = Counter("rest_server_requests", "Requests by route and code.", ("method", "path", "status_code"))
        self._durations = Histogram(
            "rest_server_request_duration_seconds", "How long answers took.", ("method", "path", "status_code"), BOUNDS
        )
        self._good = Counter("model_infer_request_success_total", "Predictions made.", ("model",))
        self._bad = Counter("model_infer_request_failure_total", "Predictions refused or failed.", ("model",))
        self._predicting = Histogram("request_predict_seconds", "How long the model itself took.", ("model_name",), BOUNDS)
        # Prometheus' clients end the names of counters so.
        self._requests.name = "rest_server_requests_total"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        begun, method, path = time.perf_counter(), scope["method"], scope["path"]
        try:
            code, body, kind = await self._answer(method, path, receive)
        except Refused as error:
            code, body, kind = error.code, orjson.dumps({"error": str(error)}), JSON
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": code, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._note(method, path, code, time.perf_counter() - begun)

    async def _answer(self, method: str, path: str, receive: Receive) -> Answer:
        name = self._model.name
        if method == "POST" and path in (f"/v1/models/{name}:predict", f"/v2/models/{name}/infer"):
            return _json(await self._infer(await _body(receive), is_v2=path.startswith("/v2")))
        if method not in ("GET", "HEAD"):
            is_known = path.startswith((f"/v1/models/{name}:", f"/v2/models/{name}/"))
            raise Refused(*((405, f"use POST /v2/models/{name}/infer") if is_known else self._unknown(path)))
        if path == "/metrics":
            metrics = (self._start, self._requests, self._durations, self._good, self._bad, self._predicting)
            return 200, exposition(*metrics).encode(), TYPE
        if path in ("/v2/health/ready", f"/v2/models/{name}/ready", f"/v1/models/{name}"):
            told = {"name": name, "ready": self.is_ready}
            return _json(told if "models" in path else {"ready": self.is_ready}, 200 if self.is_ready else 503)
        documents = {
            "/": {"status": "alive"},
            "/v2": {"name": "slipway-model-server", "version": "1", "extensions": []},
            "/v2/health/live": {"live": True},
            "/v1/models": {"models": [name]},
            "/v2/models": {"models": [name]},
        }
        if path == f"/v2/models/{name}":
            return _json(v2.metadata(self._model))
        if path not in documents:
            raise Refused(*self._unknown(path))
        return _json(documents[path])

    async def _infer(self, data: bytes, *, is_v2: bool) -> Any:
        protocol = v2 if is_v2 else v1
        try:
            body = orjson.loads(data)
            values = protocol.read(self._model, body)
            begun = time.perf_counter()
            result = await asyncio.get_running_loop().run_in_executor(self._worker, self._model.predict, values)
            self._predicting.observe(time.perf_counter() - begun, self._model.name)
            answer = v2.write(self._model, body, result) if is_v2 else v1.write(result)
        except Exception as error:
            self._bad.add(self._model.name)
            raise _refusal(error) from error
        self._good.add(self._model.name)
        return answer

    def _unknown(self, path: str) -> tuple[int, str]:
        asked = path.split("/")[3].partition(":")[0] if path.startswith(("/v1/models/", "/v2/models/")) else ""
        if asked and asked != self._model.name:
            return 404, f"there is no model {asked} here, but {self._model.name}"
        return 404, f"there is nothing at {path}"

    def _note(self, method: str, path: str, code: int, seconds: float) -> None:
        known = path if code != 404 else "unknown"
        self._requests.add(method, known, str(code))
        self._durations.observe(seconds, method, known, str(code))
        if path not in PROBES:
            print(f"{method} {path} {code} {seconds * 1000:.1f} ms", flush=True)


def _refusal(error: Exception) -> Refused:
    """400 for what the sender can mend, else 500, its traceback in the log."""
    if isinstance(error, orjson.JSONDecodeError):
        return Refused(400, f"the body is no JSON: {error}")
    # scikit-learn and MLflow refuse inputs that do not fit with these; MlflowException says so by its code.
    if isinstance(error, BadInput | ValueError) or getattr(error, "error_code", "") in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST"):
        return Refused(400, str(error))
    traceback.print_exception(error)
    return Refused(500, f"{type(error).__name__}: {error}")


async def _body(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request ended early")
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > LARGEST_BODY:
            raise Refused(413, f"the body is larger than {LARGEST_BODY >> 20} MiB: send fewer rows")
    return b"".join(parts)


def _json(document: Any, code: int = 200) -> Answer:
    return code, orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY), JSON
