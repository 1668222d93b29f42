"""A change of the registry: who may ask for it, what it does there, and that it does it once."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.errors import Conflict
from audit.models import Entry
from registry import actions
from registry.actions.register import Origin
from registry.carry.register import MARK
from registry.models import Change, ModelAlias, ModelVersion, RegisteredModel
from tests.factories import make_team, make_user
from tests.registry.conftest import carry_out
from tests.registry.fake import API

RUN, OTHER_RUN, LOGGED = "a" * 32, "b" * 32, "m-" + "c" * 32


@pytest.fixture
def team(db):
    return make_team("vision")


@pytest.fixture
def owner(team):
    return make_user("olga", {"vision": "owner"})


@pytest.fixture
def member(team):
    return make_user("mia", {"vision": "member"})


@pytest.fixture
def admin(db):
    return make_user("ada", platform_roles=["admin"])


@pytest.fixture
def model(sync, mlflow, team):
    """A model of the team with two versions, champion at the first; a run and a logged model beside it."""
    mlflow.model("digits", team="vision")
    mlflow.version("digits", 1)
    mlflow.version("digits", 2)
    mlflow.alias("digits", "champion", 1)
    mlflow.logged[LOGGED] = {"model_id": LOGGED, "name": "model", "experiment_id": "1", "source_run_id": RUN}
    mlflow.run(RUN, outputs={"model_outputs": [{"model_id": LOGGED}]})
    sync()
    return RegisteredModel.objects.get()


def aliases(mlflow, name="digits"):
    return {entry["alias"]: entry["version"] for entry in mlflow.models[name]["aliases"]}


def versions(mlflow, name="digits"):
    return [row for row in mlflow.versions if row["name"] == name]


def new(**words):
    return {"name": "faces", "origin": Origin(run_id=RUN), **words}


def test_an_owner_moves_an_alias_and_the_catalogue_follows(model, mlflow, owner, sync):
    change = actions.set_alias(actor=owner, model=model, alias="champion", number=2, seen=1)
    assert change.state == "pending" and aliases(mlflow) == {"champion": "1"}
    assert carry_out(change).state == "done" and aliases(mlflow) == {"champion": "2"}
    sync()
    assert ModelAlias.objects.get().version.number == 2
    entry = Entry.objects.get(action="model.set_alias")
    assert (entry.actor, entry.team_name, entry.detail["before"], entry.detail["version"]) == (owner, "vision", 1, 2)


def test_an_owner_removes_an_alias_also_one_that_is_gone_already(model, mlflow, owner):
    change = actions.delete_alias(actor=owner, model=model, alias="champion")
    mlflow.models["digits"]["aliases"] = []
    assert carry_out(change).state == "done"


def test_a_member_registers_a_version_from_a_run_once_however_often_it_is_tried(model, mlflow, member):
    change = actions.register_version(actor=member, model=model, origin=Origin(run_id=RUN, description="better"))
    # The answer to the call that made it is lost: the next attempt must find what it made.
    mlflow.after = lambda handler: handler.route == f"{API}model-versions/create" and cut(handler)
    assert carry_out(change).state == "pending" and "does not answer" in change.message
    mlflow.after = None
    done = carry_out(change)
    assert done.state == "done" and done.result == {"version": 3}
    [made] = [row for row in versions(mlflow) if int(row["version"]) > 2]
    assert (made["source"], made["run_id"], made["model_id"], made["description"]) == (f"models:/{LOGGED}", RUN, LOGGED, "better")
    assert made["tags"] == [{"key": MARK, "value": change.claim}]


def cut(handler):
    handler.close_connection = True
    handler.wfile.close()
    return True


def test_a_member_brings_a_new_model_that_is_the_teams_from_the_start(model, mlflow, member, team, sync):
    change = actions.register_model(actor=member, team=team, **new())
    assert carry_out(change).state == "done"
    assert {"key": "slipway.dev/team", "value": "vision"} in mlflow.models["faces"]["tags"]
    sync()
    assert RegisteredModel.objects.get(name="faces").team == team


def test_a_name_that_somebody_took_meanwhile_is_not_taken_over(model, mlflow, member, team):
    change = actions.register_model(actor=member, team=team, **new())
    mlflow.model("faces", team="vision")
    assert carry_out(change).state == "failed" and "already" in change.message and versions(mlflow, "faces") == []


def test_tags_are_set_and_removed_at_models_and_versions(model, mlflow, member, sync):
    carry_out(actions.set_tag(actor=member, model=model, key="stage", value="good"))
    carry_out(actions.set_tag(actor=member, model=model, key="checked", value="yes", number=2))
    assert {"key": "stage", "value": "good"} in mlflow.models["digits"]["tags"]
    assert versions(mlflow)[1]["tags"] == [{"key": "checked", "value": "yes"}]
    sync()
    carry_out(actions.delete_tag(actor=member, model=model, key="checked", number=2))
    assert versions(mlflow)[1]["tags"] == []


@pytest.mark.parametrize("role", ["viewer", "stranger", "nobody"])
def test_who_does_not_belong_to_the_team_changes_nothing(model, role, team):
    who = make_user(role, {"viewer": {"vision": "viewer"}, "stranger": {"speech": "owner"}, "nobody": {}}[role])
    tries = [
        lambda: actions.set_alias(actor=who, model=model, alias="champion", number=2),
        lambda: actions.delete_alias(actor=who, model=model, alias="champion"),
        lambda: actions.register_version(actor=who, model=model, origin=Origin(run_id=RUN)),
        lambda: actions.register_model(actor=who, team=team, **new()),
        lambda: actions.register_model(actor=who, team=None, **new()),
        lambda: actions.set_tag(actor=who, model=model, key="a", value="b"),
        lambda: actions.delete_tag(actor=who, model=model, key="a"),
    ]
    for attempt in tries:
        with pytest.raises(PermissionDenied):
            attempt()
    assert not Change.objects.exists() and Entry.objects.filter(outcome="denied").count() == len(tries)


def test_a_member_cannot_move_an_alias_and_an_owner_cannot_touch_a_common_model(model, mlflow, member, owner, admin, sync):
    with pytest.raises(PermissionDenied):
        actions.set_alias(actor=member, model=model, alias="champion", number=2)
    mlflow.version("common", 1)
    sync()
    common = RegisteredModel.objects.get(name="common")
    for attempt in (actions.set_alias, actions.register_version):
        words = {"alias": "champion", "number": 1} if attempt is actions.set_alias else {"origin": Origin(run_id=RUN)}
        with pytest.raises(PermissionDenied):
            attempt(actor=owner, model=common, **words)
    assert carry_out(actions.set_alias(actor=admin, model=common, alias="champion", number=1)).state == "done"


def test_a_model_whose_tag_names_no_team_is_the_administrators(model, mlflow, owner, admin, sync):
    mlflow.model("odd", team="no-such-team")
    mlflow.version("odd", 1)
    sync()
    odd = RegisteredModel.objects.get(name="odd")
    assert odd not in RegisteredModel.objects.visible_to(owner) and odd in RegisteredModel.objects.visible_to(admin)
    with pytest.raises(PermissionDenied):
        actions.set_alias(actor=owner, model=odd, alias="champion", number=1)


def test_a_stale_page_moves_nothing(model, owner):
    for seen in (0, 2):
        with pytest.raises(Conflict, match="meanwhile"):
            actions.set_alias(actor=owner, model=model, alias="champion", number=2, seen=seen)
    with pytest.raises(Conflict, match="already"):
        actions.set_alias(actor=owner, model=model, alias="champion", number=1, seen=1)
    assert not Change.objects.exists()


@pytest.mark.parametrize("alias", ["", "latest", "V12", "v1", "a b", "1st", "a" * 64, "a/b", "ä"])
def test_words_that_cannot_be_an_alias_are_answered_with_what_can(model, owner, alias):
    with pytest.raises(ValidationError):
        actions.set_alias(actor=owner, model=model, alias=alias, number=2)


@pytest.mark.parametrize("key", ["slipway.dev/team", "slipway.dev/change", "mlflow.source", "", "a b", "-a", "x" * 121])
def test_tags_that_others_read_are_nobodys_to_set(model, member, key):
    with pytest.raises(ValidationError):
        actions.set_tag(actor=member, model=model, key=key, value="x")
    with pytest.raises(ValidationError):
        actions.delete_tag(actor=member, model=model, key=key)


def test_another_teams_run_experiment_and_files_are_refused_when_the_registry_tells_whose_they_are(model, mlflow, member, sync):
    speech = [{"key": "slipway.dev/team", "value": "speech"}]
    make_team("speech")
    mlflow.experiments["2"] = {"experiment_id": "2", "name": "theirs", "tags": speech}
    mlflow.run(OTHER_RUN, info={"experiment_id": "2", "artifact_uri": "mlflow-artifacts:/2/x/artifacts"})
    mlflow.run("d" * 32, data={"tags": speech})
    mlflow.run("e" * 32)
    mlflow.model("voices", team="speech")
    mlflow.version("voices", 1, run_id="e" * 32)
    theirs = "m-" + "d" * 32
    mlflow.logged[theirs] = {"model_id": theirs, "name": "model", "experiment_id": "2", "source_run_id": ""}
    sync()
    before = len(mlflow.versions)
    origins = [Origin(run_id=OTHER_RUN), Origin(run_id="d" * 32), Origin(run_id="e" * 32), Origin(source=f"models:/{theirs}")]
    origins += [
        Origin(source=f"mlflow-artifacts:/{path}") for path in ("2/any", "1/voices/1", "1/voices/1/artifacts", "1/voices", "no-number/x")
    ]
    for origin in origins:
        change = carry_out(actions.register_version(actor=member, model=model, origin=origin))
        assert change.state == "failed", (origin, change.message)
    assert len(mlflow.versions) == before


def test_a_model_that_changed_hands_meanwhile_is_left_alone(model, mlflow, owner, member):
    moves = [
        actions.set_alias(actor=owner, model=model, alias="champion", number=2),
        actions.set_tag(actor=member, model=model, key="a", value="b"),
        actions.register_version(actor=member, model=model, origin=Origin(run_id=RUN)),
    ]
    for tags in ([{"key": "slipway.dev/team", "value": "speech"}], []):
        mlflow.models["digits"]["tags"] = tags
        Change.objects.update(conditions=[])
        for change in moves:
            Change.objects.filter(pk=change.pk).update(next_reconcile_at=timezone.now())
            assert carry_out(change).state == "failed"
    assert aliases(mlflow) == {"champion": "1"} and len(versions(mlflow)) == 2 and mlflow.models["digits"]["tags"] == []


def test_a_version_of_another_model_can_be_copied_only_where_it_is_seen(model, mlflow, member, team, sync):
    make_team("speech")
    mlflow.model("voices", team="speech")
    mlflow.version("voices", 1)
    mlflow.version("common", 1)
    mlflow.alias("common", "champion", 1)
    sync()
    with pytest.raises(ValidationError, match="no such version"):
        actions.register_version(actor=member, model=model, origin=Origin(source="models:/voices/1"))
    change = actions.register_version(actor=member, model=model, origin=Origin(source="models:/common@champion"))
    assert carry_out(change).state == "done" and versions(mlflow)[-1]["source"] == "models:/common/1"


def test_a_bucket_must_be_the_teams_or_an_administrators_word(model, mlflow, member, admin, monkeypatch):
    monkeypatch.setattr("registry.sources.team_storage", [lambda team: [f"s3://models-{team.name}/"]])
    for source in ("s3://models-vision2/x", "s3://models-speech/x", "gs://models-vision/x", "s3://models-visio/n/x"):
        with pytest.raises(ValidationError, match="belong"):
            actions.register_version(actor=member, model=model, origin=Origin(source=source))
    assert carry_out(actions.register_version(actor=member, model=model, origin=Origin(source="s3://models-vision/x"))).state == "done"
    assert carry_out(actions.register_version(actor=admin, model=model, origin=Origin(source="gs://elsewhere/x"))).state == "done"


def test_a_registry_that_is_away_is_waited_for_and_after_an_hour_no_more(model, mlflow, owner, settings):
    change = actions.set_alias(actor=owner, model=model, alias="champion", number=2)
    good, settings.MLFLOW_TRACKING_URI = settings.MLFLOW_TRACKING_URI, "http://127.0.0.1:9"
    assert carry_out(change).state == "pending" and change.next_reconcile_at
    Change.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))
    change.refresh_from_db()
    assert carry_out(change).state == "failed" and "an hour" in change.message
    settings.MLFLOW_TRACKING_URI = good
    carry_out(change)
    assert aliases(mlflow) == {"champion": "1"}, "what was given up is not done later"


def test_changes_of_one_model_are_carried_out_in_the_order_in_which_they_were_asked_for(model, mlflow, owner):
    first = actions.set_alias(actor=owner, model=model, alias="champion", number=2)
    second = actions.set_alias(actor=owner, model=model, alias="challenger", number=1)
    assert carry_out(second).state == "pending" and aliases(mlflow) == {"champion": "1"}
    assert carry_out(first).state == "done" and carry_out(second).state == "done"
    assert aliases(mlflow) == {"champion": "2", "challenger": "1"}


def test_what_mlflow_refuses_is_told_in_its_words_and_not_tried_again(model, mlflow, owner):
    change = actions.set_alias(actor=owner, model=model, alias="champion", number=2)
    mlflow.versions.pop()
    assert carry_out(change).state == "failed" and change.message == "version not found" and change.next_reconcile_at is None


def test_nobody_fills_the_queue(model, mlflow, member):
    for number in range(20):
        actions.set_tag(actor=member, model=model, key=f"k{number}", value="x")
    with pytest.raises(Conflict, match="still wait"):
        actions.set_tag(actor=member, model=model, key="one-more", value="x")


def test_without_a_registry_nothing_can_be_asked_for(model, owner, settings):
    settings.MLFLOW_TRACKING_URI = ""
    with pytest.raises(Conflict, match="No model registry"):
        actions.set_alias(actor=owner, model=model, alias="champion", number=2)


def test_what_was_deleted_cannot_be_changed_and_a_taken_name_cannot_be_taken(model, mlflow, owner, member, team, sync):
    with pytest.raises(Conflict, match="already"):
        actions.register_model(actor=member, team=team, name="digits", origin=Origin(run_id=RUN))
    mlflow.models.clear()
    sync()
    model.refresh_from_db()
    for attempt in (
        lambda: actions.set_alias(actor=owner, model=model, alias="champion", number=2),
        lambda: actions.register_version(actor=owner, model=model, origin=Origin(run_id=RUN)),
        lambda: actions.set_tag(actor=owner, model=model, key="a", value="b"),
    ):
        with pytest.raises(Conflict, match="deleted"):
            attempt()
    assert not ModelVersion.objects.standing().exists()
