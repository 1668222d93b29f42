"""Finds the files that a version is to be made of, and whether they are the team's to give."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry.carry.refusal import Refusal
from registry.carry.standing import require_same_team
from registry.models import Change, ModelVersion
from registry.tracking.client import Client

LOGGED_MODEL = re.compile(r"models:/(?P<id>m-[0-9a-f]{32})", re.ASCII)
PROXIED = re.compile(r"mlflow-artifacts:/(?P<experiment>[0-9]+)/.+", re.ASCII)


def files_of(client: Client, change: Change) -> dict[str, str]:
    """The words of MLflow's create call: source, and run_id and model_id where there are such. Raises Refusal, RegistryRefused."""
    words = change.arguments
    if words["run_id"]:
        return _of_run(client, change, words["run_id"], words["artifact"])
    logged = LOGGED_MODEL.fullmatch(words["source"])
    if logged:
        return _of_logged_model(client, change, logged["id"])
    proxied = PROXIED.fullmatch(words["source"])
    if proxied:
        _require_own_experiment(client, change, proxied["experiment"])
        _require_nobody_elses(change, within(words["source"]))
    elif words["source"].startswith("mlflow-artifacts:"):
        raise Refusal(_("An address in the registry's own store begins with mlflow-artifacts:/ and the number of an experiment."))
    return {"source": words["source"]}


def _of_run(client: Client, change: Change, run_id: str, artifact: str) -> dict[str, str]:
    """The logged model of that path; in a run of an older MLflow, the folder of that path."""
    run = _part(client.get("runs/get", run_id=run_id), "run")
    _require_own_run(client, change, run)
    models = [_logged(client, model_id) for model_id in _outputs(run)]
    named = [model for model in models if not artifact or model.get("name") == artifact]
    if len(named) > 1:
        names = ", ".join(sorted(str(model.get("name"))[:60] for model in named)[:10])
        raise Refusal(_("The run has several models; name one of them: %(names)s.") % {"names": names})
    if named:
        return _words(named[0], run_id)
    root = str(_part(run, "info").get("artifact_uri", ""))
    if models or not root.startswith(("mlflow-artifacts:/", "s3://", "gs://")):
        raise Refusal(_("The run has no model at this path."))
    source = f"{root.rstrip('/')}/{artifact or 'model'}"
    _require_nobody_elses(change, within(source))
    return {"source": source, "run_id": run_id}


def _of_logged_model(client: Client, change: Change, model_id: str) -> dict[str, str]:
    model = _logged(client, model_id)
    run_id = str(model.get("source_run_id") or "")
    if run_id:
        _require_own_run(client, change, _part(client.get("runs/get", run_id=run_id), "run"))
    else:
        _require_own_experiment(client, change, str(model.get("experiment_id", "")))
    require_same_team(change, model.get("tags"), _("logged model"))
    return _words(model, run_id)


def _require_own_run(client: Client, change: Change, run: dict[str, Any]) -> None:
    require_same_team(change, _part(run, "data").get("tags"), _("run"))
    info = _part(run, "info")
    _require_own_experiment(client, change, str(info.get("experiment_id", "")))
    _require_nobody_elses(change, Q(run_id=str(info.get("run_id", ""))) & ~Q(run_id=""))


def _require_own_experiment(client: Client, change: Change, experiment: str) -> None:
    found = _part(client.get("experiments/get", experiment_id=experiment), "experiment")
    require_same_team(change, found.get("tags"), _("experiment"))


def within(address: str) -> Q:
    """Versions whose files lie at the address, below it or around it."""
    parts = address.split("/")
    around = [prefix for end in range(2, len(parts)) for prefix in ("/".join(parts[:end]), "/".join(parts[:end]) + "/")]
    places = [address, f"{address}/", *around]
    return (
        Q(download_uri__in=places) | Q(download_uri__startswith=f"{address}/") | Q(source__in=places) | Q(source__startswith=f"{address}/")
    )


def _require_nobody_elses(change: Change, places: Q) -> None:
    """Files that a version of another team's model is made of are that team's, whatever their experiment is tagged with."""
    others: QuerySet[ModelVersion] = ModelVersion.objects.filter(places).exclude(model__team_tag="")
    if others.exclude(model__team=change.team).exists() if change.team else others.exists():
        raise Refusal(_("The files belong to a model of another team."))


def _logged(client: Client, model_id: str) -> dict[str, Any]:
    return _part(_part(client.get(f"logged-models/{model_id}"), "model"), "info")


def _outputs(run: dict[str, Any]) -> list[str]:
    outputs = _part(run, "outputs").get("model_outputs")
    found = [str(output.get("model_id")) for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return [model_id for model_id in found if re.fullmatch(r"m-[0-9a-f]{32}", model_id)][:20]


def _words(model: dict[str, Any], run_id: str) -> dict[str, str]:
    model_id = str(model["model_id"])
    return {"source": f"models:/{model_id}", "model_id": model_id, **({"run_id": run_id} if run_id else {})}


def _part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}
