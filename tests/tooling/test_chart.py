"""The chart and the compose file: what they say can be read, and names what exists."""

import json
import re
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands

from tests.tooling.chart import Chart, Unsupported
from tests.tooling.conftest import ROOT

HELM = ROOT / "helm"
VERSIONS = ("1.29.0", "1.36.0")
ROLES = {"web", "worker", "beat", "watcher"}
INGRESS = {"ingress": {"enabled": True, "className": "nginx", "host": "slipway.example.org", "tlsSecret": "tls"}}


def schema() -> dict[str, Any]:
    """The schema of the values."""
    return json.loads((HELM / "values.schema.json").read_text())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("values", [{}, INGRESS], ids=["as shipped", "with an ingress"])
def test_every_object_of_the_chart_is_valid_on_old_and_new_clusters(version: str, values: dict[str, Any]) -> None:
    objects = Chart(HELM, values).objects()
    assert {each["kind"] for each in objects} == {"ConfigMap", "Job", "Deployment", "Service"} | ({"Ingress"} if values else set())
    for each in objects:
        kubernetes_validate.validate(each, version, strict=True)


def test_each_role_runs_and_no_pod_could_call_the_cluster_it_runs_in() -> None:
    deployments = [each for each in Chart(HELM).objects() if each["kind"] == "Deployment"]
    assert {each["metadata"]["name"].removeprefix("slipway-") for each in deployments} == ROLES
    for each in deployments:
        pod = each["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False and pod["securityContext"]["runAsNonRoot"] is True
        assert each["spec"]["selector"]["matchLabels"].items() <= each["spec"]["template"]["metadata"]["labels"].items()


def test_the_service_selects_the_web_pods_alone() -> None:
    objects = Chart(HELM, release="mine").objects()
    selector = next(each["spec"]["selector"] for each in objects if each["kind"] == "Service")
    labels = {each["metadata"]["name"]: each["spec"]["template"]["metadata"]["labels"] for each in objects if each["kind"] == "Deployment"}
    assert [name for name, found in labels.items() if selector.items() <= found.items()] == ["mine-web"]


def test_the_shipped_values_fit_their_schema_and_mistakes_do_not() -> None:
    values = yaml.safe_load((HELM / "values.yaml").read_text())
    jsonschema.validate(values, schema())
    for wrong in ({**values, "replicas": 2}, {**values, "settings": {"DEBUG": "1"}}, {**values, "existingSecret": ""}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema())


def test_the_reader_refuses_what_it_does_not_know() -> None:
    with pytest.raises(Unsupported):
        Chart(HELM).evaluate("lookup .Values.image")
    with pytest.raises(KeyError):
        Chart(HELM).evaluate(".Values.no.such")


def compose() -> dict[str, Any]:
    """The compose file."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_runs_every_role_after_the_migration() -> None:
    services = compose()["services"]
    assert ROLES | {"postgres", "redis", "migrate"} <= services.keys()
    for role in ROLES:
        assert services[role]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_compose_and_chart_run_commands_that_exist() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + "".join(path.read_text() for path in HELM.glob("templates/*.yaml"))
    named = set(re.findall(r"manage\.py,? ([a-z_]+)", text))
    assert {"migrate", "createcachetable", "collectstatic", "beat", "watch", "cluster_bootstrap"} <= named
    assert named <= get_commands().keys()


def test_compose_asks_for_nothing_that_its_example_does_not_name() -> None:
    wanted = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^(\w+)=", (ROOT / "docs" / "compose.env.example").read_text(), re.MULTILINE))
    assert wanted - example <= {"PORTAL_PORT", "SLIPWAY_SECURE_COOKIES", "SLIPWAY_WORKER_SLOTS"}
