"""The catalogue follows the registry: what appears, changes, moves and goes is in the rows after one turn."""

import json

from registry.address import ensure_registry
from registry.hooks import on_alias_moved
from registry.models import ModelAlias, ModelVersion, RegisteredModel, Registry
from tests.factories import make_team
from tests.registry.fake import EPOCH

MLMODEL = """
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}
  sklearn: {sklearn_version: 1.9.1, serialization_format: skops}
saved_input_example_info: {artifact_path: input_example.json, type: dataframe}
signature:
  inputs: '[{"type": "double", "name": "ash", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
"""
RUN = "a" * 32


def names():
    return list(RegisteredModel.objects.standing().values_list("name", flat=True))


def test_everything_that_the_registry_tells_of_a_version_is_in_its_row(sync, mlflow):
    team = make_team("vision")
    mlflow.model("wine", team="vision", description="Tells cultivars apart")
    mlflow.run(RUN)
    mlflow.version("wine", 1, run_id=RUN, current_stage="Production", tags=[{"key": "checked", "value": "yes"}])
    mlflow.alias("wine", "champion", 1)
    mlflow.file("wine", 1, "MLmodel", MLMODEL)
    mlflow.file("wine", 1, "input_example.json", '{"columns": ["ash"], "data": [[2.4]]}')
    assert sync().reason == "Synced"
    model = RegisteredModel.objects.get()
    assert (model.name, model.team, model.description, model.gone_at) == ("wine", team, "Tells cultivars apart", None)
    version = model.versions.get()
    assert (version.number, version.stage, version.status, version.tags) == (1, "Production", "READY", {"checked": "yes"})
    assert (version.run_name, version.experiment, version.author) == ("a run", "first", "ada")
    assert (version.metrics, version.params) == ({"accuracy": 0.5}, {"depth": "3"})
    assert version.flavors == {"python_function": "3.11.7", "sklearn": "1.9.1"}
    assert version.signature["inputs"] == [{"type": "double", "name": "ash", "required": True}] and version.signature["params"] is None
    assert version.input_example == {"columns": ["ash"], "data": [[2.4]]}
    assert version.download_uri == "mlflow-artifacts:/1/wine/1" and version.details_problem == "" and version.details_due_at is None
    assert version.created_at.timestamp() * 1000 == EPOCH + 1
    assert [(alias.name, alias.version) for alias in model.aliases.all()] == [("champion", version)]
    row = Registry.current()
    assert row.state == "up" and row.version == "3.17.2" and row.answered_at and row.silent_since is None


def test_what_has_not_changed_is_neither_fetched_nor_written_again(sync, mlflow, django_assert_max_num_queries):
    for number in range(1, 4):
        mlflow.version("wine", number)
        mlflow.file("wine", number, "MLmodel", MLMODEL)
    sync()
    mlflow.calls.clear()
    with django_assert_max_num_queries(25) as told:
        sync()
    assert {path for _method, path in mlflow.calls} == {"/version", "registered-models/search", "model-versions/search"}
    assert not [query for query in told.captured_queries if "UPDATE" in query["sql"] and "registry_modelversion" in query["sql"]]


def test_every_page_of_a_long_listing_is_read(sync, mlflow, monkeypatch):
    monkeypatch.setattr("registry.tracking.listing.PAGE", 10)
    for number in range(1, 36):
        mlflow.version("long", number)
    for number in range(15):
        mlflow.model(f"model-{number}")
    sync()
    assert RegisteredModel.objects.count() == 16 and ModelVersion.objects.count() == 35


def test_what_the_registry_has_deleted_is_gone_and_comes_back_when_it_does(sync, mlflow):
    mlflow.version("wine", 1)
    mlflow.version("wine", 2)
    mlflow.alias("wine", "champion", 2)
    sync()
    kept = mlflow.versions.pop()
    mlflow.models["wine"]["aliases"] = []
    sync()
    assert ModelVersion.objects.get(number=2).gone_at and not ModelVersion.objects.get(number=1).gone_at and not ModelAlias.objects.exists()
    mlflow.models.clear()
    mlflow.versions.clear()
    sync()
    assert names() == [] and RegisteredModel.objects.get().gone_at and not ModelVersion.objects.standing().exists()
    mlflow.model("wine")
    mlflow.versions.append(kept)
    sync()
    assert names() == ["wine"] and list(ModelVersion.objects.standing().values_list("number", flat=True)) == [2]


