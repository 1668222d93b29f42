"""From the form to Ready: how long a small model takes, and how much of that is not the model's own start."""

import threading
import time
from typing import Any

from benchmarks.figures import Figure
from benchmarks.serving.quick_start import NAMESPACE, QuickStart
from kube.connect import Api

BOUND_SECONDS, OWN_BOUND_SECONDS = 15.0, 2.0
SERVICES = f"/apis/serving.kserve.io/v1beta1/namespaces/{NAMESPACE}/inferenceservices"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


class Witness:
    """Sees by its own calls when the first pod of a deployment is there and when its InferenceService is Ready."""

    def __init__(self, api: Api, name: str) -> None:
        self.api, self.name = api, name
        self.pod_at = self.ready_at = 0.0
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.ready_at:
            if not self.pod_at and self._pods():
                self.pod_at = time.monotonic()
            if self.pod_at and self._is_ready():
                self.ready_at = time.monotonic()
            time.sleep(0.02)

    def _pods(self) -> list[Any]:
        query = {"labelSelector": f"serving.kserve.io/inferenceservice={self.name}"}
        return list(self.api.request("GET", PODS, query=query)["items"])

    def _is_ready(self) -> bool:
        status = self.api.request("GET", f"{SERVICES}/{self.name}").get("status") or {}
        return any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or [])

    @property
    def own_start(self) -> float:
        """Seconds from the first pod to Ready: the model's own."""
        self.thread.join(10)
        return self.ready_at - self.pod_at


def run(product: QuickStart, *, rounds: int) -> Figure:
    """Deploys a small model `rounds` times, one after another, after one that is not counted."""
    samples: dict[str, list[float]] = {"form to Ready": [], "the model's own start": [], "ours": []}
    for number in range(rounds + 1):
        name = f"timed-{number}"
        witness, began = Witness(product.api(), name), time.monotonic()
        row = product.deploy(name)
        product.until(f"deployments/{row['id']}/", lambda found: found["health"]["state"] == "ready", "the deployment is ready")
        took, own = time.monotonic() - began, witness.own_start
        print(f"  form to Ready: {took:.2f}, of it the model's own start {own:.2f}{'' if number else ' (warm-up)'}", flush=True)
        if number:
            for arm, value in zip(samples, (took, own, took - own), strict=True):
                samples[arm].append(value)
        product.call("alice", "DELETE", f"deployments/{row['id']}/?confirm={name}")
    notes = [f"Bounds: {BOUND_SECONDS:g} s from the form to Ready, {OWN_BOUND_SECONDS:g} s of it ours. Ready is what the portal says."]
    return Figure("deploying a small model", "s", "a scikit-learn model in the quick start", samples, "form to Ready", {}, notes)
