"""mlflow-artifacts:/PATH: a folder of artifacts through the HTTP API of the MLflow server that MLFLOW_TRACKING_URI names."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from sandbox.storage_initializer.download import MOST_BYTES, Connection, inside, save
from sandbox.storage_initializer.refusal import Refusal

MOST_FILES = 10_000
API = "/api/2.0/mlflow-artifacts/artifacts"


def fetch_artifacts(uri: str, folder: Path, environment: Mapping[str, str]) -> int:
    """Fetch every file below the URI; returns their bytes. Raises Refusal, OSError, HTTPException."""
    server = environment.get("MLFLOW_TRACKING_URI", "").rstrip("/")
    if not server:
        raise Refusal("MLFLOW_TRACKING_URI is not set: the ClusterStorageContainer `mlflow` names the server in its env")
    parts, root = urlsplit(uri), urlsplit(server)
    if parts.netloc and parts.netloc != root.netloc:
        raise Refusal(f"it names the server {parts.netloc}, and models come from {root.netloc} only")
    connection = Connection(server, _credentials(environment), trusted=True)
    size = 0
    try:
        for path in _files(connection, root.path, parts.path.strip("/")):
            answer = connection.get(f"{root.path}{API}/{quote(path)}")
            _check(answer.status, path, answer)
            size += save(answer, inside(folder, path[len(parts.path.strip("/")) :].strip("/")), MOST_BYTES - size)
    finally:
        connection.close()
    return size


def _files(connection: Connection, prefix: str, top: str) -> Iterator[str]:
    """Every file below `top`, listed folder by folder before any is fetched."""
    folders, files = [top], list[str]()
    while folders:
        folder = folders.pop()
        answer = connection.get(f"{prefix}{API}?path={quote(folder, safe='')}")
        body = answer.read()
        _check(answer.status, folder, None)
        for each in json.loads(body).get("files") or []:
            path = f"{folder}/{each['path'].rstrip('/').rpartition('/')[2]}"
            (folders if each.get("is_dir") else files).append(path)
        if len(files) + len(folders) > MOST_FILES:
            raise Refusal(f"the model has more than {MOST_FILES} files")
    yield from files


def _check(status: int, path: str, answer: object) -> None:
    if status == 404:
        raise Refusal(f"MLflow has no artifact {path}")
    if status in (401, 403):
        raise Refusal(f"MLflow refuses access to {path} ({status})")
    if status != 200:
        raise Refusal(f"MLflow answers {status} for {path}")


def _credentials(environment: Mapping[str, str]) -> dict[str, str]:
    if token := environment.get("MLFLOW_TRACKING_TOKEN"):
        return {"Authorization": f"Bearer {token}"}
    user, password = environment.get("MLFLOW_TRACKING_USERNAME"), environment.get("MLFLOW_TRACKING_PASSWORD", "")
    if user:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {}
