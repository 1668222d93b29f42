"""Create, read, replace: metadata, versions, defaults and refusals."""

import secrets

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, container, deployment, pod


def test_a_created_object_gets_uid_version_and_time(api: Api, maps: str) -> None:
    created = api.post(maps, config_map("a", {"x": "1"}))
    assert created.code == 201
    metadata = created.body["metadata"]
    assert metadata["uid"] and int(metadata["resourceVersion"]) > 0 and metadata["creationTimestamp"].endswith("Z")
    assert api.get(f"{maps}/a").body == created.body


def test_a_taken_name_is_refused(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    again = api.post(maps, config_map("a"))
    assert (again.code, again.body["reason"], again.message) == (409, "AlreadyExists", 'configmaps "a" already exists')
    assert again.body["details"] == {"name": "a", "kind": "configmaps"}


def test_a_missing_object_is_not_found(api: Api, space: str) -> None:
    answer = api.get(f"/apis/apps/v1/namespaces/{space}/deployments/no")
    assert (answer.code, answer.body["reason"], answer.message) == (404, "NotFound", 'deployments.apps "no" not found')
    assert answer.body["details"] == {"name": "no", "group": "apps", "kind": "deployments"}


def test_a_missing_namespace_is_not_found(api: Api) -> None:
    answer = api.post("/api/v1/namespaces/never-was/configmaps", config_map())
    assert (answer.code, answer.message) == (404, 'namespaces "never-was" not found')


def test_generate_name_appends_five_letters(api: Api, maps: str) -> None:
    body = {"metadata": {"generateName": "made-"}}
    names = {api.post(maps, body).body["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3 and all(name.startswith("made-") and len(name) == 10 for name in names)


def test_a_replaced_object_keeps_its_identity(api: Api, maps: str) -> None:
    first = api.post(maps, config_map("a", {"x": "1"})).body
    second = api.call("PUT", f"{maps}/a", config_map("a", {"y": "2"})).body
    assert second["data"] == {"y": "2"}
    assert second["metadata"]["uid"] == first["metadata"]["uid"]
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])


def test_a_write_that_changes_nothing_keeps_the_version(api: Api, maps: str) -> None:
    first = api.post(maps, config_map("a", {"x": "1"})).body
    same = api.call("PUT", f"{maps}/a", first).body
    assert same["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


def test_a_stale_version_is_a_conflict(api: Api, maps: str) -> None:
    first = api.post(maps, config_map("a", {"x": "1"})).body
    api.patch(f"{maps}/a", {"data": {"x": "2"}})
    stale = api.call("PUT", f"{maps}/a", {**first, "data": {"x": "3"}})
    assert (stale.code, stale.body["reason"]) == (409, "Conflict")
    assert "the object has been modified; please apply your changes to the latest version and try again" in stale.message


def test_a_foreign_uid_is_a_conflict(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    answer = api.call("PUT", f"{maps}/a", config_map("a", {"x": "1"}, uid="11111111-1111-1111-1111-111111111111"))
    assert answer.code == 409 and "Precondition failed: UID in precondition: 11111111" in answer.message


def test_a_replacement_of_nothing_is_not_found(api: Api, maps: str) -> None:
    assert api.call("PUT", f"{maps}/a", config_map("a")).code == 404


def test_names_on_url_and_in_object_must_agree(api: Api, maps: str) -> None:
    api.post(maps, config_map("a"))
    answer = api.call("PUT", f"{maps}/a", config_map("b"))
    assert (answer.code, answer.message) == (400, "the name of the object (b) does not match the name on the URL (a)")


def test_namespaces_on_url_and_in_object_must_agree(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map("a", namespace="elsewhere"))
    assert answer.code == 400 and "namespace of the provided object does not match the namespace sent on the request" in answer.message


def test_generation_counts_changes_of_the_spec_only(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    created = api.post(path, deployment("a", container(), paused=True, replicas=0)).body
    assert created["metadata"]["generation"] == 1
    labelled = api.patch(f"{path}/a", {"metadata": {"labels": {"x": "y"}}}).body
    assert labelled["metadata"]["generation"] == 1
    scaled = api.patch(f"{path}/a", {"spec": {"revisionHistoryLimit": 3}}).body
    assert scaled["metadata"]["generation"] == 2


def test_a_status_write_leaves_the_spec_alone(api: Api, pods: str) -> None:
    api.post(pods, pod("a"))
    patch = {"spec": {"activeDeadlineSeconds": 5}, "status": {"phase": "Running"}}
    written = api.patch(f"{pods}/a/status", patch).body
    assert written["status"]["phase"] == "Running" and "activeDeadlineSeconds" not in written["spec"]


def test_a_node_is_born_with_its_status(api: Api) -> None:
    status = {"capacity": {"cpu": "4000m"}, "nodeInfo": {"kubeletVersion": "v1.2.3"}}
    name = f"n-{secrets.token_hex(4)}"
    created = api.post("/api/v1/nodes", {"metadata": {"name": name}, "status": status}).body["status"]
    assert (created["capacity"], created["allocatable"], created["nodeInfo"]["kubeletVersion"]) == ({"cpu": "4"}, {"cpu": "4"}, "v1.2.3")
    api.patch(f"/api/v1/nodes/{name}", {"status": {"capacity": {"cpu": "9"}}})
    assert api.get(f"/api/v1/nodes/{name}").body["status"]["capacity"] == {"cpu": "4"}
    api.delete(f"/api/v1/nodes/{name}")


def test_a_plain_write_leaves_the_status_alone(api: Api, pods: str) -> None:
    api.post(pods, {**pod("a"), "status": {"phase": "Failed"}})
    written = api.patch(f"{pods}/a", {"metadata": {"labels": {"x": "y"}}, "status": {"phase": "Running"}}).body
    assert written["status"]["phase"] == "Pending" and written["metadata"]["labels"] == {"x": "y"}


@pytest.mark.parametrize(
    ("sent", "returned"),
    [("1000m", "1"), ("0.5", "500m"), ("1", "1"), ("1500m", "1500m"), ("1024Mi", "1Gi"), ("1e3", "1e3"), ("0.1Gi", "107374182400m")],
)
def test_quantities_come_back_in_canonical_form(api: Api, space: str, sent: str, returned: str) -> None:
    path = f"/api/v1/namespaces/{space}/resourcequotas"
    body = {"metadata": {"name": "q"}, "spec": {"hard": {"requests.memory": sent}}}
    assert api.post(path, body).body["spec"]["hard"] == {"requests.memory": returned}


def test_a_pod_gets_the_usual_defaults(api: Api, pods: str) -> None:
    spec = api.post(pods, pod("a", limits={"cpu": "1", "memory": "1Gi"})).body["spec"]
    assert spec["restartPolicy"] == "Always" and spec["dnsPolicy"] == "ClusterFirst" and spec["terminationGracePeriodSeconds"] == 30
    assert spec["serviceAccountName"] == "default" and spec["schedulerName"] == "default-scheduler" and spec["priority"] == 0
    main = spec["containers"][0]
    assert main["imagePullPolicy"] == "IfNotPresent" and main["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
    assert main["volumeMounts"][0]["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"
    assert {each["key"] for each in spec["tolerations"]} == {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}


def test_a_port_on_the_nodes_network_is_the_nodes(api: Api, pods: str) -> None:
    body = pod("a", hostNetwork=True)
    body["spec"]["containers"][0]["ports"] = [{"containerPort": 8080}]
    shown = api.post(pods, body).body["spec"]["containers"][0]["ports"]
    assert shown == [{"containerPort": 8080, "hostPort": 8080, "protocol": "TCP"}]


def test_a_new_pod_is_pending_with_its_class_of_service(api: Api, pods: str) -> None:
    assert api.post(pods, pod("a")).body["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    guaranteed = api.post(pods, pod("b", limits={"cpu": "1", "memory": "1Gi"})).body["status"]
    burstable = api.post(pods, pod("c", requests={"cpu": "1"})).body["status"]
    assert (guaranteed["qosClass"], burstable["qosClass"]) == ("Guaranteed", "Burstable")


def test_a_deployment_gets_the_usual_defaults(api: Api, space: str) -> None:
    spec = api.post(f"/apis/apps/v1/namespaces/{space}/deployments", deployment("a", container(), paused=True)).body["spec"]
    assert spec["replicas"] == 1 and spec["progressDeadlineSeconds"] == 600
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}


def test_a_network_policy_gets_types_and_protocols(api: Api, space: str) -> None:
    rule = {"ports": [{"port": 53}], "to": [{"podSelector": {}}]}
    body = {"metadata": {"name": "p"}, "spec": {"podSelector": {}, "egress": [rule], "ingress": []}}
    spec = api.post(f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies", body).body["spec"]
    assert spec == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [{"ports": [{"protocol": "TCP", "port": 53}], "to": [{"podSelector": {}}]}],
    }


def test_secrets_turn_strings_into_data(api: Api, space: str) -> None:
    secret = api.post(f"/api/v1/namespaces/{space}/secrets", {"metadata": {"name": "s"}, "stringData": {"k": "hello"}}).body
    assert secret["type"] == "Opaque" and secret["data"] == {"k": "aGVsbG8="} and "stringData" not in secret


def test_a_wrong_path_is_not_found(api: Api, space: str) -> None:
    answer = api.get(f"/api/v1/namespaces/{space}/unicorns")
    assert (answer.code, answer.message) == (404, "the server could not find the requested resource")


def test_a_wrong_method_is_refused(api: Api, maps: str) -> None:
    answer = api.post(f"{maps}/a", config_map())
    assert (answer.code, answer.body["reason"]) == (405, "MethodNotAllowed")
