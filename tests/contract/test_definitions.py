"""CustomResourceDefinitions: what they must say, when they are served, and how they go."""

from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.definitions import DEFINITIONS, STATUS, condition, definition, install, new_group, version


@pytest.fixture(scope="module")
def group(api: Api) -> str:
    name = new_group()
    install(api, definition(name))
    return name


def test_a_definition_is_established_and_discovered(api: Api, group: str) -> None:
    found = api.get(f"{DEFINITIONS}/widgets.{group}").body
    assert condition(found, "NamesAccepted") == condition(found, "Established") == "True"
    assert found["status"]["storedVersions"] == ["v1"] and found["status"]["acceptedNames"]["kind"] == "Widget"
    assert found["spec"]["names"]["listKind"] == "WidgetList" and found["spec"]["conversion"] == {"strategy": "None"}
    entries = {each["name"]: each for each in api.get(f"/apis/{group}/v1").body["resources"]}
    assert set(entries) == {"widgets", "widgets/status", "widgets/scale"}
    assert entries["widgets"]["shortNames"] == ["wi"] and entries["widgets"]["singularName"] == "widget"
    assert group in {each["name"] for each in api.get("/apis").body["groups"]}


def test_a_version_that_is_not_served_is_not_found(api: Api, space: str) -> None:
    group = new_group()
    install(api, definition(group, version("v1"), version("v2", storage=False, served=False)))
    assert api.get(f"/apis/{group}/v1/namespaces/{space}/widgets").code == 200
    assert api.get(f"/apis/{group}/v2/namespaces/{space}/widgets").code == 404


def test_a_taken_kind_is_not_accepted(api: Api) -> None:
    group = new_group()
    install(api, definition(group))
    api.post(DEFINITIONS, definition(group, plural="gadgets"))
    path = f"{DEFINITIONS}/gadgets.{group}"
    found = api.until(path, lambda answer: condition(answer.body, "NamesAccepted") == "False").body
    assert condition(found, "Established") == "False"
    accepted = next(each for each in found["status"]["conditions"] if each["type"] == "NamesAccepted")
    assert (accepted["reason"], accepted["message"]) == ("ListKindConflict", '"WidgetList" is already in use')


@pytest.mark.since(25, "it knows no rules in expressions")
def test_a_rule_that_cannot_be_read_is_refused(api: Api) -> None:
    spec = {"type": "object", "x-kubernetes-validations": [{"rule": "self.size >"}]}
    answer = api.post(DEFINITIONS, definition(new_group(), version(spec=spec)))
    assert answer.code == 422
    assert answer.fields == ["spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"]
    assert "compilation failed" in answer.message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metadata": {"name": "other"}}, "metadata.name"),
        ({"spec": {"scope": "Everywhere"}}, "spec.scope"),
        ({"spec": {"versions": [version(storage=False)]}}, "spec.versions"),
        ({"spec": {"versions": [version(schema={})]}}, "spec.versions[0].schema.openAPIV3Schema"),
        (
            {"spec": {"versions": [version(schema={"openAPIV3Schema": {"type": "object", "properties": {"spec": {}}}})]}},
            "spec.validation.openAPIV3Schema.properties[spec].type",
        ),
        ({"spec": {"versions": [version("V1")]}}, "spec.versions[0].name"),
        (
            {"spec": {"versions": [version(subresources={"scale": {"specReplicasPath": ".x", "statusReplicasPath": ".status.x"}})]}},
            "spec.subresources.scale.specReplicasPath",
        ),
    ],
)
def test_a_definition_that_is_not_sound_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    sent = definition(new_group())
    for part, values in change.items():
        sent[part] |= values
    answer = api.post(DEFINITIONS, sent)
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    assert field in answer.fields


def test_the_scope_of_an_established_definition_stands(api: Api, group: str) -> None:
    answer = api.patch(f"{DEFINITIONS}/widgets.{group}", {"spec": {"scope": "Cluster"}})
    assert answer.code == 422 and "spec.scope" in answer.fields


def test_the_schema_is_published(api: Api, group: str) -> None:
    assert STATUS["type"] == "object"
    found = api.until("/openapi/v3", lambda answer: answer.code == 404 or f"apis/{group}/v1" in answer.body["paths"])
    if found.code == 404:
        pytest.skip("the API server has no OpenAPI v3")
    document = api.get(found.body["paths"][f"apis/{group}/v1"]["serverRelativeURL"]).body
    kinds = [each for each in document["components"]["schemas"].values() if each.get("x-kubernetes-group-version-kind")]
    spec = next(each for each in kinds if each["x-kubernetes-group-version-kind"][0]["kind"] == "Widget")["properties"]["spec"]
    assert spec["properties"]["mode"]["enum"] == ["fast", "slow"]


def test_a_definition_that_goes_may_return(api: Api, space: str) -> None:
    group = new_group()
    path = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    assert api.delete(f"{DEFINITIONS}/widgets.{group}").code == 200
    api.until(f"{DEFINITIONS}/widgets.{group}", lambda answer: answer.code == 404)
    api.until(path, lambda answer: answer.code == 404)
    install(api, definition(group))
    assert api.get(path).body["items"] == []
