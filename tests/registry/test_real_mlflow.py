"""Against a real MLflow server: what the fake takes for granted is so."""

import itertools
import json
import subprocess
import sys

import pytest

from registry import actions
from registry.actions.register import Origin
from registry.address import ensure_registry
from registry.models import ModelVersion, RegisteredModel
from tests.factories import make_team, make_user
from tests.registry.conftest import carry_out
from tests.registry.server import in_python, real_mlflow
from tests.supervisor.quickstart import ROOT

pytestmark = [pytest.mark.registry, pytest.mark.django_db, pytest.mark.xdist_group("mlflow"), pytest.mark.timeout(600)]

RUN = """
import sys, mlflow
from sklearn.linear_model import LinearRegression
client = mlflow.MlflowClient(sys.argv[1])
mlflow.set_tracking_uri(sys.argv[1])
ids = []
for name in ("free", "theirs"):
    experiment = mlflow.set_experiment(name).experiment_id
    with mlflow.start_run(run_name="by hand") as run:
        mlflow.log_metric("r2", 0.75)
        mlflow.log_param("depth", 3)
        model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
        logged = mlflow.sklearn.log_model(model, name="line", pip_requirements=["scikit-learn"])
    ids += [run.info.run_id, logged.model_id]
client.set_experiment_tag(experiment, "slipway.dev/team", "speech")
print(" ".join(ids))
"""
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One server for the module."""
    with real_mlflow(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="module")
def runs(address):
    """A run that is nobody's, its logged model, and the same of another team."""
    return in_python(RUN, address).split()


@pytest.fixture
def registry(db, settings, address):
    """The row of the real server."""
    settings.MLFLOW_TRACKING_URI = address
    return ensure_registry()


@pytest.fixture
def team():
    return make_team("vision")


@pytest.fixture
def owner(team):
    return make_user("olga", {"vision": "owner"})


@pytest.fixture
def model(sync, owner, team, runs):
    """A model of the team, registered through the portal from a run of somebody's own."""
    name = f"line-{next(numbers)}"
    change = carry_out(actions.register_model(actor=owner, name=name, team=team, origin=Origin(run_id=runs[0], description="a line")))
    assert (change.state, change.result) == ("done", {"version": 1}), change.message
    sync()
    return RegisteredModel.objects.get(name=name)


def test_a_run_becomes_a_version_with_all_that_it_tells(model, team):
    version = model.versions.get()
    assert (model.team, model.description, version.run_name, version.experiment) == (team, "a line", "by hand", "free")
    assert (version.metrics, version.params, version.is_ready) == ({"r2": 0.75}, {"depth": "3"}, True)
    assert version.flavors.keys() == {"sklearn", "python_function"} and version.download_uri.startswith("mlflow-artifacts:/")
    assert version.details_problem == "" and version.details_due_at is None


def test_the_same_change_twice_makes_one_version(model, owner, sync):
    origin = Origin(source=f"models:/{model.name}/1")
    change = actions.register_version(actor=owner, model=model, origin=origin)
    assert carry_out(change).result == {"version": 2}
    type(change).objects.filter(pk=change.pk).update(observed_generation=0, next_reconcile_at="2020-01-01T00:00:00Z", result={})
    assert carry_out(change).result == {"version": 2}
    sync()
    first, second = model.versions.order_by("number")
    assert second.download_uri == first.download_uri and second.flavors == first.flavors


def test_aliases_and_tags_go_there_and_come_back(model, owner, sync):
    for change in (
        actions.set_alias(actor=owner, model=model, alias="champion", number=1),
        actions.set_tag(actor=owner, model=model, key="checked", value="yes", number=1),
        actions.set_tag(actor=owner, model=model, key="field", value="geometry"),
    ):
        assert carry_out(change).state == "done", change.message
    sync()
    model.refresh_from_db()
    assert model.tags["field"] == "geometry" and model.versions.get().tags["checked"] == "yes"
    assert [alias.version.number for alias in model.aliases.all()] == [1]
    for change in (
        actions.delete_alias(actor=owner, model=model, alias="champion"),
        actions.delete_tag(actor=owner, model=model, key="checked", number=1),
        actions.delete_tag(actor=owner, model=model, key="field"),
    ):
        assert carry_out(change).state == "done", change.message
    again = actions.set_tag(actor=owner, model=model, key="field", value="x")
    carry_out(again)
    sync()
    model.refresh_from_db()
    assert not model.aliases.exists() and "checked" not in model.versions.get().tags and model.tags["field"] == "x"


def test_what_mlflow_refuses_is_told_in_its_words(model, owner, address):
    change = actions.set_alias(actor=owner, model=model, alias="champion", number=1)
    in_python(f"import mlflow; mlflow.MlflowClient({address!r}).delete_model_version({model.name!r}, '1')")
    assert carry_out(change).state == "failed" and "Model Version" in change.message


def test_another_teams_experiment_gives_nothing_away(model, owner, runs):
    for origin in (Origin(run_id=runs[2]), Origin(source=f"models:/{runs[3]}")):
        change = carry_out(actions.register_version(actor=owner, model=model, origin=origin))
        assert change.state == "failed" and "another team" in change.message
    assert model.versions.count() == 1


def test_the_demo_models_are_trained_once_and_belong_to_their_teams(registry, sync, address, tmp_path):
    for name in ("vision", "speech"):
        make_team(name)
    command = [sys.executable, "manage.py", "demo_models"]
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PORTAL_HOME": str(tmp_path), "MLFLOW_TRACKING_URI": address}
    told = [subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280) for _time in range(2)]
    assert [done.returncode for done in told] == [0, 0], told[0].stderr[-2_000:]
    assert "none was missing" in told[1].stdout
    sync()
    found = {
        (row.model.name, row.model.team.name, row.number): sorted(alias.name for alias in row.aliases.all())
        for row in ModelVersion.objects.filter(model__name__in=["digits", "wine"])
    }
    assert found == {("digits", "vision", 1): ["champion"], ("digits", "vision", 2): ["challenger"], ("wine", "speech", 1): ["champion"]}
    for version in ModelVersion.objects.filter(model__name__in=["digits", "wine"]):
        assert version.metrics["accuracy"] > 0.9 and version.signature["inputs"] and version.input_example and version.flavors["sklearn"]
        assert json.dumps(version.input_example)
