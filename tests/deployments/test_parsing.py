"""What people write becomes typed values, and what cannot be read is answered with what to write, at its field."""

import pytest
from django.core.exceptions import ValidationError

from clusters.models import GpuFlavor
from deployments.parsing import changed_spec, parse_follows, parse_spec, parse_trial, written_spec
from deployments.spec import Scaling, Size, Source, Variable
from tests.deploying import make_model, make_serving_namespace, make_version, move_alias
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db

GIB = 2**30
WRITTEN = {"model": "defects", "version": 1, "cpu_request": "500m", "memory_request": "1Gi"}
HUB = {"name": "HF_TOKEN", "source": "secret", "object": "hub", "key": "token"}


@pytest.fixture
def namespace():
    make_version("defects", aliases=("champion",))
    return make_serving_namespace()


@pytest.fixture
def bob():
    return make_user("bob", {"vision": "member"})


def parse(namespace, bob, **changes):
    written = {name: value for name, value in {**WRITTEN, **changes}.items() if value != "absent"}
    return parse_spec(written, namespace=namespace, user=bob)


def problems(namespace, bob, **changes):
    with pytest.raises(ValidationError) as caught:
        parse(namespace, bob, **changes)
    return caught.value.message_dict


def test_little_is_enough(namespace, bob):
    spec = parse(namespace, bob)
    assert spec.size == Size(500, 500, GIB, GIB)
    assert spec.source == Source("model", "defects", 1, "", "mlflow-artifacts:/1/defects/1")
    assert (spec.runtime, spec.protocol, spec.scaling, spec.exposure) == ("mlflow", "v2", Scaling(), "cluster")


