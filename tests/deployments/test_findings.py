"""What stands in the way is known before anything is applied, in plain words, with the request that would solve it."""

import pytest
from django.core.exceptions import ValidationError

from deployments.actions import place
from deployments.checks import refuse
from deployments.models import DeploymentPolicy
from deployments.spec import Scaling, Size, Source, Variable
from deployments.wish import Trial
from tests.deploying import GIB, let_serve, make_serving_namespace, make_spec, make_version, revise
from tests.deployments.asking import NAME, codes, found, observe_limits, observe_quota, wish_for, with_cards
from tests.factories import make_user

pytestmark = pytest.mark.django_db
QUOTA = {"requests.cpu": "2", "limits.cpu": "4", "requests.memory": "8Gi", "limits.memory": "8Gi", "pods": "10"}


@pytest.fixture
def namespace():
    make_version(aliases=("champion",))
    return make_serving_namespace()


def test_a_small_deployment_that_fits_has_nothing_against_it(namespace):
    observe_quota(namespace, QUOTA)
    observe_limits(namespace, cpu="2", memory="4Gi")
    assert codes(namespace) == set()


WRONG = {
    "name": ({"name": "Defects"}, "name", "name"),
    "name that is too long": ({"name": "d" * 41}, "name", "name"),
    "name of a part": ({"name": "defects-predictor"}, "name", "name"),
    "name of a slot": ({"name": "defects-r12"}, "name", "name"),
    "nothing": ({"size": Size(0, 0, 0, 0)}, "nothing", "cpu_request"),
    "cpu limit": ({"size": Size(2000, 1000, GIB, GIB)}, "cpu_limit", "cpu_limit"),
    "memory limit": ({"size": Size(500, 1000, 2 * GIB, GIB)}, "memory_limit", "memory_limit"),
    "cards without a flavor": ({"size": Size(500, 1000, GIB, GIB, "", 1)}, "flavor", "gpus"),
    "flavor without cards": ({"size": Size(500, 1000, GIB, GIB, "h100", 0)}, "flavor", "gpus"),
    "unknown flavor": ({"size": with_cards(1, "b200")}, "unknown_flavor", "flavor"),
    "no replica": ({"scaling": Scaling(0, 0)}, "replicas", "maximum"),
    "zero that nothing wakes": ({"scaling": Scaling(0, 1, cpu=80)}, "zero", "minimum"),
    "maximum below": ({"scaling": Scaling(3, 2, cpu=80)}, "replicas", "maximum"),
    "too many": ({"scaling": Scaling(1, 101, cpu=80)}, "replicas", "maximum"),
    "range without a target": ({"scaling": Scaling(1, 3)}, "no_target", "maximum"),
    "target": ({"scaling": Scaling(1, 3, cpu=0)}, "target", "cpu_target"),
    "metric of the other mode": ({"scaling": Scaling(1, 3, rps=5)}, "metric", "rps"),
    "stabilisation": ({"scaling": Scaling(1, 3, cpu=80, down_seconds=3601)}, "stabilisation", "down_seconds"),
    "no replica may move": ({"min_available": 1}, "min_available", "min_available"),
    "variable": ({"env": (Variable("1X", "secret", "hub", "k"),)}, "variable", "env"),
    "object of a variable": ({"env": (Variable("X", "secret", "Hub/..", "k"),)}, "variable", "env"),
    "key of a variable": ({"env": (Variable("X", "secret", "hub", "../k"),)}, "variable", "env"),
    "variable of the loader": ({"env": (Variable("LD_PRELOAD", "secret", "hub", "k"),)}, "reserved_variable", "env"),
    "path": ({"env": (Variable("PATH", "configmap", "hub", "k"),)}, "reserved_variable", "env"),
    "our variable": ({"env": (Variable("SLIPWAY_DEPLOYMENT", "secret", "hub", "k"),)}, "reserved_variable", "env"),
    "model's name": ({"env": (Variable("MLSERVER_MODEL_NAME", "secret", "hub", "k"),)}, "reserved_variable", "env"),
    "python path": ({"env": (Variable("PYTHONPATH", "configmap", "hub", "k"),)}, "reserved_variable", "env"),
    "kubernetes' own": ({"env": (Variable("KUBERNETES_SERVICE_HOST", "configmap", "hub", "k"),)}, "reserved_variable", "env"),
    "storage uri": ({"env": (Variable("STORAGE_URI", "configmap", "hub", "k"),)}, "reserved_variable", "env"),
    "variable twice": ({"env": (Variable("X", "secret", "hub", "a"), Variable("X", "secret", "hub", "b"))}, "variable_twice", "env"),
    "ready path": ({"ready_path": "http://elsewhere/"}, "ready_path", "ready_path"),
    "startup": ({"startup_seconds": 3601}, "startup", "startup_seconds"),
    "port": ({"port": 70000}, "port", "port"),
    "runtime": ({"runtime": "custom"}, "runtime", "runtime"),
    "command of a runtime": ({"command": ("serve",)}, "not_of_runtime", "command"),
    "port of a runtime": ({"port": 9000}, "not_of_runtime", "port"),
    "arguments of a runtime that takes none": ({"args": ("--workers=4",)}, "not_of_runtime", "args"),
    "argument of ours": ({"runtime": "vllm", "args": ("--model_name=x",)}, "reserved_argument", "args"),
    "argument of ours in two words": ({"runtime": "vllm", "args": ("--http-port", "1")}, "reserved_argument", "args"),
    "beginning of an argument of ours": ({"runtime": "vllm", "args": ("--backe=hf",)}, "reserved_argument", "args"),
    "version": ({"source": Source("model", "defects", 9)}, "no_version", "version"),
    "candidate of nothing": ({"trial": Trial(20)}, "no_stable", "share"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_stand_is_told_at_its_field(namespace, case):
    changes, code, field = WRONG[case]
    finding = next(each for each in found(namespace, **changes) if each.code == code)
    assert (finding.level, finding.field) == ("wrong", field)
    assert finding.message
    with pytest.raises(ValidationError) as caught:
        refuse(found(namespace, **changes), confirmed=True)
    assert field in caught.value.message_dict


def test_vllm_and_images_take_arguments(namespace):
    tuned = ("--max-model-len=4096", "--max_num_seqs", "8", "--", "x")
    assert codes(namespace, runtime="vllm", args=tuned) == set()
    DeploymentPolicy.objects.create(cluster=namespace.cluster, images=["registry.example.org/vision"])
    image = Source("image", image="registry.example.org/vision/server:1")
    assert codes(namespace, source=image, runtime="custom", command=("serve",), args=("--port", "9000"), port=9000) == set()


def test_another_flavors_name_tells_which_there_are(namespace):
    finding = next(each for each in found(namespace, size=with_cards(1, "b200")) if each.code == "unknown_flavor")
    assert "h100" in finding.message


def test_a_cluster_without_kserve_blocks(namespace):
    let_serve(namespace.cluster, installed=False)
    assert "no_serving" in codes(namespace)


def test_a_place_that_nothing_fetches_from_blocks(namespace):
    let_serve(namespace.cluster, uri_prefixes=["s3://", "pvc://"])
    finding = next(each for each in found(namespace) if each.code == "unreadable")
    assert finding.level == "blocks"
    let_serve(namespace.cluster, uri_prefixes=["mlflow-artifacts:/"])
    assert codes(namespace) == set()


def test_where_nothing_splits_requests_a_candidate_is_told_why_not(namespace):
    revise(namespace, NAME, make_spec())
    let_serve(namespace.cluster, canary=False, kinds=[])
    finding = next(each for each in found(namespace, trial=Trial(20)) if each.code == "no_splitting")
    assert (finding.level, finding.field) == ("wrong", "share")
    assert "Gateway" in finding.message
    let_serve(namespace.cluster, canary=False, kinds=["HTTPRoute"], gateway="infra/public")
    assert codes(namespace, trial=Trial(20)) == set()


def test_metrics_of_knative_are_offered_there(namespace):
    let_serve(namespace.cluster, mode="Knative", spelling="Serverless")
    assert codes(namespace, scaling=Scaling(1, 3, concurrency=10)) == set()
    assert codes(namespace, scaling=Scaling(1, 3, cpu=80)) == {"metric"}
    assert codes(namespace, scaling=Scaling(1, 3, concurrency=10, rps=20)) == {"metric"}


def test_a_wait_before_more_replicas_that_knative_ignores_is_told(namespace):
    patient = Scaling(1, 3, cpu=80, up_seconds=60)
    assert codes(namespace, scaling=patient) == set()
    let_serve(namespace.cluster, mode="Knative", spelling="Knative")
    (finding,) = found(namespace, scaling=Scaling(1, 3, concurrency=10, up_seconds=60))
    assert (finding.code, finding.level, finding.field) == ("no_effect", "warns", "up_seconds")
    assert codes(namespace, scaling=Scaling(1, 3, concurrency=10, down_seconds=60)) == set()


def test_only_knative_scales_to_zero_and_only_by_requests(namespace):
    assert codes(namespace, scaling=Scaling(0, 3, cpu=80)) == {"zero"}
    let_serve(namespace.cluster, mode="Knative", spelling="Knative")
    assert codes(namespace, scaling=Scaling(0, 3, concurrency=10)) == set()
    assert codes(namespace, scaling=Scaling(0, 1)) == {"zero", "no_target"}
    assert codes(namespace, scaling=Scaling(0, 0)) == {"replicas"}


def test_a_version_whose_files_could_not_be_read_is_a_warning(namespace):
    bare = make_version(details_problem="MLmodel: there is no such file.")
    finding = next(each for each in found(namespace, spec=make_spec(bare)) if each.code == "unread_files")
    assert finding.level == "warns" and "MLmodel: there is no such file. It may have none" in finding.message


def test_a_version_that_went_or_is_not_ready_is_told(namespace):
    gone = make_version(gone_at="2026-01-01T00:00:00Z")
    pending = make_version(status="PENDING_REGISTRATION")
    assert codes(namespace, spec=make_spec(gone)) == {"gone_version"}
    finding = next(each for each in found(namespace, spec=make_spec(pending)) if each.code == "version_not_ready")
    assert finding.level == "blocks"


def test_a_name_on_its_way_out_is_not_free_yet(namespace):
    revise(namespace, NAME, make_spec()).start_deletion(60)
    assert codes(namespace) == {"name_going"}


def test_a_namespace_on_its_way_out_takes_nothing(namespace):
    namespace.start_deletion()
    namespace.refresh_from_db()
    assert "deleting" in codes(namespace)


def test_placing_itself_judges_nothing_twice(namespace):
    """What an approver decided is placed as it is: the checks were the request's."""
    row = place(actor=make_user(), namespace=namespace, wish=wish_for(namespace), reason="x")
    assert row.revision.number == 1
