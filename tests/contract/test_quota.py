"""ResourceQuota and LimitRange: exact under parallel creates, live, in the words of a real server."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, container, deployment, pod, quota

GPU = "nvidia.com/gpu"


@pytest.fixture
def quotas(space: str) -> str:
    return f"/api/v1/namespaces/{space}/resourcequotas"


def _install(api: Api, quotas: str, **hard: str) -> None:
    created = api.post(quotas, quota(**hard)).body
    api.until(f"{quotas}/q", lambda answer: answer.body["status"].get("hard") == created["spec"]["hard"])


def test_a_quota_shows_what_is_used(api: Api, quotas: str, pods: str) -> None:
    _install(api, quotas, requests__cpu="4", requests__memory="8Gi", pods="10")
    api.post(pods, pod("a", limits={"cpu": "500m", "memory": "1Gi"}))
    api.post(pods, pod("b", limits={"cpu": "1", "memory": "512Mi"}))
    wanted = {"requests.cpu": "1500m", "requests.memory": "1536Mi", "pods": "2"}
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == wanted)
    api.delete(f"{pods}/a")
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"]["requests.cpu"] == "1")


def test_gpus_beyond_the_quota_are_refused(api: Api, quotas: str, pods: str) -> None:
    _install(api, quotas, **{"requests__nvidia.com/gpu": "8"})
    assert api.post(pods, pod("a", limits={GPU: "7"})).code == 201
    refused = api.post(pods, pod("b", limits={GPU: "2"}))
    assert (refused.code, refused.body["reason"]) == (403, "Forbidden")
    assert refused.message == (
        'pods "b" is forbidden: exceeded quota: q, requested: requests.nvidia.com/gpu=2, '
        "used: requests.nvidia.com/gpu=7, limited: requests.nvidia.com/gpu=8"
    )


def test_parallel_creates_never_exceed_it(api: Api, quotas: str, pods: str) -> None:
    _install(api, quotas, pods="5")
    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda number: api.post(pods, pod(f"p{number}")).code, range(24)))
    assert codes.count(201) <= 5 and set(codes) <= {201, 403, 409, 500}
    assert len(api.get(pods).body["items"]) == codes.count(201)
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == {"pods": str(codes.count(201))})


def test_a_quota_wants_amounts_to_be_specified(api: Api, quotas: str, pods: str) -> None:
    _install(api, quotas, limits__cpu="4", limits__memory="8Gi")
    refused = api.post(pods, pod("a"))
    assert refused.code == 403 and refused.message.startswith('pods "a" is forbidden: failed quota: q: must specify limits.cpu')


def test_object_counts(api: Api, quotas: str, space: str) -> None:
    _install(api, quotas, count___secrets="1", services__nodeports="0")
    secrets = f"/api/v1/namespaces/{space}/secrets"
    refusals = [api.post(secrets, {"metadata": {"name": name}}) for name in ("one", "two")]
    assert refusals[1].code == 403 and "exceeded quota: q, requested: count/secrets=1" in refusals[1].message
    service = {"metadata": {"name": "s"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}}
    refused = api.post(f"/api/v1/namespaces/{space}/services", service)
    assert (
        refused.code == 403
        and "requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0" in refused.message
    )


def test_storage_counts(api: Api, quotas: str, space: str) -> None:
    _install(api, quotas, requests__storage="10Gi")
    claim = {"metadata": {"name": "c"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8Gi"}}}}
    path = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    assert api.post(path, claim).code == 201
    refused = api.post(path, {**claim, "metadata": {"name": "d"}})
    assert (
        refused.code == 403
        and "requested: requests.storage=8Gi, used: requests.storage=8Gi, limited: requests.storage=10Gi" in refused.message
    )


def test_a_finished_pod_gives_back(api: Api, quotas: str, pods: str) -> None:
    _install(api, quotas, pods="1")
    api.post(pods, pod("a"))
    assert api.post(pods, pod("b")).code == 403
    api.patch(f"{pods}/a/status", {"status": {"phase": "Succeeded"}})
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == {"pods": "0"})
    assert api.post(pods, pod("b")).code == 201


def test_a_limit_range_fills_in_and_bounds(api: Api, space: str, pods: str) -> None:
    limit = {"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "100m"}, "max": {"cpu": "2"}}
    path = f"/api/v1/namespaces/{space}/limitranges"
    assert api.post(path, {"metadata": {"name": "l"}, "spec": {"limits": [limit]}}).code == 201
    resources = {"limits": {"cpu": "500m"}, "requests": {"cpu": "100m"}}
    # A real server reads limits from a copy that may be a moment old.
    filled = api.post(pods, pod("a"))
    while filled.code == 201 and not filled.body["spec"]["containers"][0]["resources"]:
        api.delete(f"{pods}/a")
        filled = api.post(pods, pod("a"))
    assert filled.body["spec"]["containers"][0]["resources"] == resources
    refused = api.post(pods, pod("b", limits={"cpu": "3"}))
    assert (refused.code, refused.message) == (403, 'pods "b" is forbidden: maximum cpu usage per Container is 2, but limit is 3')


def test_a_limit_range_derives_its_defaults(api: Api, space: str) -> None:
    limit = {"type": "Container", "max": {"cpu": "2"}}
    created = api.post(f"/api/v1/namespaces/{space}/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}}).body
    assert created["spec"]["limits"] == [
        {"type": "Container", "max": {"cpu": "2"}, "default": {"cpu": "2"}, "defaultRequest": {"cpu": "2"}}
    ]


COUNTED = {
    "deployments.apps": ("apis/apps/v1", deployment("a", container(), replicas=0)),
    "configmaps": ("api/v1", config_map("a")),
    "roles.rbac.authorization.k8s.io": ("apis/rbac.authorization.k8s.io/v1", {"metadata": {"name": "a"}, "rules": []}),
    "networkpolicies.networking.k8s.io": ("apis/networking.k8s.io/v1", {"metadata": {"name": "a"}, "spec": {"podSelector": {}}}),
    "leases.coordination.k8s.io": ("apis/coordination.k8s.io/v1", {"metadata": {"name": "a"}}),
}


@pytest.mark.parametrize("resource", COUNTED)
def test_objects_of_any_kind_are_counted(api: Api, maps: str, space: str, resource: str) -> None:
    prefix, body = COUNTED[resource]
    quotas, path = f"/api/v1/namespaces/{space}/resourcequotas", f"/{prefix}/namespaces/{space}/{resource.partition('.')[0]}"
    taken = len(api.get(path).body["items"])
    name = f"count/{resource}"
    api.post(quotas, {"metadata": {"name": "q"}, "spec": {"hard": {name: str(taken + 1)}}})
    api.until(f"{quotas}/q", lambda answer: answer.body.get("status", {}).get("used") == {name: str(taken)})
    assert api.post(path, body).code == 201
    refused = api.post(path, {**body, "metadata": {"name": "b"}})
    assert refused.code == 403
    limits = f"requested: {name}=1, used: {name}={taken + 1}, limited: {name}={taken + 1}"
    assert refused.message == f'{resource} "b" is forbidden: exceeded quota: q, {limits}'
    api.delete(f"{path}/a")
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == {name: str(taken)})


def test_node_ports_are_exact_under_parallel_creates(api: Api, space: str) -> None:
    quotas, path = f"/api/v1/namespaces/{space}/resourcequotas", f"/api/v1/namespaces/{space}/services"
    api.post(quotas, {"metadata": {"name": "q"}, "spec": {"hard": {"services.nodeports": "5", "services": "20"}}})
    api.until(f"{quotas}/q", lambda answer: answer.body.get("status", {}).get("used"))

    def create(number: int) -> int:
        ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
        return api.post(path, {"metadata": {"name": f"s{number}"}, "spec": {"type": "NodePort", "ports": ports}}).code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(8)))
    assert sorted(set(codes)) == [201, 403] and codes.count(201) == 2
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == {"services.nodeports": "4", "services": "2"})
    assert api.post(path, {"metadata": {"name": "plain"}, "spec": {"ports": [{"port": 80}]}}).code == 201
    change = {
        "spec": {"type": "ClusterIP", "ports": [{"name": "a", "port": 80, "nodePort": None}, {"name": "b", "port": 81, "nodePort": None}]}
    }
    winner = f"s{codes.index(201)}"
    assert api.patch(f"{path}/{winner}", change).code == 200
    api.until(f"{quotas}/q", lambda answer: answer.body["status"]["used"] == {"services.nodeports": "2", "services": "3"})


LIMITED = [
    ("Pod", "max", {"cpu": "1"}, ("2", "2"), "maximum cpu usage per Pod is 1, but limit is 2"),
    ("Pod", "min", {"cpu": "1"}, ("500m", "1"), "minimum cpu usage per Pod is 1, but request is 500m"),
    (
        "Container",
        "maxLimitRequestRatio",
        {"cpu": "2"},
        ("1", "3"),
        "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000",
    ),
]


@pytest.mark.parametrize(("kind", "bound", "amounts", "given", "why"), LIMITED)
def test_limit_ranges_bound_pods_and_ratios(
    api: Api, pods: str, space: str, kind: str, bound: str, amounts: dict[str, str], given: tuple[str, str], why: str
) -> None:
    item = {"type": kind, bound: amounts}
    assert api.post(f"/api/v1/namespaces/{space}/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [item]}}).code == 201
    body = pod("a", requests={"cpu": given[0]}, limits={"cpu": given[1]})
    answer = api.post(pods, body)
    end = time.monotonic() + 10  # an informer of the real server's has to see the LimitRange first
    while answer.code == 201 and time.monotonic() < end:
        api.delete(f"{pods}/a", {"gracePeriodSeconds": 0})
        answer = api.post(pods, body)
    assert answer.code == 403 and why in answer.message


def test_claims_are_bounded(api: Api, space: str) -> None:
    item = {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "2Gi"}}
    api.post(f"/api/v1/namespaces/{space}/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [item]}})
    path = f"/api/v1/namespaces/{space}/persistentvolumeclaims"

    def claim(size: str) -> dict[str, Any]:
        return {"metadata": {"name": "a"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}}

    end = time.monotonic() + 10
    while (answer := api.post(path, claim("3Gi"), dryRun="All")).code == 201 and time.monotonic() < end:
        time.sleep(0.05)
    assert answer.code == 403 and "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi" in answer.message
    small = api.post(path, claim("500Mi"))
    assert small.code == 403 and "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi" in small.message
    assert api.post(path, claim("2Gi")).code == 201
