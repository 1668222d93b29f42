"""The kinds that the simulator brings are KServe's, with less in their schemas, and what it brings besides fits them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from sandbox.local.images import KNOWN
from sandbox.serving.builtin import config_map, definitions, runtimes, storage_containers, with_domain
from sandbox.serving.config import read_config
from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS
from tests.sandbox.serving.making import canary, inference_service
from tests.sandbox.test_real_definitions import FILES

Object = dict[str, Any]


def _properties(schema: Object, path: str = "") -> Iterator[str]:
    for name, part in (schema.get("properties") or {}).items():
        yield f"{path}.{name}"
        yield from _properties(part, f"{path}.{name}")
    if isinstance(schema.get("items"), dict):
        yield from _properties(schema["items"], f"{path}[]")


REAL = {path.stem.removeprefix("kserve-"): path for path in FILES if path.stem.startswith("kserve-")}
COMPARED = [each for each in definitions() if each["spec"]["names"]["plural"] in REAL or not REAL]


@pytest.mark.skipif(not REAL, reason="no definitions lie beside the checkout")
@pytest.mark.parametrize("definition", COMPARED, ids=lambda each: each["spec"]["names"]["plural"])
def test_every_field_is_one_of_kserves(definition: Object) -> None:
    real_path = REAL[definition["spec"]["names"]["plural"]]
    real: Object = yaml.load(real_path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  a safe loader
    assert definition["metadata"]["name"] == real["metadata"]["name"] and definition["spec"]["scope"] == real["spec"]["scope"]
    assert definition["spec"]["names"] == real["spec"]["names"]
    ours, theirs = definition["spec"]["versions"][0], real["spec"]["versions"][0]
    assert ours["name"] == theirs["name"] and ours["subresources"] == theirs["subresources"]
    assert ours["additionalPrinterColumns"] == theirs["additionalPrinterColumns"]
    unknown = set(_properties(ours["schema"]["openAPIV3Schema"])) - set(_properties(theirs["schema"]["openAPIV3Schema"]))
    assert unknown == set()


def test_local_runtimes_run_where_nodes_are_simulated_and_have_a_command() -> None:
    images = {each["metadata"]["name"]: each["spec"]["containers"][0]["image"] for each in runtimes()}
    local = {name for name, image in images.items() if image in KNOWN}
    assert local == {"kserve-mlserver", "kserve-sklearnserver"}
    for each in runtimes():
        if each["metadata"]["name"] in local:
            assert each["spec"]["nodeSelector"] == {"sandbox.slipway.dev/simulated": "true"}
    assert {each["spec"]["container"]["image"] for each in storage_containers("")} <= KNOWN.keys()


def test_the_config_says_where_the_ingress_is_and_keeps_what_was_changed() -> None:
    given = config_map("192.0.2.7:31000")
    assert read_config(given).url_of(inference_service()) == "http://192.0.2.7:31000/serving/team/iris"
    assert read_config(given).url_of(inference_service(), "iris-predictor") == "http://iris-predictor-team.192.0.2.7:31000"
    given["data"]["deploy"] = '{"defaultDeploymentMode": "Knative"}'
    moved = read_config(with_domain(given, "192.0.2.8:1"))
    assert moved.url_of(inference_service()) == "http://192.0.2.8:1/serving/team/iris" and moved.mode_of(inference_service()) == "Knative"


@pytest.mark.parametrize(
    ("asked", "mode"), [("RawDeployment", "Standard"), ("Serverless", "Knative"), ("Knative", "Knative"), ("odd", "Standard")]
)
def test_the_mode_is_called_in_several_ways(asked: str, mode: str) -> None:
    config = read_config(config_map("a:1"))
    assert config.mode_of(inference_service(deploymentMode=asked)) == mode
    # Once it is decided, an annotation changes it no more.
    assert config.mode_of(inference_service(status={"deploymentMode": "Standard"}, deploymentMode="Knative")) == "Standard"


@pytest.mark.xdist_group("serving-definitions")
def test_what_kserves_webhook_refuses_is_refused(tmp_path: Path) -> None:
    with EmbeddedCluster(tmp_path) as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        api = Api(access.server, access.ca_pem, access.token)
        for definition in definitions():
            assert api.post(DEFINITIONS, definition).code == 201
        path = "/apis/serving.kserve.io/v1beta1/namespaces/default/inferenceservices"
        api.until(path, lambda answer: answer.code == 200, 60)
        for entries, words in (
            ([canary("", 10)], "needs predictor.name"),
            ([{"trafficPercent": 10, "predictor": {}}], "needs predictor.name"),
            ([canary("v2", 10), canary("v2", 20)], "must be unique"),
            ([canary("v2", 10, maxReplicas=3)], "does not scale by itself"),
            ([canary("v2", 101)], "less than or equal to 100"),
        ):
            answer = api.post(path, _posted(entries))
            assert answer.code == 422 and re.search(words, answer.message), answer.message
        good = api.post(path, _posted([canary("v2", 10, minReplicas=2), canary("v3", 0)]), fieldValidation="Strict")
        assert good.code == 201, good.body


def _posted(entries: list[Object]) -> Object:
    service = inference_service(canary=entries)
    return {**service, "metadata": {"name": "iris"}}
