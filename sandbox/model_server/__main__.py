"""`python -m sandbox.model_server --model_name NAME --model_dir FOLDER`: load, then serve on HOST:PORT until SIGTERM."""

import argparse
import importlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# What numeric libraries read when they are imported.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
LIBRARIES: tuple[str, ...] = (
    "mlflow.pyfunc",
    "mlflow.sklearn",
    "sklearn.pipeline",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.preprocessing",
)
LIBRARIES += ("joblib", "cloudpickle", "skops.io", "orjson", "uvloop", "httptools", "uvicorn.protocols.http.httptools_impl")
# A model server tells nobody what it does.
# A thread of Arrow's allocator would not survive a fork.
QUIET = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}


def main(arguments: list[str]) -> int:
    """Serve; what goes wrong while loading ends the process with its traceback."""
    options = _parser().parse_args(arguments)
    cores = len(os.sched_getaffinity(0))
    os.environ.update({**dict.fromkeys(THREADS, str(cores)), **QUIET})
    if "threadpoolctl" in sys.modules:
        # Forked from a process that had one thread: what was read there counts no more.
        sys.modules["threadpoolctl"].threadpool_limits(cores)
    begun = time.monotonic()
    print(f"loading {options.model_name}", flush=True)
    model = _module("loading").load(options.model_name, options.model_dir)
    print(f"{options.model_name} is loaded ({model.platform}) after {time.monotonic() - begun:.1f} s", flush=True)
    _module("serving").serve(model, os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or options.http_port))
    return 0


def warm() -> None:
    """Import what most models need, for processes that are forked from this one; without threads, which a fork would lose."""
    os.environ.update({**dict.fromkeys(THREADS, "1"), **QUIET})
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    for name in ("loading", "serving"):
        _module(name)


def _module(name: str) -> Any:
    """Only when it is needed: numeric libraries read their environment when they are imported."""
    return importlib.import_module(f"sandbox.model_server.{name}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="model-server")
    parser.add_argument("--model_name", required=True, help="its name in URLs")
    parser.add_argument("--model_dir", type=Path, required=True, help="the folder that holds it")
    parser.add_argument("--http_port", type=int, default=8080, help="where PORT says nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
