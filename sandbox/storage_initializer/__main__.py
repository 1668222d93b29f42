"""`python -m sandbox.storage_initializer URI FOLDER`, as KServe's init container is called; pairs may follow each other."""

import http.client
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.storage_initializer.mlflow_artifacts import fetch_artifacts
from sandbox.storage_initializer.refusal import Refusal
from sandbox.storage_initializer.s3 import fetch_bucket
from sandbox.storage_initializer.web import fetch_url

Fetch = Callable[[str, Path, Mapping[str, str]], int]
# By what a URI begins with. A claim (pvc://) is mounted by the pod, and never comes here.
FETCHERS: dict[str, Fetch] = {"mlflow-artifacts:": fetch_artifacts, "http://": fetch_url, "https://": fetch_url, "s3://": fetch_bucket}


def main(arguments: list[str]) -> int:
    """Fetch each; 0 when all is there, 1 with the reason on stderr."""
    if not arguments or len(arguments) % 2:
        print("usage: URI FOLDER [URI FOLDER ...]", file=sys.stderr)
        return 2
    for uri, folder in zip(arguments[::2], arguments[1::2], strict=True):
        print(f"fetching {uri}", flush=True)
        begun = time.monotonic()
        try:
            size = fetch(uri, Path(folder))
        except (Refusal, OSError, http.client.HTTPException, ValueError) as error:
            if not isinstance(error, Refusal):
                traceback.print_exc()
            print(f"cannot fetch {uri}: {error}", file=sys.stderr)
            return 1
        print(f"fetched {size} bytes in {time.monotonic() - begun:.2f} s", flush=True)
    return 0


def fetch(uri: str, folder: Path) -> int:
    """The bytes that were written below `folder`; raises Refusal, OSError, HTTPException or ValueError."""
    if ".." in uri.split("/"):
        raise Refusal("a path may not contain `..`")
    fetcher = next((found for start, found in FETCHERS.items() if uri.startswith(start)), None)
    if fetcher is None:
        raise Refusal(f"this kind of address is not supported here: use {', '.join(FETCHERS)} or pvc://")
    folder.mkdir(parents=True, exist_ok=True)
    size = fetcher(uri, folder, os.environ)
    if not size:
        raise Refusal("there is nothing at this address")
    return size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
