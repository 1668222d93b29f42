"""Where the processes of one simulator write: a private folder by cluster, found again after a restart."""

import fcntl
import hashlib
import os
import tempfile
import time
from pathlib import Path
from typing import IO

# One that was just told to stop may still be at it.
PATIENCE = 5.0


def process_folder(kubeconfig: Path) -> Path:
    """The folder, made if need be; raises ValueError if somebody else owns it."""
    name = hashlib.sha256(str(kubeconfig.resolve()).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"sandbox-processes-{os.getuid()}" / name
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
        if each.stat().st_uid != os.getuid():
            raise ValueError(f"{each} belongs to somebody else: remove it, or set TMPDIR")
    return folder


def hold(folder: Path) -> IO[str]:
    """Be the only simulator with this folder for as long as the file is open; raises RuntimeError if there is another."""
    file, end = (folder / "lock").open("a"), time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > end:
                file.close()
                raise RuntimeError("another simulator runs with this kubeconfig: stop it first") from error
            time.sleep(0.1)
        else:
            return file
