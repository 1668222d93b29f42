"""A registry that is away, slow, confused or hostile: what is known stays, since when it is old is said, and nobody is held up."""

import json
import time

import pytest
from django.utils import timezone

from reconcile.models import Reconciled
from registry.models import ModelVersion, RegisteredModel, Registry
from registry.sync import mlmodel
from registry.tracking.client import ANSWER_BYTES, API
from tests.registry.fake import drip

RUN = "a" * 32


def row():
    return Registry.current()


def words():
    return row().condition("Applied")["message"]


def only(path, act):
    """A rule that acts on calls of one path of the API."""
    return lambda handler: act(handler) if handler.route == API + path else False


def says(status, body, **headers):
    def act(handler):
        handler.reply(status, body if isinstance(body, bytes) else json.dumps(body).encode(), **headers)
        return True

    return act


@pytest.fixture
def known(sync, mlflow):
    """A catalogue that has looked once."""
    mlflow.version("wine", 1)
    mlflow.file("wine", 1, "MLmodel", "flavors: {sklearn: {sklearn_version: 1.9.1}}")
    sync()
    return sync


def test_a_registry_that_is_away_is_told_with_its_beginning_and_the_catalogue_stays(known, settings):
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    before = timezone.now()
    outcome = known()
    assert outcome.reason == "RegistryUnreachable" and row().state == "silent" and "no connection" in words()
    since = row().silent_since
    assert abs((since - before).total_seconds()) < 5
    known()
    assert row().silent_since == since and RegisteredModel.objects.standing().count() == 1


def test_a_registry_that_is_back_is_seen_within_seconds_however_long_it_was_away(known, settings):
    good = settings.MLFLOW_TRACKING_URI
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    known()
    Registry.objects.update(silent_since="2026-01-01T00:00:00Z")
    assert 1 <= known().retry_after <= 10
    settings.MLFLOW_TRACKING_URI = good
    assert known().reason == "Synced" and row().state == "up" and row().silent_since is None


def test_a_server_that_is_being_prepared_is_not_missed(registry, sync, settings):
    registry.enter(Registry.Phase.STARTING, "soon")
    good = settings.MLFLOW_TRACKING_URI
    settings.MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
    sync()
    assert row().state == "preparing" and row().silent_since is None
    settings.MLFLOW_TRACKING_URI = good
    sync()
    assert row().state == "up" and row().phase == ""


def test_a_registry_that_sends_a_byte_now_and_then_holds_no_worker(known, mlflow):
    mlflow.before = only("model-versions/search", drip)
    begin = time.monotonic()
    assert known().reason == "RegistryUnreachable"
    assert time.monotonic() - begin < 4 and "too long" in words()


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (says(200, b"<html>a captive portal</html>"), "does not speak MLflow's API"),
        (says(200, b'["a list"]'), "does not speak MLflow's API"),
        (says(200, b"\xff\xfe"), "does not speak MLflow's API"),
        (says(302, b"", Location="http://169.254.169.254/latest/"), "HTTP 302"),
        (says(503, b"starting"), "HTTP 503"),
        (says(401, {"error_code": "UNAUTHENTICATED", "message": "who are\x00 you?"}), "HTTP 401: who are you?"),
        (says(500, b"<h1>oops</h1>"), "HTTP 500: <h1>oops</h1>"),
        (says(200, b" " * (ANSWER_BYTES + 1)), "larger than 16000 kB"),
        (says(200, b"x" * 10, Content_Length="4000"), "too long"),
    ],
    ids=["html", "list", "no text", "redirect", "gateway", "sign-in", "failure", "huge", "cut"],
)
def test_what_is_no_answer_is_told_and_changes_nothing(known, mlflow, act, told):
    mlflow.before = only("registered-models/search", act)
    known()
    assert row().state == "silent" and told in words()
    assert list(RegisteredModel.objects.standing().values_list("name", flat=True)) == ["wine"]


def test_a_page_that_names_itself_as_the_next_one_ends(known, mlflow):
    mlflow.before = only("registered-models/search", says(200, {"registered_models": [], "next_page_token": "again"}))
    known()
    assert len([call for call in mlflow.calls if call[1] == "registered-models/search"]) <= 4


def test_more_models_than_the_limit_are_not_taken_for_deleted(known, mlflow, monkeypatch):
    monkeypatch.setattr("registry.tracking.listing.MODELS", 2)
    monkeypatch.setattr("registry.tracking.listing.PAGE", 1)
    mlflow.models = {**{name: mlflow.model(name) for name in ("a", "b")}, "wine": mlflow.models["wine"]}
    known()
    assert set(RegisteredModel.objects.standing().values_list("name", flat=True)) == {"a", "b", "wine"} and row().notes == ["incomplete"]


