"""Tables: what `kubectl get` asks for, cell by cell."""

import re
from typing import Any

import pytest

from tests.contract.client import Api
from tests.contract.objects import binding, config_map, container, deployment, pod, quota

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
AGE = re.compile(r"\d+s")


def _names(table: Any) -> list[tuple[str, str, int]]:
    return [(each["name"], each["type"], each["priority"]) for each in table["columnDefinitions"]]


def _row(api: Api, path: str) -> dict[str, Any]:
    """The cells of an object by the names of their columns."""
    table = api.get(path, accept=TABLE).body
    assert table["kind"] == "Table" and len(table["rows"]) == 1
    return dict(zip([each["name"] for each in table["columnDefinitions"]], table["rows"][0]["cells"], strict=True))


def test_pods_have_their_columns(api: Api, pods: str) -> None:
    api.post(pods, pod("a", schedulerName="nobody"))
    table = api.get(pods, accept=TABLE).body
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1") and int(table["metadata"]["resourceVersion"])
    shown = [name for name, _, priority in _names(table) if priority == 0]
    assert shown == ["Name", "Ready", "Status", "Restarts", "Age"]
    assert [name for name, _, priority in _names(table) if priority == 1] == ["IP", "Node", "Nominated Node", "Readiness Gates"]
    row = _row(api, f"{pods}/a")
    assert AGE.fullmatch(row.pop("Age")) and str(row.pop("Restarts")) == "0"
    assert row == dict.fromkeys(("IP", "Node", "Nominated Node", "Readiness Gates"), "<none>") | {
        "Name": "a",
        "Ready": "0/1",
        "Status": "Pending",
    }