def test_moves_of_an_alias_are_told_in_the_transaction_that_records_them(sync, mlflow, monkeypatch):
    told = []
    monkeypatch.setattr("registry.sync.rows.on_alias_moved", [lambda *move: told.append(move)])
    mlflow.version("wine", 1)
    mlflow.version("wine", 2)
    mlflow.alias("wine", "champion", 1)
    sync()
    mlflow.alias("wine", "champion", 2)
    sync()
    mlflow.models["wine"]["aliases"] = []
    sync()
    model, (second, first) = RegisteredModel.objects.get(), ModelVersion.objects.all()
    assert told == [("champion", model, None, first), ("champion", model, first, second), ("champion", model, second, None)]


def test_a_hook_that_fails_undoes_its_model_and_holds_up_no_other(sync, mlflow, monkeypatch):
    def fail(name, model, old, new):
        if model.name == "bad":
            raise RuntimeError("no")

    monkeypatch.setattr("registry.sync.rows.on_alias_moved", [*on_alias_moved, fail])
    for name in ("bad", "good"):
        mlflow.version(name, 1)
        mlflow.alias(name, "champion", 1)
    sync()
    assert names() == ["good"]
    monkeypatch.setattr("registry.sync.rows.on_alias_moved", [])
    sync()
    assert names() == ["bad", "good"]


def test_a_team_that_is_made_later_gets_its_models(sync, mlflow):
    mlflow.model("wine", team="vision")
    sync()
    assert RegisteredModel.objects.get().team is None and RegisteredModel.objects.get().team_tag == "vision"
    team = make_team("vision")
    sync()
    assert RegisteredModel.objects.get().team == team


def test_a_model_made_anew_under_an_old_name_is_looked_at_anew(sync, mlflow):
    mlflow.version("wine", 1)
    mlflow.file("wine", 1, "MLmodel", MLMODEL)
    sync()
    mlflow.versions.clear()
    mlflow.version("wine", 1, creation_timestamp=EPOCH + 99, source="s3://other/place")
    mlflow.file("wine", 1, "MLmodel", "flavors: {xgboost: {xgb_version: 2.0.0}}")
    sync()
    version = ModelVersion.objects.get()
    assert version.source == "s3://other/place" and version.flavors == {"xgboost": "2.0.0"} and version.signature == {}


def test_a_run_that_goes_on_is_looked_at_again_until_it_ends(sync, mlflow):
    run = mlflow.run(RUN, info={"status": "RUNNING"})
    mlflow.version("wine", 1, run_id=RUN)
    sync()
    run["data"]["metrics"].append({"key": "f1", "value": 0.25})
    run["info"]["status"] = "FINISHED"
    assert ModelVersion.objects.get().details_due_at is not None
    ModelVersion.objects.update(details_due_at="2020-01-01T00:00:00Z")
    sync()
    version = ModelVersion.objects.get()
    assert version.metrics == {"accuracy": 0.5, "f1": 0.25} and version.details_due_at is None


def test_prompts_are_no_models(sync, mlflow):
    mlflow.model("greeting", tags=[{"key": "mlflow.prompt.is_prompt", "value": "true"}])
    mlflow.version("greeting", 1)
    mlflow.version("wine", 1)
    sync()
    assert names() == ["wine"] and Registry.current().notes == []


def test_another_address_begins_without_what_was_known_of_the_old_one(registry, settings):
    Registry.objects.update(silent_since="2020-01-01T00:00:00Z", phase="installing", version="2.0")
    settings.MLFLOW_TRACKING_URI = "https://ada:secret@mlflow.example.org/base"
    row = ensure_registry()
    assert (row.address, row.silent_since, row.phase, row.version) == ("https://mlflow.example.org/base", None, "", "")
    assert "secret" not in json.dumps(list(Registry.objects.values()), default=str)
    settings.MLFLOW_TRACKING_URI = ""
    assert ensure_registry() is None and Registry.current() is None
