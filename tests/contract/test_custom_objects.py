"""Custom objects: how their schema shapes and checks them, their subresources, versions and end."""

from typing import Any

import pytest

from tests.contract.client import JSON_PATCH, MERGE, Api
from tests.contract.definitions import DEFINITIONS, condition, definition, install, new_group, version, widget
from tests.contract.objects import fields_of

# A real server up to 1.22 that was built with Go 1.18 or later dies of custom objects: those of it stand beside it, in the
# embedded server (sandbox/custom_objects), and these cases then show the way there and back, not what such a server does itself.
BESIDE = "custom objects of such a build stand beside it"
RULES, SELECTABLE = "it drops the rules of definitions", "it drops the selectable fields of definitions"


@pytest.fixture(scope="module")
def group(api: Api) -> str:
    name = new_group()
    install(api, definition(name))
    return name


@pytest.fixture
def widgets(group: str, space: str) -> str:
    return f"/apis/{group}/v1/namespaces/{space}/widgets"


def test_an_object_gets_defaults_and_loses_unknown_fields(api: Api, widgets: str, group: str) -> None:
    sent = widget(group, unknown=1, parts=[{"name": "x", "more": 1}], free={"any": {"thing": [1]}})
    created = api.post(widgets, sent).body
    assert created["spec"] == {"size": 3, "mode": "slow", "parts": [{"name": "x", "weight": 1}], "free": {"any": {"thing": [1]}}}
    assert created["metadata"]["generation"] == 1 and "status" not in created
    assert api.get(f"{widgets}/a").body == created


def test_items_of_a_list_say_what_they_are(api: Api, widgets: str, group: str) -> None:
    api.post(widgets, widget(group))
    found = api.get(widgets).body
    assert found["kind"] == "WidgetList"
    assert [(each["kind"], each["apiVersion"]) for each in found["items"]] == [("Widget", f"{group}/v1")]


@pytest.mark.parametrize(
    ("spec", "field", "message"),
    [
        ({"size": "x"}, "spec.size", 'Invalid value: "string": spec.size in body must be of type integer: "string"'),
        ({"size": 0}, "spec.size", "Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": 10}, "spec.size", "Invalid value: 10: spec.size in body should be less than or equal to 9"),
        ({"size": 1.5}, "spec.size", 'Invalid value: "number": spec.size in body must be of type integer: "number"'),
        ({"mode": "odd"}, "spec.mode", 'Unsupported value: "odd": supported values: "fast", "slow"'),
        ({"code": "A1"}, "spec.code", "Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'"),
        ({"code": "a"}, "spec.code", 'Invalid value: "a": spec.code in body should be at least 2 chars long'),
        ({"parts": [{}]}, "spec.parts[0].name", "Required value"),
        ({"labels": {"x": 1}}, "spec.labels.x", 'Invalid value: "integer": spec.labels.x in body must be of type string: "integer"'),
        ({"tags": ["a", "b", "a"]}, "spec.tags[2]", 'Duplicate value: "a"'),
        (
            {"parts": [{"name": "x"}, {"name": "x"}]},
            "spec.parts[1]",
            'Duplicate value: map[string]interface {}{"name":"x"}',
        ),
    ],
)
def test_an_object_that_breaks_its_schema_is_refused(
    api: Api, widgets: str, group: str, spec: dict[str, Any], field: str, message: str
) -> None:
    answer = api.post(widgets, widget(group, **spec))
    assert (answer.code, answer.body["reason"]) == (422, "Invalid")
    causes = {cause["field"]: cause["message"] for cause in answer.body["details"]["causes"]}
    assert causes[field] == message
    assert api.get(f"{widgets}/a").code == 404


def test_a_missing_required_field_is_named(api: Api, widgets: str, group: str) -> None:
    sent = widget(group)
    del sent["spec"]["size"]
    answer = api.post(widgets, sent)
    assert answer.code == 422 and answer.message == f'Widget.{group} "a" is invalid: spec.size: Required value'


def test_a_value_must_fit_one_of_its_alternatives(api: Api, widgets: str, group: str) -> None:
    assert api.post(widgets, widget(group, choice={"a": "1"})).code == 201
    answer = api.post(widgets, widget(group, "b", choice={"a": "1", "b": "1"}))
    assert answer.code == 422 and "must validate one and only one schema (oneOf)" in answer.message


def test_int_or_string_takes_both_and_nothing_else(api: Api, widgets: str, group: str) -> None:
    assert api.post(widgets, widget(group, "a", port=80)).body["spec"]["port"] == 80
    assert api.post(widgets, widget(group, "b", port="http")).body["spec"]["port"] == "http"
    assert api.post(widgets, widget(group, "c", port=True)).fields == ["spec.port"]


