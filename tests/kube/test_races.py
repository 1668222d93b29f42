"""Somebody is faster: between our look and our write the object changes, goes, or becomes another one."""

from collections.abc import Callable
from typing import Any

from kube.apply import PATCH, apply_object
from kube.connect import Api
from kube.prune import delete_object
from tests.kube import manifests
from tests.kube.conftest import CLAIM
from tests.kube.hands import edit, entry_of, get, remove

GPU = [{"op": "add", "path": "/spec/hard/requests.nvidia.com~1gpu", "value": "8"}]


class Meddled:
    """An Api before whose writes somebody else does something, `times` times."""

    def __init__(self, api: Api, is_write: Callable[[str, str], bool], act: Callable[[], object], times: int = 1) -> None:
        self.api, self.is_write, self.act, self.left = api, is_write, act, times

    def call(self, method: str, path: str, **options: Any) -> Any:
        if self.left and self.is_write(method, options.get("content_type", "")):
            self.left -= 1
            self.act()
        return self.api.call(method, path, **options)

    def request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return dict(self.call(method, path, **options).body)


def is_removal(method: str, content_type: str) -> bool:
    return content_type == PATCH


def is_delete(method: str, content_type: str) -> bool:
    return method == "DELETE"


def recreated_by_a_stranger(api: Api, namespace: str) -> Callable[[], object]:
    theirs = manifests.quota(namespace, **{"requests.nvidia.com/gpu": "1", "requests.cpu": "1"})
    theirs["metadata"].pop("labels")

    def act() -> None:
        remove(api, theirs)
        api.request("POST", f"/api/v1/namespaces/{namespace}/resourcequotas", body=theirs)

    return act


def test_a_removal_is_judged_again_when_the_object_changed_meanwhile(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, GPU)
    more = [{"op": "add", "path": "/spec/hard/pods", "value": "9"}]
    meddled: Any = Meddled(api, is_removal, lambda: edit(api, manifest, more))
    result = apply_object(meddled, manifest, entry=entry, claim=CLAIM)
    assert result.state == "changed", result
    assert set(get(api, manifest)["spec"]["hard"]) == set(manifest["spec"]["hard"])


def test_a_removal_never_reaches_an_object_that_took_the_place_of_ours(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, GPU)
    meddled: Any = Meddled(api, is_removal, recreated_by_a_stranger(api, namespace))
    result = apply_object(meddled, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.retryable) == ("failed", True), result
    assert "requests.nvidia.com/gpu" in get(api, manifest)["spec"]["hard"]
    assert apply_object(api, manifest, entry=entry, claim=CLAIM).reason == "NotOurs"


def test_a_writer_who_puts_it_back_each_time_is_named_and_not_fought(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    edit(api, manifest, GPU, manager="their-operator")

    def again() -> None:
        hard = get(api, manifest)["spec"]["hard"]
        number = str(int(hard["requests.nvidia.com/gpu"]) + 1)
        edit(api, manifest, [{**GPU[0], "value": number}], manager="their-operator")

    meddled: Any = Meddled(api, is_removal, again, times=100)
    result = apply_object(meddled, manifest, entry=entry, claim=CLAIM)
    assert (result.state, result.reason, result.digest) == ("conflict", "FoughtBy", None)
    assert "their-operator" in result.message and "gpu" in result.message
    assert meddled.left > 90, "the attempts are few"


def test_a_delete_looks_again_when_the_object_changed_meanwhile(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    meddled: Any = Meddled(api, is_delete, lambda: edit(api, manifest, GPU), times=2)
    assert delete_object(meddled, entry, claim=CLAIM).state == "deleted"


def test_a_delete_never_reaches_an_object_that_took_the_place_of_ours(api: Api, namespace: str) -> None:
    manifest = manifests.quota(namespace)
    entry = entry_of(apply_object(api, manifest, claim=CLAIM, fresh=True))
    meddled: Any = Meddled(api, is_delete, recreated_by_a_stranger(api, namespace))
    assert delete_object(meddled, entry, claim=CLAIM).state == "deleted", "ours is gone"
    assert get(api, manifest)["spec"]["hard"]["requests.nvidia.com/gpu"] == "1"
