"""Digests over what is ours."""

import copy
from typing import Any

import pytest

from kube.ownership import digest, judged_paths, rendered_paths
from tests.kube import manifests


def test_a_digest_of_a_shared_kind_sees_only_what_was_rendered() -> None:
    live = manifests.service_account("a")
    paths = rendered_paths(live)
    before = digest(live, paths)
    theirs = copy.deepcopy(live) | {"secrets": [{"name": "token"}]}
    theirs["metadata"]["labels"]["theirs"] = "yes"
    assert digest(theirs, paths) == before
    changes: list[dict[str, Any]] = [{"automountServiceAccountToken": True}, {"metadata": {"labels": {}}}]
    for change in changes:
        assert digest({**live, **change}, paths) != before


def test_a_digest_of_a_closed_kind_sees_the_whole_spec_and_our_labels() -> None:
    live = manifests.quota("a")
    before = digest(live, {"paths": rendered_paths(live)})
    moved_on = {**live, "status": {"used": {}}, "metadata": {**live["metadata"], "resourceVersion": "9"}}
    assert digest(moved_on, rendered_paths(live)) == before
    assert digest(live) == before, "an entry without paths is judged by our own prefix"
    added = copy.deepcopy(live)
    added["spec"]["hard"]["pods"] = "1"
    assert digest(added, rendered_paths(live)) != before
    relabelled = copy.deepcopy(live)
    del relabelled["metadata"]["labels"]["slipway.dev/owner"]
    assert digest(relabelled, rendered_paths(live)) != before


def test_a_digest_of_a_shared_kind_needs_to_know_what_was_rendered() -> None:
    with pytest.raises(ValueError, match="rendered paths"):
        digest(manifests.service_account("a"))


def test_a_label_with_a_slash_is_one_path() -> None:
    paths = rendered_paths(manifests.service_account("a"))
    assert "/metadata/labels/slipway.dev~1owner" in paths and "/automountServiceAccountToken" in paths
    assert not any("name" in path.split("/") for path in paths)


def test_items_of_a_merged_list_are_judged_one_by_one_and_a_whole_list_as_one() -> None:
    spec = {"whole": [{"a": 1}], "set": ["x"], "items": [{"name": "a/b", "port": 1, "deep": {"more": [1]}}]}
    live: dict[str, Any] = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": "n"}, "spec": spec}
    item = {".": {}, "f:name": {}, "f:port": {}, "f:deep": {".": {}, "f:more": {}}}
    fields = {"f:spec": {"f:whole": {}, "f:set": {".": {}, 'v:"x"': {}}, "f:items": {".": {}, 'k:{"name":"a/b"}': item}}}
    manifest = copy.deepcopy(live)
    live["metadata"]["managedFields"] = [{"manager": "slipway", "operation": "Apply", "fieldsV1": fields}]
    paths = judged_paths(manifest, live)
    at = '/spec/items/k:{"name":"a~1b"}'
    assert set(paths) - {"/metadata"} == {f"{at}/deep/more", f"{at}/name", f"{at}/port", '/spec/set/v:"x"', "/spec/whole"}
    before = digest(live, paths)
    theirs = copy.deepcopy(live)
    theirs["spec"]["items"].insert(0, {"name": "other", "port": 9})
    theirs["spec"]["set"].append("y")
    assert digest(theirs, paths) == before
    for change in (
        {"set": ["y"]},
        {"whole": [{"a": 1}, {"b": 2}]},
        {"items": []},
        {"items": [{**spec["items"][0], "port": 2}]},
        {"items": 7},
    ):
        assert digest({**live, "spec": {**spec, **change}}, paths) != before
