"""The benchmark's own client of the API server: it shares no code with the portal, judges every arm alike, and is the raw peer."""

import base64
import json
import re
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import urllib3
import yaml

PLURALS = {
    "Namespace": "namespaces",
    "ResourceQuota": "resourcequotas",
    "LimitRange": "limitranges",
    "ServiceAccount": "serviceaccounts",
    "NetworkPolicy": "networkpolicies",
    "RoleBinding": "rolebindings",
}
THREADS = 8
Manifest = dict[str, Any]


def path_of(manifest: Manifest) -> str:
    """The address of one object."""
    version, metadata = manifest["apiVersion"], manifest["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    place = f"/namespaces/{metadata['namespace']}" if metadata.get("namespace") else ""
    return f"{root}{place}/{PLURALS[manifest['kind']]}/{metadata['name']}"


class Peer:
    """Keep-alive connections to the API server of a kubeconfig, with an administrator's token; 8 threads."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        context = ssl.create_default_context()
        if "certificate-authority-data" in cluster:
            context.load_verify_locations(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        self.kubeconfig, self.server = kubeconfig, cluster["server"]
        self.headers = {"Authorization": f"Bearer {user['token']}"}
        self.pool = urllib3.PoolManager(maxsize=THREADS * 2, retries=False, timeout=30.0, ssl_context=context)

    def send(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> tuple[int, Any]:
        """Status and parsed answer."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        answer = self.pool.request(method, self.server + path, body=data, headers={**self.headers, "Content-Type": content_type})
        return answer.status, json.loads(answer.data or b"null")

    def confirm(self, manifests: list[Manifest], timeout: float = 300.0) -> None:
        """Returns when a GET of every object has found it. What is not there yet is asked for by one thread every 20 ms, so that the
        measuring does not take the processors from what is measured; then everything is asked for once."""
        end = time.monotonic() + timeout

        def is_there(manifest: Manifest) -> bool:
            return self.send("GET", path_of(manifest))[0] == 200

        def wait_for(manifest: Manifest) -> None:
            while not is_there(manifest):
                if time.monotonic() > end:
                    raise SystemExit(f"{path_of(manifest)} is not there after {timeout} s")
                time.sleep(0.02)

        last_of_each = {manifest["metadata"].get("namespace"): manifest for manifest in manifests}
        for manifest in last_of_each.values():
            wait_for(manifest)
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(wait_for, manifests))

    def writes(self) -> int:
        """How many applies, patches and deletions the API server has taken so far, dry runs left out. The controllers of the control
        plane write by PUT and POST: the token of a new ServiceAccount, the status of a quota."""
        text = self.pool.request("GET", self.server + "/metrics", headers=self.headers).data.decode()
        lines = re.findall(r"^apiserver_request_total\{(.*)\} ([0-9.e+]+)$", text, re.MULTILINE)
        return sum(
            int(float(count)) for labels, count in lines if re.search(r'verb="(APPLY|PATCH|DELETE)"', labels) and 'dry_run=""' in labels
        )

    def apply_raw(self, manifests: list[Manifest]) -> None:
        """Concurrent server-side apply of bodies made beforehand: Namespaces first, then the rest; nothing else is done."""
        bodies = [(path_of(m) + "?fieldManager=raw&force=true", json.dumps(m).encode(), m["kind"]) for m in manifests]

        def patch(entry: tuple[str, bytes, str]) -> None:
            status, answer = self.send("PATCH", entry[0], entry[1], "application/apply-patch+yaml")
            if status not in (200, 201):
                raise SystemExit(f"PATCH {entry[0]} was answered with {status}: {answer}")

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(patch, [entry for entry in bodies if entry[2] == "Namespace"]))
            list(threads.map(patch, [entry for entry in bodies if entry[2] != "Namespace"]))

    def apply_kubectl(self, manifests: list[Manifest], *flags: str) -> Callable[[], None]:
        """A function that runs one kubectl process over one file with all objects; the file is written beforehand."""
        file = Path(tempfile.mkdtemp(prefix="bench-")) / "objects.json"
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
        command = ["kubectl", "--kubeconfig", str(self.kubeconfig), "apply", "--server-side", "-f", str(file), *flags]
        return lambda: self._run(command)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed: {done.stderr[-800:]}")


def named(sample: list[Manifest], name: str) -> list[Manifest]:
    """The sample namespace's objects under another name, as another namespace would have them; without the owner label, by which the
    portal's watcher would take a peer's objects for its own."""
    old = sample[0]["metadata"]["name"]
    copies: list[Manifest] = json.loads(json.dumps(sample))
    for copy in copies:
        metadata = copy["metadata"]
        metadata["labels"].pop("slipway.dev/owner")
        if copy["kind"] == "Namespace":
            metadata["name"] = name
        elif metadata["namespace"] == old:
            metadata["namespace"] = name
    return copies