STATUSES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "creating": (
        {},
        {"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]},
        "ContainerCreating",
        "0/1",
    ),
    "running": ({}, {"phase": "Running", "containerStatuses": [{"ready": True, "state": {"running": {}}}]}, "Running", "1/1"),
    "crashing": (
        {},
        {"phase": "Running", "containerStatuses": [{"restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
        "CrashLoopBackOff",
        "0/1",
    ),
    "completed": (
        {},
        {"phase": "Succeeded", "containerStatuses": [{"state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]},
        "Completed",
        "0/1",
    ),
    "exit-code": ({}, {"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"exitCode": 3}}}]}, "ExitCode:3", "0/1"),
    "signal": ({}, {"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"exitCode": 0, "signal": 9}}}]}, "Signal:9", "0/1"),
    "evicted": ({}, {"phase": "Failed", "reason": "Evicted"}, "Evicted", "0/1"),
    "init": (
        {"initContainers": [container("first"), container("second")]},
        {
            "phase": "Pending",
            "initContainerStatuses": [
                {"name": "first", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                {"name": "second", "state": {"running": {}}},
            ],
        },
        "Init:1/2",
        "0/1",
    ),
    "init-error": (
        {"initContainers": [container("first")]},
        {"phase": "Pending", "initContainerStatuses": [{"name": "first", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]},
        "Init:Error",
        "0/1",
    ),
    "init-waits": (
        {"initContainers": [container("first")]},
        {"phase": "Pending", "initContainerStatuses": [{"name": "first", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]},
        "Init:ImagePullBackOff",
        "0/1",
    ),
}


@pytest.mark.parametrize("case", STATUSES)
def test_a_pods_status_in_one_word(api: Api, pods: str, case: str) -> None:
    spec, status, word, ready = STATUSES[case]
    api.post(pods, pod("a", schedulerName="nobody", **spec))
    blank = {"name": "main", "image": "i", "imageID": "i", "ready": False, "restartCount": 0}
    for part in ("containerStatuses", "initContainerStatuses"):
        status = status | {part: [blank | each for each in status[part]]} if part in status else status
    written = api.patch(f"{pods}/a/status", {"status": status})
    assert written.code == 200, written.body
    row = _row(api, f"{pods}/a")
    assert (row["Status"], row["Ready"]) == (word, ready)


def test_a_pod_that_ends_is_marked_in_its_row(api: Api, pods: str) -> None:
    api.post(pods, pod("a", schedulerName="nobody"))
    api.patch(f"{pods}/a/status", {"status": {"phase": "Succeeded"}})
    row = api.get(f"{pods}/a", accept=TABLE).body["rows"][0]
    message = "The pod has completed successfully."
    assert row["conditions"] == [{"type": "Completed", "status": "True", "reason": "Succeeded", "message": message}]


@pytest.mark.since(23, "restarts are told without their age")
def test_restarts_are_told_with_their_age(api: Api, pods: str) -> None:
    api.post(pods, pod("a", schedulerName="nobody"))
    ended = {"terminated": {"exitCode": 1, "finishedAt": "2020-01-01T00:00:00Z"}}
    status = {"name": "main", "image": "i", "imageID": "i", "ready": True, "restartCount": 3, "lastState": ended, "state": {"running": {}}}
    api.patch(f"{pods}/a/status", {"status": {"phase": "Running", "containerStatuses": [status]}})
    assert re.fullmatch(r"3 \(\dy\d+d ago\)", _row(api, f"{pods}/a")["Restarts"])


def test_deployments_show_readiness_and_wide_columns(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container(), container("side", "example.org/side:2"), replicas=0, paused=True))
    row = _row(api, f"{path}/a")
    assert AGE.fullmatch(row.pop("Age"))
    assert row == {
        "Name": "a",
        "Ready": "0/0",
        "Up-to-date": 0,
        "Available": 0,
        "Containers": "main,side",
        "Images": "example.org/app:1,example.org/side:2",
        "Selector": "app=a",
    }


def test_services_show_type_addresses_and_ports(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/services"
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 53, "protocol": "UDP"}]
    api.post(path, {"metadata": {"name": "a"}, "spec": {"ports": ports, "selector": {"b": "2", "a": "1"}}})
    row = _row(api, f"{path}/a")
    assert row["Cluster-IP"].startswith("10.") and row["Type"] == "ClusterIP" and row["External-IP"] == "<none>"
    assert (row["Port(s)"], row["Selector"]) == ("80/TCP,53/UDP", "a=1,b=2")
    api.post(path, {"metadata": {"name": "b"}, "spec": {"type": "NodePort", "ports": [{"port": 80}]}})
    assert re.fullmatch(r"80:3\d{4}/TCP", _row(api, f"{path}/b")["Port(s)"])
    api.post(path, {"metadata": {"name": "c"}, "spec": {"clusterIP": "None", "selector": {"a": "1"}}})
    row = _row(api, f"{path}/c")
    assert (row["Cluster-IP"], row["Port(s)"]) == ("None", "<none>")


def test_a_nodes_status_and_roles(api: Api, space: str) -> None:
    name = f"node-{space}"
    node = {"metadata": {"name": name, "labels": {"node-role.kubernetes.io/gpu": ""}}, "spec": {"unschedulable": True}}
    api.post("/api/v1/nodes", node)
    addresses = [{"type": "InternalIP", "address": "10.1.2.3"}]
    status = {"conditions": [{"type": "Ready", "status": "False"}], "addresses": addresses}
    assert api.patch(f"/api/v1/nodes/{name}/status", {"status": status}).code == 200
    row = _row(api, f"/api/v1/nodes/{name}")
    api.delete(f"/api/v1/nodes/{name}")
    assert (row["Status"], row["Roles"]) == ("NotReady,SchedulingDisabled", "gpu")
    assert (row["Internal-IP"], row["External-IP"], row["OS-Image"]) == ("10.1.2.3", "<none>", "<unknown>")


def test_claims_bindings_policies_and_budgets(api: Api, space: str) -> None:
    claims = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}
    api.post(claims, {"metadata": {"name": "a"}, "spec": spec})
    row = _row(api, f"{claims}/a")
    assert (row["Status"], row["Volume"], row["Capacity"], row["StorageClass"]) == ("Pending", "", "", "fast")
    bindings = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings"
    group = "rbac.authorization.k8s.io"
    subjects = [{"kind": "User", "name": "ann", "apiGroup": group}, {"kind": "ServiceAccount", "name": "x", "namespace": space}]
    api.post(bindings, binding("b", "view", *subjects))
    row = _row(api, f"{bindings}/b")
    assert (row["Role"], row["Users"], row["Groups"], row["ServiceAccounts"]) == ("ClusterRole/view", "ann", "", f"{space}/x")
    policies = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies"
    api.post(policies, {"metadata": {"name": "p"}, "spec": {"podSelector": {"matchLabels": {"a": "b"}}}})
    assert _row(api, f"{policies}/p")["Pod-Selector"] == "a=b"


def test_quotas_show_what_is_used(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    api.post(path, quota("q", requests__cpu="2", limits__cpu="4", configmaps="10"))
    api.until(f"{path}/q", lambda answer: "used" in answer.body.get("status", {}))
    row = _row(api, f"{path}/q")
    assert re.fullmatch(r"configmaps: \d/10, requests\.cpu: 0/2", row["Request"]) and row["Limit"] == "limits.cpu: 0/4"


def test_events_come_without_a_name_in_front(api: Api, space: str) -> None:
    path = f"/api/v1/namespaces/{space}/events"
    event = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "a", "namespace": space, "fieldPath": "spec.containers{main}"},
        "reason": "Pulled",
        "type": "Normal",
        "message": "done\n",
        "source": {"component": "kubelet", "host": "n1"},
        "firstTimestamp": "2020-01-01T00:00:00Z",
        "lastTimestamp": "2020-01-01T00:00:00Z",
        "count": 3,
    }
    assert api.post(path, event).code == 201
    row = _row(api, f"{path}/e")
    assert re.fullmatch(r"\dy\d+d", row["Last Seen"]) and row["First Seen"] == row["Last Seen"]
    wanted = {"Type": "Normal", "Reason": "Pulled", "Object": "pod/a", "Message": "done", "Count": 3, "Name": "e"}
    assert {key: row[key] for key in wanted} == wanted
    assert (row["Subobject"], row["Source"]) == ("spec.containers{main}", "kubelet, n1")


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        ("api/v1/nodes", "Name Status Roles Age Version Internal-IP External-IP OS-Image Kernel-Version Container-Runtime"),
        ("api/v1/secrets", "Name Type Data Age"),
        ("api/v1/configmaps", "Name Data Age"),
        ("api/v1/serviceaccounts", "Name Secrets Age"),
        ("api/v1/limitranges", "Name Created At"),
        ("api/v1/endpoints", "Name Endpoints Age"),
        ("apis/apps/v1/replicasets", "Name Desired Current Ready Age Containers Images Selector"),
        ("apis/apps/v1/statefulsets", "Name Ready Age Containers Images"),
        ("apis/apps/v1/daemonsets", "Name Desired Current Ready Up-to-date Available Node Selector Age Containers Images Selector"),
        ("apis/apps/v1/controllerrevisions", "Name Controller Revision Age"),
        ("apis/rbac.authorization.k8s.io/v1/roles", "Name Created At"),
        ("apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "Name Role Age Users Groups ServiceAccounts"),
        ("apis/networking.k8s.io/v1/ingresses", "Name Class Hosts Address Ports Age"),
        ("apis/networking.k8s.io/v1/ingressclasses", "Name Controller Parameters Age"),
        ("apis/storage.k8s.io/v1/storageclasses", "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age"),
        ("apis/coordination.k8s.io/v1/leases", "Name Holder Age"),
        ("api/v1/events", "Last Seen Type Reason Object Subobject Source Message First Seen Count Name"),
    ],
)
def test_kinds_have_their_columns(api: Api, resource: str, names: str) -> None:
    table = api.get(f"/{resource}", accept=TABLE).body
    assert " ".join(each["name"] for each in table["columnDefinitions"]) == names
    assert [each["format"] for each in table["columnDefinitions"] if each["name"] == "Name"] == ["name"]


def test_rows_carry_metadata_the_object_or_nothing(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"k": "v"}))
    row = api.get(f"{maps}/a", accept=TABLE).body["rows"][0]
    assert (row["object"]["kind"], row["object"]["metadata"]["name"]) == ("PartialObjectMetadata", "a") and "data" not in row["object"]
    assert api.get(f"{maps}/a", accept=TABLE, includeObject="Object").body["rows"][0]["object"]["data"] == {"k": "v"}
    assert api.get(f"{maps}/a", accept=TABLE, includeObject="None").body["rows"][0]["object"] is None
    assert api.get(f"{maps}/a", accept=TABLE, includeObject="Some").code == 400


def test_metadata_alone_can_be_had(api: Api, maps: str) -> None:
    api.post(maps, config_map("a", {"k": "v"}))
    one = api.get(f"{maps}/a", accept=PARTIAL).body
    assert (one["kind"], one["apiVersion"], one["metadata"]["name"]) == ("PartialObjectMetadata", "meta.k8s.io/v1", "a")
    assert "data" not in one
    many = api.get(maps, accept=PARTIAL.replace("Metadata;", "MetadataList;")).body
    assert many["kind"] == "PartialObjectMetadataList" and "a" in [each["metadata"]["name"] for each in many["items"]]
    assert "a" in [each["metadata"]["name"] for each in many["items"]]
    assert all("data" not in each for each in many["items"])


def test_tables_page_and_choose_like_lists(api: Api, maps: str) -> None:
    for name in "abc":
        api.post(maps, config_map(name, labels={"team": "x"}))
    page = api.get(maps, accept=TABLE, limit=2, labelSelector="team=x").body
    assert [row["cells"][0] for row in page["rows"]] == ["a", "b"]
    rest = api.get(maps, accept=TABLE, limit=2, labelSelector="team=x", **{"continue": page["metadata"]["continue"]}).body
    assert [row["cells"][0] for row in rest["rows"]] == ["c"]


def test_a_watch_of_tables_names_its_columns_once(api: Api, maps: str) -> None:
    version = api.get(maps).body["metadata"]["resourceVersion"]
    for name in "ab":
        api.post(maps, config_map(name, {"k": "v"}))
    events = list(api.watch(maps, 2, accept=TABLE, resourceVersion=version))
    assert [(each["type"], each["object"]["kind"], each["object"]["rows"][0]["cells"][:2]) for each in events] == [
        ("ADDED", "Table", ["a", 1]),
        ("ADDED", "Table", ["b", 1]),
    ]
    assert len(events[0]["object"]["columnDefinitions"]) == 3 and not events[1]["object"]["columnDefinitions"]


def test_a_form_that_nobody_has_is_refused(api: Api, maps: str) -> None:
    answer = api.get(maps, accept="text/html")
    assert (answer.code, answer.body["reason"]) == (406, "NotAcceptable")
