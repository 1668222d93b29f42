"""A small MLflow: enough of its REST API for the catalogue, in memory, and every way in which a server can misbehave."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

API = "/api/2.0/mlflow/"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"
EPOCH = 1_790_000_000_000
Answer = tuple[int, Any]
Rule = Callable[["Handler"], bool]


class Refused(Exception):
    """What MLflow answers with an error code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.body = {"error_code": code, "message": message}
        self.status = status


def missing(what: str) -> Refused:
    return Refused(404, "RESOURCE_DOES_NOT_EXIST", f"{what} not found")


class FakeMlflow:
    """The state; tests change it directly. `before` may answer a call in the server's place: it returns True when it has."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self.versions: list[dict[str, Any]] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.experiments: dict[str, dict[str, Any]] = {"1": {"experiment_id": "1", "name": "first", "tags": []}}
        self.logged: dict[str, dict[str, Any]] = {}
        self.files: dict[tuple[str, str, str], bytes] = {}
        self.stored: dict[str, bytes] = {}
        self.calls: list[tuple[str, str]] = []
        self.before: Rule | None = None
        self.after: Rule | None = None
        self.lock = threading.Lock()

    def model(self, name: str, *, team: str = "", **more: Any) -> dict[str, Any]:
        tags = [{"key": "slipway.dev/team", "value": team}] if team else []
        self.models[name] = {
            "name": name,
            "creation_timestamp": EPOCH,
            "last_updated_timestamp": EPOCH,
            "tags": tags,
            "aliases": [],
            **more,
        }
        return self.models[name]

    def version(self, name: str, number: int, **more: Any) -> dict[str, Any]:
        if name not in self.models:
            self.model(name)
        made = {
            "name": name,
            "version": str(number),
            "creation_timestamp": EPOCH + number,
            "last_updated_timestamp": EPOCH + number,
            "current_stage": "None",
            "source": f"models:/m-{number:032x}",
            "run_id": "",
            "status": "READY",
            "tags": [],
            **more,
        }
        self.versions.append(made)
        return made

    def run(self, run_id: str, **more: Any) -> dict[str, Any]:
        info = {"run_id": run_id, "run_name": "a run", "experiment_id": "1", "status": "FINISHED", "user_id": "ada", **more.pop("info", {})}
        data = {
            "metrics": [{"key": "accuracy", "value": 0.5}],
            "params": [{"key": "depth", "value": "3"}],
            "tags": [],
            **more.pop("data", {}),
        }
        self.runs[run_id] = {"info": info, "data": data, **more}
        return self.runs[run_id]

    def alias(self, name: str, alias: str, number: int) -> None:
        others = [entry for entry in self.models[name]["aliases"] if entry["alias"] != alias]
        self.models[name]["aliases"] = [*others, {"alias": alias, "version": str(number)}]

    def file(self, name: str, number: int, path: str, content: bytes | str) -> None:
        self.files[(name, str(number), path)] = content.encode() if isinstance(content, str) else content

    # What the API does.

    def answer(self, method: str, path: str, words: dict[str, Any]) -> Any:
        if path in ("/health", "/version"):
            return b"3.17.2"
        if path == "/model-versions/get-artifact":
            content = self.files.get((words["name"], words["version"], words["path"]))
            if content is None:
                raise missing("file")
            return content
        if path == ARTIFACTS or path.startswith(f"{ARTIFACTS}/"):
            return self._artifacts(unquote(path.removeprefix(ARTIFACTS).lstrip("/")), words)
        known = {
            "registered-models/search": self._search_models,
            "model-versions/search": self._search_versions,
            "registered-models/get": lambda words: {"registered_model": self._model(words)},
            "registered-models/create": self._create_model,
            "model-versions/create": self._create_version,
            "model-versions/get-download-uri": lambda words: {"artifact_uri": f"mlflow-artifacts:/1/{words['name']}/{words['version']}"},
            "registered-models/alias": self._alias,
            "registered-models/set-tag": lambda words: self._tag(self._model(words), words),
            "registered-models/delete-tag": lambda words: self._untag(self._model(words), words),
            "model-versions/set-tag": lambda words: self._tag(self._version(words), words),
            "model-versions/delete-tag": lambda words: self._untag(self._version(words), words),
            "runs/get": lambda words: {"run": self._found(self.runs, words["run_id"], "run")},
            "experiments/get": lambda words: {"experiment": self._found(self.experiments, words["experiment_id"], "experiment")},
        }
        name = path.removeprefix(API)
        if name.startswith("logged-models/"):
            return {"model": {"info": self._found(self.logged, name.partition("/")[2], "logged model")}}
        if name not in known:
            raise missing(name)
        if name == "registered-models/alias" and method == "DELETE":
            return self._unalias(words)
        return known[name](words)

    def _artifacts(self, path: str, words: dict[str, Any]) -> Any:
        """A file of the store, or without a path the entries of a folder."""
        if path:
            return self._found(self.stored, path, "artifact")
        inside = [name.removeprefix(words["path"] + "/") for name in self.stored if name.startswith(words["path"] + "/")]
        files = [
            {"path": name, "is_dir": False, "file_size": len(self.stored[f"{words['path']}/{name}"])} for name in inside if "/" not in name
        ]
        return {"files": [*files, *({"path": name, "is_dir": True} for name in {name.split("/")[0] for name in inside if "/" in name})]}

    def _found(self, rows: dict[str, Any], key: str, what: str) -> Any:
        if key not in rows:
            raise missing(what)
        return rows[key]

    def _page(self, rows: list[Any], words: dict[str, Any], key: str) -> dict[str, Any]:
        start, size = int(words.get("page_token") or 0), int(words.get("max_results", 100))
        more = {"next_page_token": str(start + size)} if start + size < len(rows) else {}
        return {key: rows[start : start + size], **more}

    def _search_models(self, words: dict[str, Any]) -> Any:
        return self._page(list(self.models.values()), words, "registered_models")

    def _search_versions(self, words: dict[str, Any]) -> Any:
        wanted = words.get("filter", "").partition("'")[2].rstrip("'")
        return self._page([row for row in self.versions if not wanted or row["name"] == wanted], words, "model_versions")

    def _model(self, words: dict[str, Any]) -> Any:
        return self._found(self.models, words["name"], "model")

    def _version(self, words: dict[str, Any]) -> Any:
        for row in self.versions:
            if (row["name"], row["version"]) == (words["name"], words["version"]):
                return row
        raise missing("version")

    def _create_model(self, words: dict[str, Any]) -> Any:
        if words["name"] in self.models:
            raise Refused(400, "RESOURCE_ALREADY_EXISTS", "exists")
        return {"registered_model": self.model(words["name"], tags=words["tags"], description=words["description"])}

    def _create_version(self, words: dict[str, Any]) -> Any:
        number = 1 + max([int(row["version"]) for row in self.versions if row["name"] == words["name"]], default=0)
        return {"model_version": self.version(words["name"], number, **{key: value for key, value in words.items() if key != "name"})}

    def _alias(self, words: dict[str, Any]) -> Any:
        self._version(words)
        self.alias(words["name"], words["alias"], int(words["version"]))
        return {}

    def _unalias(self, words: dict[str, Any]) -> Any:
        model = self._model(words)
        if words["alias"] not in [entry["alias"] for entry in model["aliases"]]:
            raise missing("alias")
        model["aliases"] = [entry for entry in model["aliases"] if entry["alias"] != words["alias"]]
        return {}

    def _tag(self, row: dict[str, Any], words: dict[str, Any]) -> Any:
        row["tags"] = [*(tag for tag in row["tags"] if tag["key"] != words["key"]), {"key": words["key"], "value": words["value"]}]
        return {}

    def _untag(self, row: dict[str, Any], words: dict[str, Any]) -> Any:
        row["tags"] = [tag for tag in row["tags"] if tag["key"] != words["key"]]
        return {}


class Handler(BaseHTTPRequestHandler):
    """One call; `mlflow` is the state."""

    mlflow: FakeMlflow
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        words = json.loads(self.rfile.read(length)) if length else dict(parse_qsl(parts.query))
        self.route = parts.path
        self.mlflow.calls.append((self.command, parts.path.removeprefix(API)))
        if self.mlflow.before and self.mlflow.before(self):
            return
        try:
            with self.mlflow.lock:
                status, told = 200, self.mlflow.answer(self.command, parts.path, words)
        except Refused as refusal:
            status, told = refusal.status, refusal.body
        if self.mlflow.after and self.mlflow.after(self):
            return
        self.reply(status, told if isinstance(told, bytes) else json.dumps(told).encode())

    do_GET = do_POST = do_DELETE = _serve

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(body)), **told}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Silence."""


@contextmanager
def serving(mlflow: FakeMlflow) -> Iterator[str]:
    """The fake on a free loopback port; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"mlflow": mlflow}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def drip(handler: Handler, seconds: float = 8.0) -> bool:
    """Sends a byte now and then, so that no single wait is ever long."""
    ends = time.monotonic() + seconds
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while time.monotonic() < ends:
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True
    return True