def test_null_stays_only_where_it_may_be(api: Api, widgets: str, group: str) -> None:
    created = api.post(widgets, widget(group, note=None, mode=None)).body
    assert created["spec"] == {"size": 3, "note": None, "mode": "slow"}


def test_a_merge_patch_is_checked_and_defaulted(api: Api, widgets: str, group: str) -> None:
    api.post(widgets, widget(group, mode="fast"))
    assert api.patch(f"{widgets}/a", {"spec": {"mode": None}}).body["spec"]["mode"] == "slow"
    assert api.patch(f"{widgets}/a", {"spec": {"size": 99}}).code == 422
    answer = api.patch(f"{widgets}/a", [{"op": "replace", "path": "/spec/size", "value": 4}], JSON_PATCH)
    assert answer.body["spec"]["size"] == 4 and answer.body["metadata"]["generation"] == 3


def test_a_strategic_patch_is_not_for_custom_objects(api: Api, widgets: str, group: str) -> None:
    api.post(widgets, widget(group))
    answer = api.patch(f"{widgets}/a", {"spec": {"size": 4}}, "application/strategic-merge-patch+json")
    assert (answer.code, answer.body["reason"]) == (415, "UnsupportedMediaType")
    assert MERGE in answer.message and "strategic" not in answer.message


def test_status_is_written_by_itself(api: Api, widgets: str, group: str) -> None:
    api.post(widgets, {**widget(group), "status": {"phase": "ignored"}})
    assert "status" not in api.get(f"{widgets}/a").body
    answer = api.patch(f"{widgets}/a/status", {"status": {"phase": "Ready"}, "spec": {"size": 9}})
    assert answer.body["status"] == {"phase": "Ready"} and answer.body["spec"]["size"] == 3
    assert answer.body["metadata"]["generation"] == 1
    assert api.patch(f"{widgets}/a/status", {"status": {"phase": 1}}).fields == ["status.phase"]
    assert api.patch(f"{widgets}/a", {"status": {"phase": "Gone"}}).body["status"] == {"phase": "Ready"}


def test_scale_reads_and_writes_the_defined_paths(api: Api, widgets: str, group: str) -> None:
    api.post(widgets, widget(group))
    api.patch(f"{widgets}/a/status", {"status": {"replicas": 2}})
    scale = api.get(f"{widgets}/a/scale").body
    assert (scale["kind"], scale["spec"], scale["status"]) == ("Scale", {"replicas": 3}, {"replicas": 2})
    assert api.patch(f"{widgets}/a/scale", {"spec": {"replicas": 5}}).body["spec"]["replicas"] == 5
    assert api.get(f"{widgets}/a").body["spec"]["size"] == 5
    assert api.patch(f"{widgets}/a/scale", {"spec": {"replicas": 50}}).code == 422


def test_an_apply_merges_lists_by_their_keys(api: Api, widgets: str, group: str) -> None:
    api.apply(f"{widgets}/a", widget(group, parts=[{"name": "x", "weight": 2}], tags=["p"]), "one")
    sent = widget(group, parts=[{"name": "y", "weight": 3}], tags=["q"])
    del sent["spec"]["size"]
    merged = api.apply(f"{widgets}/a", sent, "two").body
    assert merged["spec"]["parts"] == [{"name": "x", "weight": 2}, {"name": "y", "weight": 3}] and merged["spec"]["tags"] == ["p", "q"]
    assert 'k:{"name":"y"}' in fields_of(merged, "two")["f:spec"]["f:parts"]
    conflict = api.apply(f"{widgets}/a", widget(group, size=4), "two")
    assert conflict.code == 409 and conflict.fields == [".spec.size"]


def test_an_applied_field_that_the_schema_lacks_is_refused(api: Api, widgets: str, group: str) -> None:
    answer = api.apply(f"{widgets}/a", widget(group, odd=1))
    assert answer.code == 500 and ".spec.odd: field not declared in schema" in answer.message


@pytest.mark.since(25, "it has no field validation")
def test_strict_validation_names_unknown_fields(api: Api, widgets: str, group: str) -> None:
    answer = api.post(widgets, widget(group, odd=1), fieldValidation="Strict")
    assert answer.code == 400 and 'strict decoding error: unknown field "spec.odd"' in answer.message


def test_a_watch_tells_of_custom_objects(api: Api, widgets: str, group: str) -> None:
    version = api.get(widgets).body["metadata"]["resourceVersion"]
    api.post(widgets, widget(group))
    api.patch(f"{widgets}/a", {"spec": {"size": 5}})
    api.delete(f"{widgets}/a")
    events = list(api.watch(widgets, 1, resourceVersion=version))
    assert [(each["type"], each["object"]["kind"]) for each in events] == [
        ("ADDED", "Widget"),
        ("MODIFIED", "Widget"),
        ("DELETED", "Widget"),
    ]


