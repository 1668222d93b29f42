"""The tests' end of the oracle's process."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any


class Judge:
    """`with Judge(kubeconfig, database_url) as judge:` — `remember()` before the fault, `agrees()` after it."""

    def __init__(self, kubeconfig: Path, database: str) -> None:
        command = [sys.executable, "-m", "tests.faults.oracle", str(kubeconfig), database]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()

    def _ask(self, do: str, **given: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the oracle has ended; its last words are above"
        return json.loads(answer)

    def remember(self) -> None:
        """What is in the cluster now and is not ours must stay as it is."""
        assert self._ask("remember") > 0

    def complaints(self) -> list[str]:
        """What is wrong; nothing, one hopes."""
        found: list[str] = self._ask("judge")
        return found

    def agrees(self) -> None:
        """Rows equal objects, nothing foreign has changed, audit entries are the accepted changes."""
        assert self.complaints() == []

    def versions(self) -> dict[str, str]:
        """Resource versions of everything that carries a claim."""
        found: dict[str, str] = self._ask("versions")
        return found

    def rest(self, seconds: float = 15.0) -> dict[str, str]:
        """The versions once the cluster's own controllers (of a quota's status) have come to rest."""
        deadline, last, since = time.monotonic() + seconds, self.versions(), time.monotonic()
        while time.monotonic() - since < 0.6:
            assert time.monotonic() < deadline, "resource versions never come to rest"
            time.sleep(0.1)
            now = self.versions()
            if now != last or any(version.endswith("unseen") for version in now.values()):
                last, since = now, time.monotonic()
        return last

    def bodies(self, namespace: str) -> dict[str, Any]:
        """What everybody can write in the objects of one namespace."""
        found: dict[str, Any] = self._ask("bodies", namespace=namespace)
        return found
