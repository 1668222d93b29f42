"""What is refused, with the field and the reason that a real server names."""

from typing import Any

import pytest

from sandbox.controlplane import ControlPlane
from sandbox.embedded import EmbeddedCluster
from tests.contract.client import Api
from tests.contract.objects import binding, config_map, container, deployment, pod, quota


def test_an_uppercase_name_is_invalid(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map("Not_Good"))
    assert (answer.code, answer.body["reason"], answer.fields) == (422, "Invalid", ["metadata.name"])
    assert "must consist of lower case alphanumeric characters, '-' or '.'" in answer.message
    assert answer.body["details"]["kind"] == "ConfigMap" and answer.body["details"]["name"] == "Not_Good"


def test_a_namespace_needs_a_dns_label(api: Api) -> None:
    answer = api.post("/api/v1/namespaces", {"metadata": {"name": "with.dots"}})
    assert answer.code == 422 and answer.message.startswith('Namespace "with.dots" is invalid: metadata.name: Invalid value: "with.dots"')


def test_a_name_is_required(api: Api, maps: str) -> None:
    answer = api.post(maps, {"metadata": {}})
    assert (
        answer.code == 422 and answer.message == 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
    )


def test_bad_labels_are_all_named(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map("a", labels={"a b": "1", "x": "y z"}))
    assert answer.code == 422 and answer.fields == ["metadata.labels", "metadata.labels"]
    assert 'Invalid value: "a b": name part must consist of' in answer.message
    assert 'Invalid value: "y z": a valid label must be an empty string or consist of' in answer.message


def test_a_mount_needs_a_path_of_its_own(api: Api, pods: str) -> None:
    mounts = [{"name": "v", "mountPath": ""}, {"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/a"}]
    answer = api.post(pods, pod("a", containers=[container("main", volumeMounts=mounts)], volumes=[{"name": "v", "emptyDir": {}}]))
    assert answer.code == 422
    assert answer.fields == [f"spec.containers[0].volumeMounts[{index}].mountPath" for index in (0, 2)]
    assert "volumeMounts[0].mountPath: Required value" in answer.message and 'Invalid value: "/a": must be unique' in answer.message


def test_a_pod_needs_containers(api: Api, pods: str) -> None:
    answer = api.post(pods, {"metadata": {"name": "a"}, "spec": {"containers": []}})
    assert (answer.code, answer.message) == (422, 'Pod "a" is invalid: spec.containers: Required value')


def test_a_container_needs_an_image(api: Api, pods: str) -> None:
    answer = api.post(pods, {"metadata": {"name": "a"}, "spec": {"containers": [{"name": "main"}]}})
    assert answer.code == 422 and answer.fields == ["spec.containers[0].image"]


def test_container_names_are_unique(api: Api, pods: str) -> None:
    body = pod("a")
    body["spec"]["containers"].append(container("main"))
    answer = api.post(pods, body)
    assert answer.fields == ["spec.containers[1].name"] and 'Duplicate value: "main"' in answer.message


def test_containers_without_names_are_alike(api: Api, pods: str) -> None:
    answer = api.post(pods, {"metadata": {"name": "a"}, "spec": {"containers": [{"image": "a"}, {"image": "a"}]}})
    reasons = [(each["field"], each["reason"]) for each in answer.body["details"]["causes"]]
    assert ("spec.containers[0].name", "FieldValueRequired") in reasons and ("spec.containers[1].name", "FieldValueDuplicate") in reasons


def test_a_request_above_its_limit_is_invalid(api: Api, pods: str) -> None:
    answer = api.post(pods, pod("a", requests={"cpu": "2"}, limits={"cpu": "1"}))
    assert answer.code == 422 and answer.fields == ["spec.containers[0].resources.requests"]
    assert 'Invalid value: "2": must be less than or equal to cpu limit' in answer.message


def test_half_a_gpu_is_invalid(api: Api, pods: str) -> None:
    answer = api.post(pods, pod("a", limits={"nvidia.com/gpu": "500m"}))
    assert answer.code == 422 and "must be an integer" in answer.message


def test_a_gpu_request_needs_its_limit(api: Api, pods: str) -> None:
    answer = api.post(pods, pod("a", requests={"nvidia.com/gpu": "1"}))
    assert answer.code == 422 and "Limit must be set for non overcommitable resources" in answer.message


