"""What a version's run and files tell: fetched once for each new or changed version, and again while its run goes on."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.db.models.functions import Now

from reconcile.clock import after
from registry.models import ModelVersion
from registry.streaming import announce_model
from registry.sync import mlmodel
from registry.sync.plain import numbers, pairs, storable, text
from registry.tracking.client import Client
from registry.tracking.errors import RegistryRefused

AT_ONCE, BUDGET_SECONDS = 20, 10.0
EXAMPLE_BYTES = 64_000
RUN_GOES_ON = ("RUNNING", "SCHEDULED")
AGAIN_SECONDS = 15.0
TROUBLE_SECONDS = 60.0


def fetch_due(client: Client, before_each: Callable[[], None]) -> tuple[int, int]:
    """Fetches details of versions that are due, the newest first, for a few seconds at most. Returns how many, and how many are still due.

    Raises RegistrySilent; what the registry refuses is a problem of that version alone.
    """
    ends, fetched = time.monotonic() + BUDGET_SECONDS, 0
    due = ModelVersion.objects.standing().filter(details_due_at__lte=Now())
    for version in due.select_related("model").order_by("-created_at", "-pk")[:AT_ONCE]:
        if time.monotonic() > ends:
            break
        before_each()
        _keep(version, details_of(client, version))
        fetched += 1
    return fetched, due.count()


def _keep(version: ModelVersion, told: dict[str, Any]) -> None:
    """Only if the row still stands for the same files: a version may be another one under the old number meanwhile."""
    same = ModelVersion.objects.filter(pk=version.pk, created_at=version.created_at, source=version.source, run_id=version.run_id)
    if same.update(**told):
        announce_model(version.model_id)


def details_of(client: Client, version: ModelVersion) -> dict[str, Any]:
    """The fields of the row that the registry's other answers fill, and when to look again. Raises RegistrySilent."""
    problems: list[RegistryRefused | mlmodel.Unreadable] = []
    told: dict[str, Any] = {"details_due_at": None}
    for part in (_place, _run, _files):
        try:
            told.update(part(client, version))
        except (RegistryRefused, mlmodel.Unreadable) as problem:
            problems.append(problem)
    told["details_problem"] = text("; ".join(str(problem) for problem in problems), 500)
    if any(isinstance(problem, RegistryRefused) and problem.status >= 500 for problem in problems):
        told["details_due_at"] = after(TROUBLE_SECONDS)
    return told


def _place(client: Client, version: ModelVersion) -> dict[str, Any]:
    answer = client.get("model-versions/get-download-uri", **_named(version))
    return {"download_uri": text(answer.get("artifact_uri"), 2_000)}


def _run(client: Client, version: ModelVersion) -> dict[str, Any]:
    if not version.run_id:
        return {"run_name": "", "experiment": "", "metrics": {}, "params": {}}
    run = _part(client.get("runs/get", run_id=version.run_id), "run")
    info, data = _part(run, "info"), _part(run, "data")
    told: dict[str, Any] = {
        "run_name": text(info.get("run_name"), 300),
        "experiment": _experiment(client, text(info.get("experiment_id"), 64)),
        "metrics": numbers(data.get("metrics")),
        "params": pairs(data.get("params"), 200),
    }
    if not version.author:
        told["author"] = text(info.get("user_id"), 256)
    if info.get("status") in RUN_GOES_ON:
        # Its metrics may still come; a run that somebody forgot to end is looked at no more often than that.
        told["details_due_at"] = after(AGAIN_SECONDS)
    return told


def _experiment(client: Client, key: str) -> str:
    if not key:
        return ""
    return text(_part(client.get("experiments/get", experiment_id=key), "experiment").get("name"), 500)


def _files(client: Client, version: ModelVersion) -> dict[str, Any]:
    described = mlmodel.parse(_file(client, version, "MLmodel", mlmodel.FILE_BYTES))
    return {
        "flavors": described.flavors,
        "signature": described.signature,
        "input_example": _example(client, version, described.example) if described.example else None,
    }


def _example(client: Client, version: ModelVersion, path: str) -> Any:
    """The input example where it is JSON of a size that a page can show; else None."""
    try:
        return storable(json.loads(_file(client, version, path, EXAMPLE_BYTES)))
    except (RegistryRefused, ValueError, RecursionError):
        return None


def _file(client: Client, version: ModelVersion, path: str, most: int) -> bytes:
    """The server fetches it itself, so that also a bucket is read with the server's credentials."""
    return client.read("/model-versions/get-artifact", most, path=path, **_named(version))


def _named(version: ModelVersion) -> dict[str, str]:
    return {"name": version.model.name, "version": str(version.number)}


def _part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}
