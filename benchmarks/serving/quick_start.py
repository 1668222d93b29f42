"""The quick start as a newcomer has it: sandbox, model registry, demo models; and a namespace to deploy in."""

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.product import Product
from kube.connect import Api, connect
from kube.kubeconfig import read_file

NAMESPACE = "vision-bench"
MODEL, FOREST = "digits", "forest"
PATIENCE_SECONDS = 300


class QuickStart(Product):
    """A running quick start; needs the packages of the group `models`."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, home / "kubeconfig")
        del self.env["PORTAL_KUBECONFIG"]
        for name in ("KUBEBUILDER_ASSETS", "MLFLOW_TRACKING_URI"):
            self.env.pop(name, None)
        # What is measured is the way, not the limits on it.
        self.env |= {"SLIPWAY_API_RATE": "1000000/min", "SLIPWAY_PREDICTIONS_PER_MINUTE": "1000000"}

    def until(self, path: str, holds: Any, what: str) -> Any:
        """What a GET as alice answers as soon as `holds` says so of it; SystemExit after five minutes."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = self.call("alice", "GET", path)
            if holds(answer):
                return answer
            time.sleep(0.05)
        raise SystemExit(f"not within {PATIENCE_SECONDS} s: {what}")

    def furnish(self) -> None:
        """A namespace that is applied, and the demo models in the catalogue."""
        self.until("models/", lambda found: MODEL in {row["name"] for row in found["results"]}, "the demo models are there")
        self.until(f"models/{MODEL}/versions/", lambda found: found["count"] >= 2, "both versions are there")
        number = self.ask_for(NAMESPACE)
        self.approve(number)
        self.until("namespaces/", lambda found: [row["state"] for row in found["results"]] == ["applied"], "the namespace is applied")

    def train_forest(self) -> None:
        """A model that takes as long as models in use do is in the catalogue."""
        address = f"http://127.0.0.1:{(self.home / 'mlflow' / 'port').read_text()}"
        subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "benchmarks.serving.forest", address, FOREST, "vision"], check=True, stdout=subprocess.DEVNULL
        )
        self.until("models/", lambda found: FOREST in {row["name"] for row in found["results"]}, "the forest is in the catalogue")
        self.until(f"models/{FOREST}/versions/", lambda found: found["count"] == 1, "the forest is there")

    def ask_for(self, name: str) -> int:
        """Opens a request for a namespace with room for models, and waits for its plan."""
        cluster = self.call("admin", "GET", "clusters/")["results"][0]["name"]
        amounts = {"cpu": "16", "memory": "32Gi"}
        body = {"team": "vision", "cluster": cluster, "name": name, **amounts, "justification": "A figure."}
        number = int(self.call("alice", "POST", "namespace-requests/", body)["id"])
        self.until(f"requests/{number}/plan/", lambda plan: plan["state"] == "ready", "the plan is made")
        return number

    def deploy(self, name: str, **changes: Any) -> dict[str, Any]:
        """Deploys the champion of the demo model, or what `changes` say; the deployment as it was answered."""
        cluster = self.call("admin", "GET", "clusters/")["results"][0]["name"]
        size = {"cpu_request": "1", "memory_request": "1Gi"}
        body = {
            "cluster": cluster,
            "namespace": NAMESPACE,
            "name": name,
            "model": MODEL,
            "alias": "champion",
            **size,
            "reason": "A figure.",
        }
        found: dict[str, Any] = self.call("alice", "POST", "deployments/", {**body, **changes})
        return found

    def api(self) -> Api:
        """An administrator's own connection to the cluster: the oracle's clock does not go by what the portal says."""
        return connect(read_file(self.home / "kubeconfig"), timeout=10)


def has_models() -> bool:
    """Whether the packages are there that the quick start's registry and model servers need."""
    return find_spec("mlflow") is not None