@pytest.mark.parametrize(
    ("probe", "field", "why"),
    [
        ({}, "", "Required value: must specify a handler type"),
        ({"tcpSocket": {"port": 80}, "exec": {"command": ["a"]}}, ".tcpSocket", "Forbidden: may not specify more than 1 handler type"),
        ({"httpGet": {"port": 0}}, ".httpGet.port", "Invalid value: 0: must be between 1 and 65535, inclusive"),
        ({"exec": {}}, ".exec.command", "Required value"),
    ],
)
def test_a_probe_does_one_thing(api: Api, pods: str, probe: dict[str, Any], field: str, why: str) -> None:
    body = pod("a")
    body["spec"]["containers"][0]["livenessProbe"] = probe
    answer = api.post(pods, body)
    assert (answer.code, answer.message) == (422, f'Pod "a" is invalid: spec.containers[0].livenessProbe{field}: {why}')


def test_a_required_affinity_needs_a_term(api: Api, pods: str) -> None:
    needed = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}
    answer = api.post(pods, pod("a", affinity={"nodeAffinity": needed}))
    assert answer.code == 422 and answer.fields == [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    ]


@pytest.mark.parametrize(
    ("spec", "field", "why"),
    [
        ({"nodeSelector": {"bad key!": "a"}}, "nodeSelector", 'Invalid value: "bad key!": name part must'),
        ({"nodeName": "Bad_Name"}, "nodeName", 'Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain'),
        ({"hostname": "Bad_Name"}, "hostname", 'Invalid value: "Bad_Name": a lowercase RFC 1123 label'),
        ({"activeDeadlineSeconds": 0}, "activeDeadlineSeconds", "Invalid value: 0: must be between 1 and 2147483647, inclusive"),
        ({"tolerations": [{"key": "a", "operator": "Some"}]}, "tolerations[0].operator", 'Unsupported value: "Some": supported values:'),
        ({"tolerations": [{"value": "a"}]}, "tolerations[0].operator", 'Invalid value: "": operator must be Exists when `key` is empty'),
        (
            {"tolerations": [{"key": "a", "tolerationSeconds": 5}]},
            "tolerations[0].effect",
            "Invalid value: \"\": effect must be 'NoExecute'",
        ),
        ({"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}, "tolerations[0].operator", "Invalid value: core.Toleration{"),
        (
            {"topologySpreadConstraints": [{"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}]},
            "topologySpreadConstraints[0].topologyKey",
            "",
        ),
        ({"volumes": [{"name": "v", "configMap": {}}]}, "volumes[0].configMap.name", "Required value"),
        ({"volumes": [{"name": "v", "secret": {}}]}, "volumes[0].secret.secretName", "Required value"),
        ({"volumes": [{"name": "v", "hostPath": {}}]}, "volumes[0].hostPath.path", "Required value"),
        (
            {"volumes": [{"name": "v", "emptyDir": {}, "configMap": {"name": "a"}}]},
            "volumes[0].configMap",
            "Forbidden: may not specify more",
        ),
    ],
)
def test_what_is_wrong_with_a_pod_is_named(api: Api, pods: str, spec: dict[str, Any], field: str, why: str) -> None:
    answer = api.post(pods, pod("a", **spec))
    assert answer.code == 422 and answer.message.startswith(f'Pod "a" is invalid: spec.{field}: {why}')


@pytest.mark.parametrize(
    ("more", "field", "why"),
    [
        ({"env": [{"value": "x"}]}, "env[0].name", "Required value"),
        ({"env": [{"name": "a b"}]}, "env[0].name", 'Invalid value: "a b": a valid environment variable name'),
        ({"env": [{"name": "A", "valueFrom": {}}]}, "env[0].valueFrom", 'Invalid value: "": must specify one of: `fieldRef`'),
        (
            {"env": [{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]},
            "env[0].valueFrom",
            'Invalid value: "": may not be specified when `value` is not empty',
        ),
        ({"ports": [{"containerPort": 80, "name": "a_b"}]}, "ports[0].name", 'Invalid value: "a_b": must contain only alpha-numeric'),
    ],
)
def test_what_is_wrong_with_a_container_is_named(api: Api, pods: str, more: dict[str, Any], field: str, why: str) -> None:
    body = pod("a")
    body["spec"]["containers"][0] |= more
    answer = api.post(pods, body)
    assert answer.code == 422 and answer.message.startswith(f'Pod "a" is invalid: spec.containers[0].{field}: {why}')


@pytest.mark.parametrize(
    ("spec", "field", "why"),
    [
        ({"ports": [{"port": 80, "targetPort": "a b"}]}, "ports[0].targetPort", 'Invalid value: "a b": must contain only'),
        ({"ports": [{"port": 80, "targetPort": 70000}]}, "ports[0].targetPort", "Invalid value: 70000: must be between 1 and 65535"),
        ({"ports": [{"port": 80, "name": "Web_1"}]}, "ports[0].name", 'Invalid value: "Web_1": a lowercase RFC 1123 label'),
        ({"ports": [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}]}, "ports[1]", "Duplicate value: core.ServicePort{"),
        ({"ports": [{"port": 80}], "selector": {"bad key!": "a"}}, "selector", 'Invalid value: "bad key!": name part must'),
        ({"ports": [{"port": 80}], "externalIPs": ["no-address"]}, "externalIPs[0]", 'Invalid value: "no-address": must be a valid IP'),
        ({"type": "ExternalName", "externalName": "A_"}, "externalName", 'Invalid value: "A_": a lowercase RFC 1123 subdomain'),
    ],
)
def test_what_is_wrong_with_a_service_is_named(api: Api, space: str, spec: dict[str, Any], field: str, why: str) -> None:
    answer = api.post(f"/api/v1/namespaces/{space}/services", {"metadata": {"name": "a"}, "spec": spec})
    assert answer.code == 422 and answer.message.startswith(f'Service "a" is invalid: spec.{field}: {why}')


def test_a_refused_pod_is_called_by_its_prefix(api: Api, pods: str) -> None:
    body = pod("a", priorityClassName="nothing-like-it")
    answer = api.post(pods, {**body, "metadata": {"generateName": "made-"}})
    assert answer.code == 403 and answer.message.startswith('pods "made-" is forbidden: no PriorityClass')


def test_a_negative_quota_is_invalid(api: Api, space: str) -> None:
    answer = api.post(f"/api/v1/namespaces/{space}/resourcequotas", quota(requests__cpu="-1"))
    assert answer.code == 422 and answer.fields == ["spec.hard[requests.cpu]"] and "must be greater than or equal to 0" in answer.message


def test_an_unknown_quota_resource_is_invalid(api: Api, space: str) -> None:
    answer = api.post(f"/api/v1/namespaces/{space}/resourcequotas", quota(unicorns="1"))
    assert answer.code == 422 and answer.fields[0] == "spec.hard[unicorns]"


def test_a_quantity_that_is_none_is_a_bad_request(api: Api, space: str) -> None:
    answer = api.post(f"/api/v1/namespaces/{space}/resourcequotas", quota(requests__cpu="many"))
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest") and "quantities must match the regular expression" in answer.message


def test_a_limit_range_needs_ordered_bounds(api: Api, space: str) -> None:
    body = {"metadata": {"name": "l"}, "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}, "min": {"cpu": "2"}}]}}
    answer = api.post(f"/api/v1/namespaces/{space}/limitranges", body)
    assert answer.code == 422 and "min value 2 is greater than max value 1" in answer.message


def test_a_role_ref_never_changes(api: Api, space: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings"
    assert api.post(path, binding("b", "view")).code == 201
    answer = api.patch(f"{path}/b", {"roleRef": {"name": "edit"}})
    assert answer.code == 422 and "cannot change roleRef" in answer.message and answer.fields == ["roleRef"]


def test_subjects_get_their_group_by_default(api: Api, space: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings"
    answer = api.post(
        path, binding("b", "view", {"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": space})
    )
    assert answer.body["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io" and "apiGroup" not in answer.body["subjects"][1]


def test_a_subject_of_no_known_kind_is_invalid(api: Api, space: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/rolebindings"
    answer = api.post(path, binding("b", "view", {"kind": "Robot", "name": "u"}))
    assert answer.code == 422 and answer.fields == ["subjects[0].kind"]


def test_a_rule_needs_verbs(api: Api, space: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/roles"
    answer = api.post(path, {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": []}]})
    assert answer.code == 422 and answer.fields == ["rules[0].verbs"]


def test_a_selector_must_match_its_template(api: Api, space: str) -> None:
    body = deployment("a", container())
    body["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    answer = api.post(f"/apis/apps/v1/namespaces/{space}/deployments", body)
    assert answer.code == 422 and "`selector` does not match template `labels`" in answer.message


def test_a_selector_never_changes(api: Api, space: str) -> None:
    path = f"/apis/apps/v1/namespaces/{space}/deployments"
    api.post(path, deployment("a", container(), paused=True))
    change = {"spec": {"selector": {"matchLabels": {"b": "c"}}, "template": {"metadata": {"labels": {"b": "c"}}}}}
    answer = api.patch(f"{path}/a", change)
    assert answer.code == 422 and answer.fields == ["spec.selector"] and "field is immutable" in answer.message


def test_most_of_a_pod_never_changes(api: Api, pods: str) -> None:
    api.post(pods, pod("a"))
    answer = api.patch(f"{pods}/a", {"spec": {"hostname": "new"}})
    assert answer.code == 422 and "pod updates may not change fields other than" in answer.message
    assert api.patch(f"{pods}/a", {"spec": {"activeDeadlineSeconds": 60}}).code == 200


def test_a_pods_deadline_only_becomes_shorter(api: Api, pods: str) -> None:
    api.post(pods, pod("a", activeDeadlineSeconds=50))
    longer = api.patch(f"{pods}/a", {"spec": {"activeDeadlineSeconds": 60}})
    assert (longer.code, longer.fields) == (422, ["spec.activeDeadlineSeconds"])
    assert "Invalid value: 60: must be less than or equal to previous value" in longer.message
    none = api.patch(f"{pods}/a", {"spec": {"activeDeadlineSeconds": None}})
    assert (none.code, none.fields) == (422, ["spec.activeDeadlineSeconds"])
    assert 'Invalid value: "null": must not update from a positive integer to nil value' in none.message
    assert api.patch(f"{pods}/a", {"spec": {"activeDeadlineSeconds": 40}}).body["spec"]["activeDeadlineSeconds"] == 40


def test_a_pods_tolerations_only_become_more(api: Api, pods: str) -> None:
    first = {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    before = api.post(pods, pod("a", tolerations=[first])).body["spec"]["tolerations"]
    longer = [{**each, "tolerationSeconds": 9} if each["key"] == "a" else each for each in before]
    more = api.patch(f"{pods}/a", {"spec": {"tolerations": [*longer, {"key": "b", "operator": "Exists"}]}})
    assert more.code == 200 and len(more.body["spec"]["tolerations"]) == len(before) + 1
    refused = api.patch(f"{pods}/a", {"spec": {"tolerations": before[1:], "restartPolicy": "Never"}})
    assert (refused.code, refused.fields) == (422, ["spec.tolerations", "spec"])
    assert "existing toleration can not be modified except its tolerationSeconds" in refused.message


def test_an_immutable_map_stays(api: Api, maps: str) -> None:
    api.post(maps, {**config_map("a", {"x": "1"}), "immutable": True})
    answer = api.patch(f"{maps}/a", {"data": {"x": "2"}})
    assert answer.code == 422 and "field is immutable when `immutable` is set" in answer.message


def test_a_bad_key_of_a_map_is_invalid(api: Api, maps: str) -> None:
    answer = api.post(maps, config_map("a", {"a/b": "1"}))
    assert answer.code == 422 and answer.fields == ["data[a/b]"]


def test_a_cidr_must_be_one(api: Api, space: str) -> None:
    rule = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["192.168.0.0/16"]}}]}
    body = {"metadata": {"name": "p"}, "spec": {"podSelector": {}, "egress": [rule], "policyTypes": ["Egress"]}}
    answer = api.post(f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies", body)
    assert answer.code == 422 and answer.fields == ["spec.egress[0].to[0].ipBlock.except[0]"]


def test_a_policy_has_two_types_at_most(api: Api, space: str) -> None:
    body = {"metadata": {"name": "p"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress", "Ingress"]}}
    answer = api.post(f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies", body)
    assert answer.code == 422 and answer.fields == ["spec.policyTypes"] and "may not specify more than two policyTypes" in answer.message


def test_a_claim_grows_only_where_its_class_lets_it(api: Api, server: EmbeddedCluster | ControlPlane, space: str) -> None:
    size, modes = {"storage": "1Gi"}, ["ReadWriteOnce"]
    volume = {"capacity": size, "accessModes": modes, "hostPath": {"path": "/nowhere"}, "storageClassName": ""}
    volume["claimRef"] = {"namespace": space, "name": "a"}
    assert api.post("/api/v1/persistentvolumes", {"metadata": {"name": space}, "spec": volume}).code == 201
    path = f"/api/v1/namespaces/{space}/persistentvolumeclaims"
    spec = {"accessModes": modes, "storageClassName": "", "volumeName": space, "resources": {"requests": size}}
    api.post(path, {"metadata": {"name": "a"}, "spec": spec})
    if isinstance(server, EmbeddedCluster):  # where no controller binds it
        api.patch(f"{path}/a/status", {"status": {"phase": "Bound", "capacity": size}})
    api.until(f"{path}/a", lambda answer: answer.body["status"].get("phase") == "Bound", 30)
    refused = api.patch(f"{path}/a", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    assert (refused.code, refused.body["reason"]) == (403, "Forbidden")
    assert (
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
        in refused.message
    )
    api.delete(f"{path}/a")
    api.delete(f"/api/v1/persistentvolumes/{space}")


def test_a_claim_needs_storage(api: Api, space: str) -> None:
    body = {"metadata": {"name": "c"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
    answer = api.post(f"/api/v1/namespaces/{space}/persistentvolumeclaims", body)
    assert answer.code == 422 and "spec.resources[storage]" in answer.fields


@pytest.mark.parametrize(("body", "shown"), [("{", "json parse error"), ("[]", "json parse error"), ("", "json parse error")])
def test_a_body_that_is_no_object_is_a_bad_request(api: Api, maps: str, body: str, shown: str) -> None:
    answer = api.call("POST", maps, body)
    assert (answer.code, answer.body["reason"]) == (400, "BadRequest") and shown in answer.message


def test_another_kind_is_a_bad_request(api: Api, maps: str) -> None:
    answer = api.post(maps, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}})
    assert answer.code == 400 and 'Secret in version "v1" cannot be handled as a ConfigMap' in answer.message


def test_another_version_is_a_bad_request(api: Api, maps: str) -> None:
    answer = api.post(maps, {"apiVersion": "v9", "kind": "ConfigMap", "metadata": {"name": "a"}})
    assert answer.code == 400


def test_a_number_for_a_string_is_a_bad_request(api: Api, maps: str) -> None:
    body: Any = {"metadata": {"name": "a"}, "data": {"x": 1}}
    answer = api.post(maps, body)
    assert answer.code == 400 and answer.message.startswith('ConfigMap in version "v1" cannot be handled as a ConfigMap')


@pytest.mark.since(25, "field validation on the server came with 1.25")
def test_strict_validation_names_every_unknown_field(api: Api, maps: str) -> None:
    answer = api.post(maps, {**config_map("a"), "bogus": 1}, fieldValidation="Strict")
    assert answer.code == 400 and 'strict decoding error: unknown field "bogus"' in answer.message
    assert api.get(f"{maps}/a").code == 404


@pytest.mark.since(25, "field validation on the server came with 1.25")
def test_unknown_fields_are_warned_of(api: Api, pods: str) -> None:
    body = pod("a")
    body["spec"]["bogus"] = True
    answer = api.post(pods, body)
    assert answer.code == 201 and "bogus" not in answer.body["spec"]
    assert answer.headers["Warning"] == '299 - "unknown field \\"spec.bogus\\""'


def test_ignored_unknown_fields_are_dropped(api: Api, pods: str) -> None:
    body = pod("a")
    body["spec"]["bogus"] = True
    answer = api.post(pods, body, fieldValidation="Ignore")
    assert answer.code == 201 and "bogus" not in answer.body["spec"] and "Warning" not in answer.headers


def test_a_job_without_labels_shows_those_of_its_pods(api: Api, space: str) -> None:
    spec = {"parallelism": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [container()]}}}
    created = api.post(f"/apis/batch/v1/namespaces/{space}/jobs", {"metadata": {"name": "a"}, "spec": spec}).body
    labels = created["metadata"]["labels"]
    assert labels["job-name"] == "a" and labels["controller-uid"] == created["metadata"]["uid"]
    assert labels == created["spec"]["template"]["metadata"]["labels"] and "f:labels" not in str(created["metadata"]["managedFields"])
