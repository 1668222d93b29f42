"""What a hand has added is found, all of it, and nothing else is."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kube.extras import extras
from kube.patching import without
from tests.kube import manifests

KEYS = st.sampled_from(["cpu", "a/b", "c~d", "max", "to"])
SCALARS = st.sampled_from(["1", "1000m", "x", 5, True])
TREES = st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=3))
SPECS = st.dictionaries(KEYS, TREES, max_size=3)


def quota_with(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": spec}


@given(SPECS)
def test_an_untouched_object_has_no_extras(spec: dict[str, Any]) -> None:
    assert extras(quota_with(spec), quota_with(copy.deepcopy(spec))) == []


@st.composite
def additions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A spec, and the same with keys and list items added by a hand at random places."""
    spec = draw(SPECS)
    return spec, _grown(draw, copy.deepcopy(spec))


def _grown(draw: st.DrawFn, thing: Any) -> Any:
    if isinstance(thing, dict):
        grown = {key: _grown(draw, value) for key, value in thing.items()}
        return {**grown, **{f"added-{key}": value for key, value in draw(st.dictionaries(KEYS, TREES | st.just({}), max_size=2)).items()}}
    if isinstance(thing, list):
        # Items are added to a list as it is: which of two changed items was the original one is anybody's guess.
        added = draw(st.lists(st.fixed_dictionaries({"added": TREES}), max_size=2))
        return added[:1] + thing + added[1:] if added else [_grown(draw, item) for item in thing]
    return thing


@given(additions())
def test_what_was_added_is_removed_and_nothing_else(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    spec, grown = pair
    wanted, live = quota_with(spec), quota_with(grown)
    assert without(live, extras(wanted, live)) == wanted


def test_the_defaults_of_the_server_are_not_extra() -> None:
    live = copy.deepcopy(manifests.limit_range("a"))
    live["spec"]["limits"][0] = {
        "type": "Container",
        "max": {"cpu": "2"},
        "min": {"ephemeral-storage": "1Mi"},
        "default": {"memory": "1Gi", "cpu": "2"},
        "defaultRequest": {"memory": "1Gi", "cpu": "2", "ephemeral-storage": "1Mi"},
    }
    assert extras(manifests.limit_range("a"), live) == []
    live["spec"]["limits"][0]["defaultRequest"]["nvidia.com/gpu"] = "1"
    assert [op["path"] for op in extras(manifests.limit_range("a"), live)] == ["/spec/limits/0/defaultRequest/nvidia.com~1gpu"]


def test_an_empty_selector_is_an_opening_and_not_nothing() -> None:
    wanted, live = manifests.allow_dns("a"), manifests.allow_dns("a")
    del wanted["spec"]["egress"][0]["to"][0]["namespaceSelector"]
    live["spec"]["egress"][0]["to"][0]["namespaceSelector"] = {}
    assert [op["path"] for op in extras(wanted, live)] == ["/spec/egress/0/to/0/namespaceSelector"]


def test_an_empty_list_is_the_same_as_none() -> None:
    live = manifests.default_deny("a")
    del live["spec"]["ingress"]
    assert extras(manifests.default_deny("a"), live) == []
    live["spec"]["ingress"] = [{}]
    assert extras(manifests.default_deny("a"), live) == [{"op": "remove", "path": "/spec/ingress"}]


def test_what_other_people_label_is_theirs() -> None:
    live = manifests.quota("a")
    live["metadata"]["labels"]["theirs"] = "yes"
    live["status"] = {"hard": {"pods": "1"}}
    assert extras(manifests.quota("a"), live) == []
