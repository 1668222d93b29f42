"""The official client's informer and watch: no state is lost or doubled, whatever becomes of the API server."""

import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from kubernetes.client import ApiClient, CoreV1Api
from kubernetes.dynamic import DynamicClient
from kubernetes.informer import ADDED, DELETED, ERROR, MODIFIED, SharedInformer
from kubernetes.watch import Watch

from tests.contract.client import Api
from tests.contract.objects import config_map
from tests.sandbox.clients.conftest import Server, forget

PATIENCE = 40.0


class Seen:
    """A namespace's ConfigMaps as the informer tells of them."""

    def __init__(self, core: CoreV1Api, namespace: str) -> None:
        self.namespace, self.events = namespace, Counter[tuple[str, str]]()
        self.informer = SharedInformer(core.list_namespaced_config_map, namespace=namespace, label_selector="mine=yes")
        self.codes, self.may_go_on = list[int](), threading.Event()
        self.may_go_on.set()
        for name in (ADDED, MODIFIED, DELETED):
            self.informer.add_event_handler(name, lambda each, name=name: self._told(name, each.metadata.name))
        self.informer.add_event_handler(ERROR, lambda error: self.codes.append(getattr(error, "status", 0)))

    def _told(self, event: str, name: str) -> None:
        self.events.update([(event, name)])
        self.may_go_on.wait()

    def copy(self) -> dict[str, str]:
        """Versions by name."""
        return {each.metadata.name: each.metadata.resource_version for each in self.informer.cache.list()}


@pytest.fixture
def maps(api: Api) -> str:
    """The path of the ConfigMaps of a fresh namespace."""
    name = f"c-{secrets.token_hex(4)}"
    assert api.post("/api/v1/namespaces", {"metadata": {"name": name}}).code == 201
    return f"/api/v1/namespaces/{name}/configmaps"


@pytest.fixture
def seen(official: ApiClient, maps: str) -> Iterator[Seen]:
    """An informer that runs."""
    seen = Seen(CoreV1Api(official), maps.split("/")[4])
    seen.informer.start()
    yield seen
    _stop(seen)


def test_the_informer_survives_a_kill(server: Server, api: Api, maps: str, seen: Seen) -> None:
    _churn(api, maps, "before")
    _agree(api, maps, seen)
    server.kill_api_server()
    server.start_api_server()
    _churn(api, maps, "after")
    _agree(api, maps, seen)
    _told_once(seen)


def test_the_informer_survives_a_compaction(server: Server, api: Api, maps: str, seen: Seen) -> None:
    _churn(api, maps, "before")
    _agree(api, maps, seen)
    # It hears nothing until its version is forgotten.
    seen.may_go_on.clear()
    _create(api, maps, "last-heard")
    _until(lambda: seen.events[ADDED, "last-heard"] == 1, lambda: "the informer does not hear of a change")
    server.kill_api_server()
    server.start_api_server()
    _churn(api, maps, "after")
    forget(server, api)
    seen.may_go_on.set()
    _agree(api, maps, seen)
    _told_once(seen)
    assert 410 in seen.codes


def test_a_watch_resumes_where_it_was(server: Server, api: Api, official: ApiClient, maps: str) -> None:
    core, namespace = CoreV1Api(official), maps.split("/")[4]
    start = core.list_namespaced_config_map(namespace).metadata.resource_version
    names = [f"n{number}" for number in range(20)]
    for name in names[:10]:
        _create(api, maps, name)
    watch = Watch()
    events = watch.stream(core.list_namespaced_config_map, namespace, resource_version=start, label_selector="mine=yes", timeout_seconds=20)
    first = [event["object"].metadata.name for event in itertools.islice(events, 5)]
    for name in names[10:]:
        _create(api, maps, name)
    resumed = Watch().stream(
        core.list_namespaced_config_map, namespace, resource_version=watch.resource_version, label_selector="mine=yes", timeout_seconds=20
    )
    assert [*first, *(event["object"].metadata.name for event in itertools.islice(resumed, 15))] == names


def test_the_dynamic_client_finds_writes_and_watches(api: Api, official: ApiClient, maps: str) -> None:
    resource, namespace = DynamicClient(official).resources.get(api_version="v1", kind="ConfigMap"), maps.split("/")[4]
    version = resource.get(namespace=namespace).metadata.resourceVersion
    resource.create(body={**config_map("a", {"x": "1"}), "apiVersion": "v1", "kind": "ConfigMap"}, namespace=namespace)
    patch = {"data": {"x": "2"}}
    resource.patch(name="a", namespace=namespace, body=patch, content_type="application/merge-patch+json")
    applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"y": "3"}}
    resource.server_side_apply(name="a", namespace=namespace, body=applied, field_manager="dynamic")
    resource.delete(name="a", namespace=namespace)
    watched = resource.watch(namespace=namespace, resource_version=version, timeout=10)
    events = itertools.islice((event for event in watched if event["object"].metadata.name == "a"), 4)
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]


def _churn(api: Api, maps: str, prefix: str) -> None:
    for number in range(12):
        _create(api, maps, f"{prefix}-{number}")
    for number in range(6):
        assert api.patch(f"{maps}/{prefix}-{number}", {"data": {"x": "2"}}).code == 200
    for number in range(3, 9):
        assert api.delete(f"{maps}/{prefix}-{number}").code == 200


def _create(api: Api, maps: str, name: str) -> None:
    body = config_map(name, {"x": "1"})
    body["metadata"]["labels"] = {"mine": "yes"}
    assert api.post(maps, body).code == 201


def _agree(api: Api, maps: str, seen: Seen) -> None:
    """Wait until the informer's copy is what the server lists."""

    def listed() -> dict[str, str]:
        items = api.get(maps, labelSelector="mine=yes").body["items"]
        return {each["metadata"]["name"]: each["metadata"]["resourceVersion"] for each in items}

    _until(lambda: seen.copy() == listed(), lambda: f"{seen.copy()} is not {listed()}")


def _told_once(seen: Seen) -> None:
    """Nothing was born or died twice, and what died unseen was told of."""
    added = {name for event, name in seen.events if event == ADDED}
    twice = {key: count for key, count in seen.events.items() if key[0] != MODIFIED and count > 1}
    gone = {name for event, name in seen.events if event == DELETED}
    assert not twice
    assert added - gone == set(seen.copy())


def _stop(seen: Seen) -> None:
    """Its thread blocks in a read until the next event: it is a daemon, and is only told."""
    seen.may_go_on.set()
    seen.informer._stop_event.set()


def _until(holds: Callable[[], bool], why: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, why()
        time.sleep(0.05)