def test_everything_that_is_written_comes_back_as_it_was_understood(namespace, bob):
    given = {
        **WRITTEN,
        "runtime": "sklearn",
        "protocol": "v1",
        "cpu_limit": "2",
        "memory_limit": "3000Mi",
        "flavor": "h100",
        "gpus": "1",
        "minimum": 1,
        "maximum": 4,
        "cpu_target": 80,
        "memory_target": 70,
        "up_seconds": 10,
        "down_seconds": 60,
        "env": [HUB],
        "ready_path": "/ready",
        "startup_seconds": 60,
        "spread": "zones",
        "min_available": 1,
        "exposure": "outside",
        "strategy": "recreate",
    }
    written = written_spec(parse_spec(given, namespace=namespace, user=bob))
    assert {name: written[name] for name in given} == given
    again = parse_spec(written, namespace=namespace, user=bob)
    assert written_spec(again) == written


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cpu_request": "-1"}, "cpu_request"),
        ({"cpu_limit": " 2"}, "cpu_limit"),
        ({"memory_request": "1e400"}, "memory_request"),
        ({"memory_limit": "4 Gi"}, "memory_limit"),
        ({"gpus": "0.5"}, "gpus"),
        ({"gpus": "-1"}, "gpus"),
        ({"minimum": "1.5"}, "minimum"),
        ({"minimum": True}, "minimum"),
        ({"maximum": "٣"}, "maximum"),
        ({"maximum": "9" * 40}, "maximum"),
        ({"runtime": "perl"}, "runtime"),
        ({"protocol": "v3"}, "protocol"),
        ({"exposure": "everybody"}, "exposure"),
        ({"model": "unknown"}, "model"),
        ({"model": "absent"}, "model"),
        ({"uri": "s3://a/b"}, "model"),
        ({"version": 2}, "version"),
        ({"version": "absent"}, "version"),
        ({"version": "first"}, "version"),
        ({"alias": "challenger"}, "alias"),
        ({"env": [{"name": "A", "value": "secret"}]}, "env"),
        ({"env": [{**HUB, "value": "secret"}]}, "env"),
        ({"env": [{**HUB, "source": "file"}]}, "env"),
        ({"env": {"A": "secret"}}, "env"),
        ({"env": [HUB] * 101}, "env"),
        ({"args": ["a"] * 101}, "args"),
        ({"args": "--name 'open"}, "args"),
        ({"args": [1]}, "args"),
        ({"model": "absent", "version": "absent", "uri": "s3://" + "a" * 1000}, "uri"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(namespace, bob, changes, field):
    assert list(problems(namespace, bob, **changes)) == [field]


def test_everything_is_told_at_once(namespace, bob):
    assert set(problems(namespace, bob, cpu_request="-1", gpus="0.5", model="unknown")) == {"cpu_request", "gpus", "model"}


def test_a_value_is_refused_and_never_repeated(namespace, bob):
    for env in ([{"name": "TOKEN", "value": "canary"}], "TOKEN=canary", "TOKEN=secret:canary"):
        told = str(problems(namespace, bob, env=env))
        assert "canary" not in told


def test_a_part_of_a_card_is_answered_with_the_shared_flavor(namespace, bob):
    assert "no shared flavor" in problems(namespace, bob, gpus="0.5")["gpus"][0]
    account = namespace.cluster.flavors.get().account
    shared = {"cluster": namespace.cluster, "account": account, "shared": True}
    foreign = GpuFlavor.objects.create(name="l4-foreign", **shared)
    foreign.trusted_teams.set([make_team("speech")])
    assert "there is l4-foreign; ask an administrator" in problems(namespace, bob, gpus="0.5")["gpus"][0]
    own = GpuFlavor.objects.create(name="l4-shared", **shared)
    own.trusted_teams.set([namespace.team])
    told = problems(namespace, bob, gpus="0.5", flavor="h100")["gpus"][0]
    assert "l4-shared" in told
    assert "l4-foreign" not in told


def test_an_alias_is_resolved_and_pinned(namespace, bob):
    assert parse(namespace, bob, version="absent", alias="champion").source == Source(
        "model", "defects", 1, "champion", "mlflow-artifacts:/1/defects/1"
    )
    move_alias("champion", make_version("defects"))
    assert parse(namespace, bob, version="absent", alias="champion").source.version == 2
    assert "version 2" in problems(namespace, bob, version=1, alias="champion")["alias"][0]


def test_another_teams_model_is_answered_like_one_that_never_was(namespace, bob):
    make_version(make_model("voices", make_team("speech")))
    told = [problems(namespace, bob, model=name)["model"][0] for name in ("voices", "nothing")]
    assert told[0].replace("voices", "nothing") == told[1]


def test_variables_can_be_written_as_lines(namespace, bob):
    env = parse(namespace, bob, env="HF_TOKEN=secret:hub/token\n\n LEVEL=configmap:settings/log.level ").env
    assert env == (Variable("HF_TOKEN", "secret", "hub", "token"), Variable("LEVEL", "configmap", "settings", "log.level"))


def test_a_change_keeps_what_it_does_not_name(namespace, bob):
    stands = parse(namespace, bob, alias="champion", maximum=3, cpu_target=80)
    move_alias("champion", make_version("defects"))
    changed = changed_spec(stands, {"cpu_limit": "2", "cpu_target": None}, namespace=namespace, user=bob)
    assert (changed.size.cpu_limit, changed.size.cpu_request, changed.scaling.cpu, changed.scaling.maximum) == (2000, 500, None, 3)
    assert changed.source == stands.source, "what is pinned is not resolved anew"
    assert changed_spec(stands, {"version": 2}, namespace=namespace, user=bob).source == Source(
        "model", "defects", 2, "", "mlflow-artifacts:/1/defects/2"
    )
    assert changed_spec(stands, {"alias": "champion"}, namespace=namespace, user=bob).source.version == 2
    assert changed_spec(stands, {"uri": "s3://a/b", "runtime": "sklearn"}, namespace=namespace, user=bob).source == Source(
        "uri", uri="s3://a/b"
    )
    with pytest.raises(ValidationError):
        changed_spec(stands, {"model": "defects"}, namespace=namespace, user=bob)


def test_only_an_alias_of_the_model_can_be_followed(namespace, bob):
    source = parse(namespace, bob).source
    assert parse_follows("champion", source) == "champion"
    assert parse_follows("", source) == ""
    for alias, of in (("challenger", source), ("champion", Source("uri", uri="s3://a/b"))):
        with pytest.raises(ValidationError):
            parse_follows(alias, of)


def test_a_trial_begins_with_a_share():
    assert parse_trial({}) is None
    assert parse_trial({"max_errors": "5"}) is None
    trial = parse_trial({"share": "0", "max_errors": "0.5", "max_p99": 200, "min_requests": "50"})
    assert (trial.share, trial.max_errors, trial.max_p99, trial.min_requests) == (0, 0.5, 200, 50)
    assert parse_trial({"share": 20}).max_errors is None


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"share": 101}, "share"),
        ({"share": "-1"}, "share"),
        ({"share": 20, "max_errors": "0.555"}, "max_errors"),
        ({"share": 20, "max_errors": 101}, "max_errors"),
        ({"share": 20, "max_p99": "fast"}, "max_p99"),
    ],
)
def test_a_trial_that_cannot_be_is_told_at_its_field(written, field):
    with pytest.raises(ValidationError) as caught:
        parse_trial(written)
    assert list(caught.value.message_dict) == [field]


def test_what_belongs_to_an_image_goes_with_it(namespace, bob):
    own = {"image": "registry.example.org/vision/server:1", "command": ["serve"], "args": ["--fast"], "port": 9000}
    stands = parse(namespace, bob, model="absent", version="absent", **own)
    assert (stands.command, stands.args, stands.port) == (("serve",), ("--fast",), 9000)
    kept = changed_spec(stands, {"image": "registry.example.org/vision/server:2"}, namespace=namespace, user=bob)
    assert (kept.command, kept.args, kept.port) == (("serve",), ("--fast",), 9000)
    changed = changed_spec(stands, {"model": "defects", "version": 1, "runtime": "mlflow"}, namespace=namespace, user=bob)
    assert (changed.command, changed.args, changed.port) == ((), (), 8080)
