"""http:// and https://: one file, unpacked if it is an archive."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sandbox.storage_initializer.download import MOST_BYTES, inside, opened, save, unpack
from sandbox.storage_initializer.refusal import Refusal

ARCHIVES = (".zip", ".tar.gz", ".tgz")


def fetch_url(uri: str, folder: Path, environment: Mapping[str, str]) -> int:
    """Fetch it; returns its bytes. Raises Refusal, OSError, HTTPException."""
    name = unquote(urlsplit(uri).path).rpartition("/")[2]
    if not name:
        raise Refusal("the address must name a file, such as model.joblib or model.tar.gz")
    with opened(uri) as answer:
        size = save(answer, inside(folder, name), MOST_BYTES)
    if name.endswith(ARCHIVES):
        unpack(folder / name, folder)
    return size