def test_two_versions_show_one_object(api: Api, space: str) -> None:
    group = new_group()
    narrow = {"type": "object", "properties": {"size": {"type": "integer"}, "extra": {"type": "string", "default": "new"}}}
    install(api, definition(group, version("v1"), version("v2", narrow, storage=False)))
    one, two = (f"/apis/{group}/{name}/namespaces/{space}/widgets" for name in ("v1", "v2"))
    created = api.post(one, widget(group, mode="fast")).body
    shown = api.get(f"{two}/a").body
    assert shown["apiVersion"] == f"{group}/v2" and shown["metadata"]["uid"] == created["metadata"]["uid"]
    assert shown["spec"] == {"size": 3, "extra": "new"}
    group_found = api.get(f"/apis/{group}").body
    assert [each["version"] for each in group_found["versions"]] == ["v2", "v1"]


def test_a_new_schema_holds_for_old_objects(api: Api, space: str) -> None:
    group = new_group()
    root = install(api, definition(group))
    path = f"{root}/namespaces/{space}/widgets"
    api.post(path, widget(group))
    wider = {"type": "object", "properties": {"size": {"type": "integer"}, "colour": {"type": "string", "default": "red"}}}
    patch = [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec", "value": wider}]
    assert api.patch(f"{DEFINITIONS}/widgets.{group}", patch, JSON_PATCH).code == 200
    api.until(f"{path}/a", lambda answer: answer.code == 200 and answer.body["spec"] == {"size": 3, "colour": "red"})


def test_a_definition_takes_its_objects_with_it_and_may_return(api: Api, space: str) -> None:
    group = new_group()
    root = install(api, definition(group))
    path = f"{root}/namespaces/{space}/widgets"
    api.post(path, widget(group))
    assert api.delete(f"{DEFINITIONS}/widgets.{group}").code == 200
    api.until(f"{DEFINITIONS}/widgets.{group}", lambda answer: answer.code == 404)
    api.until(path, lambda answer: answer.code == 404)
    install(api, definition(group))
    assert api.get(path).body["items"] == []


@pytest.mark.since(23, BESIDE)
def test_an_object_with_a_finalizer_holds_its_definition(api: Api, space: str) -> None:
    group = new_group()
    path = f"{install(api, definition(group))}/namespaces/{space}/widgets"
    held = widget(group)
    held["metadata"]["finalizers"] = ["example.org/hold"]
    api.post(path, held)
    api.delete(f"{DEFINITIONS}/widgets.{group}")
    api.until(f"{path}/a", lambda answer: "deletionTimestamp" in answer.body["metadata"])
    found = api.get(f"{DEFINITIONS}/widgets.{group}").body
    assert condition(found, "Terminating") == "True" and condition(found, "Established") == "True"
    late = api.post(path, widget(group, "late"))
    assert (late.code, late.message) == (405, "create not allowed while custom resource definition is terminating")
    api.patch(f"{path}/a", {"metadata": {"finalizers": None}})
    api.until(f"{DEFINITIONS}/widgets.{group}", lambda answer: answer.code == 404)


def test_a_cluster_scoped_kind_has_no_namespace(api: Api, space: str) -> None:
    group = new_group()
    root = install(api, definition(group, scope="Cluster"))
    assert "namespace" not in api.post(f"{root}/widgets", widget(group)).body["metadata"]
    assert api.get(f"{root}/namespaces/{space}/widgets").code == 404


def test_a_namespace_takes_its_custom_objects_with_it(api: Api, widgets: str, group: str, space: str) -> None:
    api.post(widgets, widget(group))
    api.delete(f"/api/v1/namespaces/{space}")
    api.until(f"{widgets}/a", lambda answer: answer.code == 404)


@pytest.mark.since(23, BESIDE)
def test_a_quota_counts_custom_objects(api: Api, widgets: str, group: str, space: str) -> None:
    hard = {f"count/widgets.{group}": "1"}
    quotas = f"/api/v1/namespaces/{space}/resourcequotas"
    api.post(quotas, {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    api.until(f"{quotas}/q", lambda answer: (answer.body.get("status") or {}).get("used") == {f"count/widgets.{group}": "0"})
    assert api.post(widgets, widget(group)).code == 201
    refused = api.post(widgets, widget(group, "b"))
    assert refused.code == 403 and f"exceeded quota: q, requested: count/widgets.{group}=1" in refused.message


RULED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "low": {"type": "integer"},
        "high": {"type": "integer"},
        "host-name": {"type": "string", "x-kubernetes-validations": [{"rule": "self.startsWith('h')"}]},
        "mode": {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "mode is immutable"}]},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "weight": {"type": "integer"}},
                "x-kubernetes-validations": [{"rule": "self.weight >= oldSelf.weight", "message": "weights only grow"}],
            },
        },
    },
    "x-kubernetes-validations": [
        {"rule": "!has(self.high) || self.low <= self.high", "message": "low must not exceed high"},
        {"rule": "!has(self.host__dash__name) || self.host__dash__name.size() < 5", "message": "name too long"},
    ],
}


