"""A prediction through the portal against the same one at the deployment's own address, with one client and with sixteen."""

import json
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import urllib3

from benchmarks.figures import Figure, alternate
from benchmarks.serving.quick_start import FOREST, MODEL, QuickStart

BOUND = 1.5
MODELS = {MODEL: "the demo model, which answers within a millisecond", FOREST: "a forest of 300 trees"}
QUESTION = {"inputs": [{"name": "pixels", "shape": [1, 64], "datatype": "FP64", "data": [float(n % 16) for n in range(64)]}]}


class Caller:
    """One address, asked with keep-alive connections."""

    def __init__(self, url: str, headers: Mapping[str, str], clients: int) -> None:
        self.url, self.clients = url, clients
        self.headers = {"Content-Type": "application/json", **headers}
        self.pool = urllib3.PoolManager(maxsize=clients, retries=False, timeout=30.0)
        self.body = json.dumps(QUESTION)

    def p50(self, seconds: float) -> float:
        """Milliseconds of the median of all answers that came in so many seconds; SystemExit for any answer but 200."""
        times: list[float] = []
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=self._ask, args=(end, times.append)) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statistics.median(times) * 1000

    def _ask(self, end: float, note: Callable[[float], Any]) -> None:
        while time.monotonic() < end:
            began = time.monotonic()
            answer = self.pool.request("POST", self.url, body=self.body, headers=self.headers)
            if answer.status != 200:
                raise SystemExit(f"{self.url} answered {answer.status}: {answer.data[:300]!r}")
            note(time.monotonic() - began)


def run(product: QuickStart, *, rounds: int, seconds: float) -> list[Figure]:
    """One figure for each model and number of clients."""
    product.train_forest()
    token = {"Authorization": f"Bearer {product.credentials['alice']['token']}"}
    figures = []
    for model in (MODEL, FOREST):
        row = product.deploy(f"asked-{model}", model=model)
        ready = product.until(f"deployments/{row['id']}/", lambda found: found["health"]["state"] == "ready", "the deployment is ready")
        proxied = f"{product.url}/api/v1/deployments/{row['id']}/predict/"
        direct = f"{ready['url']}/v2/models/asked-{model}/infer"
        for clients in (1, 16):
            callers = {"through the portal": Caller(proxied, token, clients), "direct": Caller(direct, {}, clients)}
            figures.append(_figure(model, callers, clients, rounds, seconds))
        product.call("alice", "DELETE", f"deployments/{row['id']}/?confirm=asked-{model}")
    return figures


def _figure(model: str, callers: dict[str, Caller], clients: int, rounds: int, seconds: float) -> Figure:
    arms = {name: (lambda _round, caller=caller: caller.p50(seconds)) for name, caller in callers.items()}
    load = f"p50 of {seconds:g} s each; direct: the address that the InferenceService tells"
    name = f"predictions of {MODELS[model]}, {clients} client{'s' if clients > 1 else ''}"
    return Figure(name, "ms", load, alternate(arms, rounds), "through the portal", {"direct": BOUND})
