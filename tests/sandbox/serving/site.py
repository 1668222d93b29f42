"""Two models, a broken one, and a small server that hands them out as MLflow's artifacts API does."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

API = "/api/2.0/mlflow-artifacts/artifacts"
COLUMNS = ["a", "b", "c"]


def make_models(folder: Path) -> None:
    """champion and challenger, which differ, and broken."""
    import mlflow
    import numpy as np
    import pandas as pd
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(50, 3)), columns=COLUMNS)
    for name, factor in (("champion", 2.0), ("challenger", -3.0)):
        model = LinearRegression().fit(table, table["a"] * factor + table["b"])
        mlflow.sklearn.save_model(
            model, str(folder / name), signature=infer_signature(table, model.predict(table)), pip_requirements=["scikit-learn"]
        )
    shutil.copytree(folder / "champion", folder / "broken")
    for each in (folder / "broken").glob("model.*"):
        each.write_bytes(b"this is no model")


@contextmanager
def artifact_site(folder: Path) -> Iterator[str]:
    """Its address; serves until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == API:
                top = folder / parse_qs(parts.query)["path"][0]
                files = [{"path": each.name, "is_dir": each.is_dir()} for each in sorted(top.glob("*"))]
                return self._answer(200, json.dumps({"files": files}).encode())
            path = folder / unquote(parts.path.removeprefix(f"{API}/"))
            return self._answer(200, path.read_bytes()) if path.is_file() else self._answer(404, b"")

        def _answer(self, code: int, content: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