@pytest.fixture(scope="module")
def ruled(api: Api) -> str:
    name = new_group()
    install(api, definition(name, version(spec=RULED, subresources={})))
    return name


def _ruled(group: str, **spec: Any) -> dict[str, Any]:
    return {**widget(group), "spec": spec}


@pytest.mark.since(25, RULES)
def test_a_rule_is_checked_at_every_write(api: Api, ruled: str, space: str) -> None:
    path = f"/apis/{ruled}/v1/namespaces/{space}/widgets"
    refused = api.post(path, _ruled(ruled, low=5, high=1))
    assert refused.code == 422
    assert refused.message == f'Widget.{ruled} "a" is invalid: spec: Invalid value: "object": low must not exceed high'
    assert api.post(path, _ruled(ruled, low=1, high=5)).code == 201
    assert api.patch(f"{path}/a", {"spec": {"low": 9}}).fields == ["spec"]


@pytest.mark.since(25, RULES)
def test_a_rule_without_a_message_shows_itself(api: Api, ruled: str, space: str) -> None:
    refused = api.post(f"/apis/{ruled}/v1/namespaces/{space}/widgets", _ruled(ruled, **{"host-name": "x"}))
    assert "spec.host-name: Invalid value: \"string\": failed rule: self.startsWith('h')" in refused.message


@pytest.mark.since(25, RULES)
def test_a_rule_sees_escaped_names(api: Api, ruled: str, space: str) -> None:
    refused = api.post(f"/apis/{ruled}/v1/namespaces/{space}/widgets", _ruled(ruled, **{"host-name": "hostname"}))
    assert 'spec: Invalid value: "object": name too long' in refused.message


@pytest.mark.since(25, RULES)
def test_a_rule_about_a_change_is_checked_at_changes_only(api: Api, ruled: str, space: str) -> None:
    path = f"/apis/{ruled}/v1/namespaces/{space}/widgets"
    assert api.post(path, _ruled(ruled, mode="x", parts=[{"name": "p", "weight": 2}])).code == 201
    assert 'spec.mode: Invalid value: "string": mode is immutable' in api.patch(f"{path}/a", {"spec": {"mode": "y"}}).message
    assert api.patch(f"{path}/a", {"spec": {"parts": [{"name": "q", "weight": 1}, {"name": "p", "weight": 3}]}}).code == 200
    refused = api.patch(f"{path}/a", {"spec": {"parts": [{"name": "p", "weight": 1}]}})
    assert refused.fields == ["spec.parts[0]"] and "weights only grow" in refused.message


@pytest.mark.since(30, SELECTABLE)
def test_a_field_selector_names_what_the_definition_lists(api: Api, space: str) -> None:
    group = new_group()
    path = f"{install(api, definition(group, version(selectableFields=[{'jsonPath': '.spec.mode'}])))}/namespaces/{space}/widgets"
    api.post(path, widget(group, "a", mode="fast"))
    api.post(path, widget(group, "b", mode="slow"))
    assert [each["metadata"]["name"] for each in api.get(path, fieldSelector="spec.mode=fast").body["items"]] == ["a"]
    assert api.get(path, fieldSelector="spec.size=3").code == 400


def test_users_of_a_deprecated_version_are_warned(api: Api, space: str) -> None:
    group = new_group()
    path = f"{install(api, definition(group, version(deprecated=True)))}/namespaces/{space}/widgets"
    assert api.post(path, widget(group)).headers["Warning"] == f'299 - "{group}/v1 Widget is deprecated"'


def test_a_kind_may_be_called_as_a_built_in_one(api: Api, space: str) -> None:
    group = new_group()
    path = f"{install(api, definition(group, plural='services', kind='Service'))}/namespaces/{space}/services"
    sent = {**widget(group), "kind": "Service"}
    created = api.post(path, sent)
    assert created.code == 201 and created.body["spec"] == {"size": 3, "mode": "slow"}
    assert api.patch(f"{path}/a", {"spec": {"size": 4}}).body["spec"]["size"] == 4