def test_entries_that_make_no_sense_are_left_out_and_counted(known, mlflow):
    mlflow.models["odd"] = {"name": ["no text"]}
    for name in ("", ".", "..", "a/b", "x" * 300, "two\nlines", " blank"):
        mlflow.model(name)
    mlflow.versions += [{"name": "wine", "version": word} for word in ("", "0", "-1", "two", None, "9" * 30, True)]
    mlflow.versions.append({"name": "unknown model", "version": "1"})
    known()
    assert list(RegisteredModel.objects.standing().values_list("name", flat=True)) == ["wine"]
    assert list(ModelVersion.objects.values_list("number", flat=True)) == [1]
    assert row().notes == ["left-out 16"]


def test_texts_of_the_registry_are_bounded_and_hold_nothing_that_forges(known, mlflow):
    evil = "a\x00b\x1b[31m\u202egnp.exe<script>"
    mlflow.models["wine"].update(
        description=evil + "x" * 9_000,
        tags=[{"key": f"k{number}", "value": evil} for number in range(300)] + [{"key": "slipway.dev/team", "value": "vision"}],
        creation_timestamp="later",
        last_updated_timestamp=10**30,
    )
    mlflow.run(RUN, data={"metrics": [{"key": "nan", "value": "NaN"}, {"key": "bad", "value": "x"}, {"key": "big", "value": "Infinity"}]})
    mlflow.versions[0].update(run_id=RUN, description=evil, tags="none", status={"no": "text"})
    known()
    model, version = RegisteredModel.objects.get(), ModelVersion.objects.get()
    assert len(model.description) == 5_000 and model.description.startswith("ab[31mgnp.exe<script>")
    assert len(model.tags) == 100 and set(model.tags.values()) == {"ab[31mgnp.exe<script>"}
    assert model.team_tag == "vision", "the team counts however many tags there are"
    assert model.created_at is None and model.updated_at is None
    assert version.metrics == {"big": "inf", "nan": "nan"} and version.tags == {} and version.status == ""


def test_a_team_tag_without_a_name_makes_a_model_nobodys_and_not_everybodys(known, mlflow):
    mlflow.models["wine"]["tags"] = [{"key": "slipway.dev/team", "value": ""}]
    known()
    assert RegisteredModel.objects.get().team_tag == "?"


def test_details_that_cannot_be_had_are_a_problem_of_that_version_alone(known, mlflow):
    mlflow.version("wine", 2, run_id="b" * 32)
    mlflow.version("wine", 3)
    mlflow.file("wine", 3, "MLmodel", "flavors: {xgboost: {xgb_version: 2.0}}")
    known()
    second, third = ModelVersion.objects.get(number=2), ModelVersion.objects.get(number=3)
    assert second.details_problem == "run not found; file not found" and second.details_due_at is None
    assert third.flavors == {"xgboost": "2.0"} and third.details_problem == ""


def test_details_that_fail_for_now_are_fetched_later(known, mlflow):
    mlflow.version("wine", 2)
    mlflow.before = lambda handler: handler.route.endswith("get-artifact") and says(500, b"bucket away")(handler)
    known()
    version = ModelVersion.objects.get(number=2)
    assert version.details_problem == "bucket away" and version.details_due_at > timezone.now()


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"- " * 60_000 + b"a",
        b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        b"\xff\xfe\x00",
        b"just a text",
        b"flavors: [unclosed",
        b"!!python/object/apply:os.system ['true']",
        b"a" * (mlmodel.FILE_BYTES + 1),
        b"\n".join(b"k%d: v" % number for number in range(30_000)),
    ],
    ids=["brackets", "dashes", "references", "bytes", "text", "unclosed", "object", "large", "long"],
)
def test_an_mlmodel_file_that_is_an_attack_ends_no_worker(known, mlflow, content):
    mlflow.version("wine", 2)
    mlflow.file("wine", 2, "MLmodel", content)
    known()
    version = ModelVersion.objects.get(number=2)
    assert version.details_problem and version.flavors == {} and version.signature == {}


def test_an_input_example_that_is_no_small_json_is_left_out(known, mlflow):
    described = "flavors: {}\nsaved_input_example_info: {artifact_path: example.json}"
    for number, example in enumerate([b"[" * 50_000, b"x", b"[1]" + b" " * 70_000, b'{"a": NaN}'], 2):
        mlflow.version("wine", number)
        mlflow.file("wine", number, "MLmodel", described)
        mlflow.file("wine", number, "example.json", example)
    known()
    assert dict(ModelVersion.objects.values_list("number", "input_example")) == {1: None, 2: None, 3: None, 4: None, 5: {"a": "nan"}}


def test_without_a_registry_nothing_is_looked_for(known, settings):
    settings.MLFLOW_TRACKING_URI = ""
    assert known().reason == "NotConfigured"
    assert issubclass(Registry, Reconciled) and Registry.objects.get().next_reconcile_at is None
