"""One API server under measurement: plain calls, many objects at once, and what its process weighs."""

import json
import os
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import urllib3

from sandbox.kubeconfig import read_kubeconfig

PAGE = os.sysconf("SC_PAGE_SIZE")
STRATEGIC = "application/strategic-merge-patch+json"
PODS = "/api/v1/namespaces/bench/pods"


class Server:
    """Calls with the token of a kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        access = read_kubeconfig(kubeconfig)
        self.url, self._headers = access.server, {"Authorization": f"Bearer {access.token}", "Content-Type": "application/json"}
        context = ssl.create_default_context(cadata=(access.ca_pem or b"").decode())
        self.pool = urllib3.PoolManager(ssl_context=context, retries=False, maxsize=128)

    def raw(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json", stream: bool = False) -> Any:
        """The response; SystemExit with the answer when it is refused."""
        data = None if body is None else json.dumps(body)
        headers = {**self._headers, "Content-Type": content_type}
        answer = self.pool.request(method, self.url + path, body=data, headers=headers, preload_content=not stream, timeout=120)
        if answer.status >= 300:
            raise SystemExit(f"{method} {path} was answered with {answer.status}: {answer.data.decode()[:300]}")
        return answer

    def fill(self, pods: int, namespaces: int) -> None:
        """Namespaces, and pods in one of them that no kubelet touches."""
        names = ["bench", *(f"bench-{number}" for number in range(namespaces))]
        self._post("/api/v1/namespaces", ({"metadata": {"name": name}} for name in names))
        self._wait_for_accounts()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(self._run_pod, range(pods)))

    def _run_pod(self, number: int) -> None:
        """A pod that was scheduled and that its kubelet says to run."""
        body = pod(number)
        self.raw("POST", f"{PODS}?fieldManager=kube-controller-manager", body)
        target = {"target": {"kind": "Node", "name": f"node-{number % 100}"}}
        path = f"{PODS}/{body['metadata']['name']}"
        self.raw("POST", f"{path}/binding?fieldManager=kube-scheduler", {"metadata": {"name": body["metadata"]["name"]}, **target})
        self.raw("PATCH", f"{path}/status?fieldManager=kubelet", {"status": running(number)}, content_type=STRATEGIC)

    def _wait_for_accounts(self) -> None:
        """A namespace takes pods once its ServiceAccount is there."""
        end = time.monotonic() + 30
        while self.pool.request("POST", f"{self.url}{PODS}?dryRun=All", body=json.dumps(pod(0)), headers=self._headers).status >= 300:
            if time.monotonic() > end:
                raise SystemExit("the namespace does not get ready for pods")
            time.sleep(0.05)

    def _post(self, path: str, bodies: Iterable[Any]) -> None:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda body: self.raw("POST", path, body), bodies))


def pod(number: int) -> dict[str, Any]:
    """A pod such as a Deployment makes."""
    resources = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    container = {"name": "main", "image": f"example.org/app:{number}", "resources": resources, "ports": [{"containerPort": 8080}]}
    labels = {"app": f"app-{number % 100}", "pod-template-hash": "0123456789"}
    spec = {"serviceAccountName": "default", "automountServiceAccountToken": False, "containers": [container]}
    return {"metadata": {"name": f"pod-{number:05}", "labels": labels}, "spec": spec}


def running(number: int) -> dict[str, Any]:
    """The status of a pod that runs."""
    at, address = "2026-01-01T00:00:00Z", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    container: dict[str, Any] = {"name": "main", "image": f"example.org/app:{number}", "imageID": f"example.org/app@sha256:{number:064x}"}
    container |= {"containerID": f"containerd://{number:064x}", "restartCount": 0, "ready": True, "started": True}
    container |= {"state": {"running": {"startedAt": at}}, "lastState": {}}
    return {
        "phase": "Running",
        "conditions": [{"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": at} for kind in kinds],
        "containerStatuses": [container],
        "hostIP": "127.0.0.1",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": at,
    }


def resident(process: int) -> int:
    """Bytes of memory that a process holds now."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
