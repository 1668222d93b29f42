"""The definitions of the projects that a platform installs, where a copy of them lies beside the checkout."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS, condition

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT.parent / "shared" / "crds", ROOT / "shared" / "crds")
FILES = sorted(path for folder in FOLDERS if folder.is_dir() for path in folder.glob("*.yaml"))

pytestmark = [
    pytest.mark.xdist_group("real-definitions"),
    pytest.mark.skipif(not FILES, reason="no definitions lie beside the checkout"),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with EmbeddedCluster(tmp_path_factory.mktemp("definitions")) as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        yield Api(access.server, access.ca_pem, access.token)


def _definitions(path: Path) -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [each for each in yaml.load_all(path.read_text(), Loader=loader) if each]


def _install(api: Api, path: Path) -> None:
    for definition in _definitions(path):
        name = definition["metadata"]["name"]
        answer = api.post(DEFINITIONS, definition)
        assert answer.code in (201, 409), str(answer.body)[:2000]
        api.until(f"{DEFINITIONS}/{name}", lambda found: condition(found.body, "Established") == "True")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_real_definition_is_served(api: Api, path: Path) -> None:
    _install(api, path)
    for definition in _definitions(path):
        spec = definition["spec"]
        for version in [each for each in spec["versions"] if each["served"]]:
            assert api.get(f"/apis/{spec['group']}/{version['name']}/{spec['names']['plural']}").body["items"] == []


def _path(named: str) -> Path:
    return next(path for path in FILES if path.stem == named)


def test_an_inference_service_is_checked(api: Api) -> None:
    _install(api, _path("kserve-inferenceservices"))
    path = "/apis/serving.kserve.io/v1beta1/namespaces/default/inferenceservices"
    model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/a"}
    sent = {"metadata": {"name": "a"}, "spec": {"predictor": {"minReplicas": 1, "model": model}}}
    assert api.post(path, sent).body["spec"] == sent["spec"]
    wrong = {"metadata": {"name": "b"}, "spec": {"predictor": {"minReplicas": "one", "model": model}}}
    assert api.post(path, wrong).fields == ["spec.predictor.minReplicas"]


def test_the_rules_of_a_train_job_hold(api: Api) -> None:
    _install(api, _path("trainer-trainjobs"))
    path = "/apis/trainer.kubeflow.org/v1alpha1/namespaces/default/trainjobs"
    sent = {"metadata": {"name": "a"}, "spec": {"runtimeRef": {"name": "torch"}, "managedBy": "example.org/me"}}
    assert api.post(path, sent).fields == ["spec.managedBy"]
    sent["spec"].pop("managedBy")  # type: ignore[attr-defined]
    assert api.post(path, sent).code == 201
    assert "spec.runtimeRef" in api.patch(f"{path}/a", {"spec": {"runtimeRef": {"name": "other"}}}).fields
