"""S12: a place belongs to the team that the database says, in every spelling; images only from where the administrators allow."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployments.models import DeploymentPolicy
from deployments.spec import Source
from tests.deploying import make_serving_namespace, make_version
from tests.deployments.asking import codes, found
from tests.factories import make_team

pytestmark = pytest.mark.django_db
OWN = "s3://models-vision/"


@pytest.fixture
def namespace():
    make_version(aliases=("champion",))
    made = make_serving_namespace()
    made.team.storage_prefixes.create(prefix=OWN)
    made.team.storage_prefixes.create(prefix="s3://shared/vision")
    make_team("speech").storage_prefixes.create(prefix="s3://models-speech/")
    return made


def of(uri):
    return {"source": Source("uri", uri=uri), "runtime": "sklearn"}


@pytest.mark.parametrize(
    "uri",
    [
        "s3://models-vision/a/b",
        "s3://models-vision/a.b_c-d=e@f+g/1",
        "s3://models-vision",
        "s3://shared/vision/x",
        "s3://shared/vision",
        "pvc://claim/a",
    ],
)
def test_a_place_of_the_team_can_be_deployed(namespace, uri):
    assert codes(namespace, **of(uri)) == set()


@pytest.mark.parametrize(
    "uri",
    [
        "s3://models-speech/a",
        "s3://models-vision-evil/a",
        "s3://models-visio/a",
        "s3://models/vision/a",
        "s3://shared/vision2/x",
        "s3://shared/",
        "s3://shared",
        "s3://MODELS-VISION/a",
        "s3://x/models-vision/",
    ],
)
def test_a_place_of_somebody_else_cannot(namespace, uri):
    finding = next(each for each in found(namespace, **of(uri)) if each.code == "not_your_uri")
    assert (finding.level, finding.field) == ("wrong", "uri")


@pytest.mark.parametrize(
    "uri",
    [
        "s3://models-vision/../models-speech/a",
        "s3://models-vision/..",
        "s3://models-vision/a/../../models-speech",
        "s3://models-vision/%2e%2e/models-speech/a",
        "s3://models-vision/%252e%252e/models-speech/a",
        "s3://models-vision/%2E%2E%2Fmodels-speech",
        "s3://models-vision//a",
        "s3:///models-vision/a",
        "s3:/models-vision/a",
        "S3://models-vision/a",
        "s3://user:secret@models-vision/a",
        "s3://models-vision:443/a",
        "s3://models-vision/a?versionId=1",
        "s3://models-vision/a#b",
        "s3://models-vision\\..\\models-speech",
        "s3://models-vision/a b",
        "s3://models-vision/a\n",
        "s3://models-vision/a\u202e",
        "s3://models‐vision/a",
        " s3://models-vision/a",
        "file:///etc/passwd",
        "file://models-vision/a",
        "hostPath:///etc",
        "http://169.254.169.254/latest/meta-data/",
        "https://models-vision.s3.amazonaws.com/a",
        "gs://models-vision/a",
        "hdfs://models-vision/a",
        "mlflow-artifacts:/1/defects/1",
        "models:/defects/1",
        "oci://registry/model",
        "hf://org/model",
        "pvc://",
        "pvc:claim/a",
        "pvc://../other/a",
        "pvc://claim/../../a",
        "pvc://claim//a",
        "pvc://Other_Namespace/a",
        "s3://",
        "",
    ],
)
def test_no_spelling_leads_out_of_what_is_the_teams(namespace, uri):
    levels = {each.level for each in found(namespace, **of(uri)) if each.field == "uri"}
    assert levels == {"wrong"}, uri


def registered(uri):
    """What deploys version 1 of the registered model, whose files lie there."""
    return {"source": Source("model", "defects", 1, uri=uri)}


@pytest.mark.parametrize(
    "uri", ["s3://models-vision/1", "s3://mlflow/1/artifacts", "s3://models-speech2/1", "mlflow-artifacts:/1/defects/1"]
)
def test_a_registered_version_of_the_teams_or_of_the_registrys_own_place_can_be_deployed(namespace, uri):
    assert "not_your_uri" not in codes(namespace, **registered(uri))


@pytest.mark.parametrize("uri", ["s3://models-speech/1", "s3://models-speech"])
def test_a_registered_version_whose_files_are_another_teams_cannot(namespace, uri):
    finding = next(each for each in found(namespace, **registered(uri)) if each.code == "not_your_uri")
    assert (finding.level, finding.field) == ("wrong", "version") and "another team" in finding.message


PIECES = ["..", ".", "/", "//", "%2e", "%2E%2e", "\\", "a", "models-speech", ":", "@", "?", "#", " ", "\n", "\u2024", "／", "~"]
REST = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(alphabet=string.printable, max_size=40)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=REST)
def test_whatever_is_written_behind_a_prefix_stays_below_it(namespace, rest):
    uri = OWN + rest
    if codes(namespace, **of(uri)) == set():
        parts = uri.removeprefix("s3://").split("/")
        assert parts[0] == "models-vision"
        assert not {"", ".", ".."} & set(parts[:-1])
        assert parts[-1] not in (".", "..")
        assert all(char in string.ascii_letters + string.digits + "._/=+@-" for char in rest)


def image(name):
    return {"source": Source("image", image=name), "runtime": "custom"}


def test_without_a_list_no_image_may_run(namespace):
    finding = next(each for each in found(namespace, **image("registry.example.org/ml/server:1")) if each.code == "image")
    assert "none yet" in finding.message


@pytest.mark.parametrize(
    "name", ["registry.example.org/ml/server:1.0", "registry.example.org/ml/a/b@sha256:" + "0" * 64, "lab.example.org:5000/one:2"]
)
def test_an_image_below_an_allowed_prefix_may_run(namespace, name):
    DeploymentPolicy.objects.create(cluster=namespace.cluster, images=["registry.example.org/ml/", "lab.example.org:5000/one"])
    assert codes(namespace, **image(name)) == set()


@pytest.mark.parametrize("prefix", ["registry.example.org/ml/", "registry.example.org/ml"])
@pytest.mark.parametrize(
    "name",
    [
        "registry.example.org/mlevil/server:1.0",
        "registry.example.org/ml-evil/server:1.0",
        "registry.example.org.evil.com/ml/server",
        "registry.example.org:5000/ml/server",
        "registry.example.org/ml/../evil/server",
        "registry.example.org/ml//server",
        "evil/registry.example.org/ml/server",
        "registry.example.org/ml/server:1.0 ",
        "registry.example.org/ml/server:1.0\n",
        "Registry.example.org/ml/server",
        "http://registry.example.org/ml/server",
        "registry.example.org/ml/%2e%2e/evil",
        "registry.example.org/ml/./server",
        "",
    ],
)
def test_no_spelling_of_an_image_leads_elsewhere(namespace, prefix, name):
    DeploymentPolicy.objects.create(cluster=namespace.cluster, images=[prefix])
    levels = {each.level for each in found(namespace, **image(name)) if each.field == "image"}
    assert levels == {"wrong"}, name


def test_a_model_of_a_team_that_is_unknown_here_is_not_common(namespace):
    version = make_version("orphan")
    spec = {"source": Source("model", "orphan", version.number, uri=version.download_uri)}
    assert "not_your_model" not in codes(namespace, **spec)
    type(version.model).objects.filter(pk=version.model_id).update(team=None, team_tag="dissolved")
    assert "not_your_model" in codes(namespace, **spec)
