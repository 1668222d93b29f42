"""Pod Security admission, with the words of a real server. The control plane at hand is older than it."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.admission.podsecurity.policies import Policy
from sandbox.admission.podsecurity.standards import violations
from sandbox.embedded import EmbeddedCluster
from sandbox.kubeconfig import read_kubeconfig
from tests.contract.client import Api
from tests.contract.objects import container, deployment, pod, restricted

PREFIX = "pod-security.kubernetes.io/"
SAFE = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
SAFE_POD = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
ALL_OF_RESTRICTED = (
    'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), '
    'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), '
    'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), '
    'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with EmbeddedCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        access = read_kubeconfig(cluster.kubeconfig_path)
        assert access.ca_pem
        yield Api(access.server, access.ca_pem, access.token)


def _safe(name: str = "main", **security: Any) -> dict[str, Any]:
    return container(name, securityContext={**SAFE, **security})


def _broken(spec: dict[str, Any], level: str, version: str = "latest", **annotations: str) -> list[str]:
    return [str(each) for each in violations(Policy(level, version), {"annotations": annotations}, spec)]


def _security(**security: Any) -> dict[str, Any]:
    return {"containers": [container(securityContext=security)]}


BASELINE: list[tuple[dict[str, Any], str]] = [
    ({"hostNetwork": True, "hostPID": True, "containers": []}, "host namespaces (hostNetwork=true, hostPID=true)"),
    (_security(privileged=True), 'privileged (container "main" must not set securityContext.privileged=true)'),
    (
        {"containers": [container("a", securityContext={"privileged": True}), container("b", securityContext={"privileged": True})]},
        'privileged (containers "a", "b" must not set securityContext.privileged=true)',
    ),
    (
        _security(capabilities={"add": ["SYS_ADMIN", "CHOWN", "NET_ADMIN"]}),
        'non-default capabilities (container "main" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
    ),
    ({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, 'hostPath volumes (volume "v")'),
    (
        {"containers": [container(ports=[{"hostPort": 81}, {"hostPort": 80}])]},
        'hostPort (container "main" uses hostPorts 80, 81)',
    ),
    (
        {"containers": [container(livenessProbe={"httpGet": {"host": "10.0.0.1"}})]},
        'probe or lifecycle host (container "main" uses probe or lifecycle host "10.0.0.1")',
    ),
    (
        {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}},
        'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
    ),
    (
        {"securityContext": {"seLinuxOptions": {"type": "foo", "user": "u", "role": "r"}}},
        'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "foo"; user may not be set; role may not be set)',
    ),
    (_security(procMount="Unmasked"), 'procMount (container "main" must not set securityContext.procMount to "Unmasked")'),
    (
        {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
        'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ),
    (
        {"securityContext": {"sysctls": [{"name": "net.core.somaxconn"}, {"name": "kernel.msgmax"}]}},
        "forbidden sysctls (net.core.somaxconn, kernel.msgmax)",
    ),
    (
        {"securityContext": {"windowsOptions": {"hostProcess": True}}, **_security(windowsOptions={"hostProcess": True})},
        'hostProcess (pod and container "main" must not set securityContext.windowsOptions.hostProcess=true)',
    ),
]
RESTRICTED: list[tuple[dict[str, Any], str]] = [
    (
        {"volumes": [{"name": "a", "nfs": {}}, {"name": "b", "hostPath": {}}]},
        'restricted volume types (volumes "a", "b" use restricted volume types "hostPath", "nfs")',
    ),
    (
        {"containers": [_safe(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "CHOWN"]})]},
        'unrestricted capabilities (container "main" must not include "CHOWN" in securityContext.capabilities.add)',
    ),
    (
        {"securityContext": {**SAFE_POD, "runAsNonRoot": False}, "containers": [_safe(runAsNonRoot=True)]},
        "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)",
    ),
    ({"containers": [_safe(runAsUser=0)]}, 'runAsUser=0 (container "main" must not set runAsUser=0)'),
    (
        {"securityContext": {**SAFE_POD, "seccompProfile": {"type": "Unconfined"}}},
        'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ),
    (
        {"initContainers": [container("first", securityContext={"capabilities": {"drop": ["ALL"]}})]},
        'allowPrivilegeEscalation != false (container "first" must set securityContext.allowPrivilegeEscalation=false)',
    ),
]


@pytest.mark.parametrize(("spec", "text"), BASELINE)
def test_the_baseline_forbids(spec: dict[str, Any], text: str) -> None:
    assert _broken(spec, "baseline") == [text]
    assert _broken(spec, "privileged") == []


@pytest.mark.parametrize(("spec", "text"), RESTRICTED)
def test_restricted_forbids_more(spec: dict[str, Any], text: str) -> None:
    spec = {"securityContext": SAFE_POD, "containers": [_safe()], **spec}
    assert _broken(spec, "restricted") == [text]


def test_the_version_of_the_standards_counts() -> None:
    sysctls = {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_keepalive_time"}]}}
    assert _broken(sysctls, "baseline", "v1.28") and not _broken(sysctls, "baseline", "v1.29")
    probes = {"containers": [container(readinessProbe={"tcpSocket": {"host": "a"}})]}
    assert _broken(probes, "baseline", "v1.34") and not _broken(probes, "baseline", "v1.33")


def test_an_annotation_counts_like_a_field() -> None:
    note = {"container.apparmor.security.beta.kubernetes.io/main": "unconfined"}
    detail = 'annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/main="unconfined""'
    assert _broken({"containers": []}, "baseline", **note) == [f"forbidden AppArmor profile ({detail})"]


def _space(api: Api, **labels: str) -> str:
    name = f"p-{secrets.token_hex(4)}"
    named = {PREFIX + key.replace("_", "-"): value for key, value in labels.items()}
    answer = api.post("/api/v1/namespaces", {"metadata": {"name": name, "labels": named}})
    assert answer.code == 201, answer.message
    return name


def _warnings(answer: Any) -> list[str]:
    return [each.split('"', 1)[1].rsplit('"', 1)[0].replace('\\"', '"') for each in answer.headers.getlist("warning")]


def test_a_pod_that_breaks_the_policy_is_refused(api: Api) -> None:
    path = f"/api/v1/namespaces/{_space(api, enforce='restricted')}/pods"
    for options in ({}, {"dryRun": "All"}):
        answer = api.post(path, pod("a"), **options)
        assert (answer.code, answer.body["reason"]) == (403, "Forbidden")
        assert answer.message == f'pods "a" is forbidden: violates PodSecurity "restricted:latest": {ALL_OF_RESTRICTED}'
    assert api.get(f"{path}/a").code == 404
    answer = api.post(path, restricted(pod("b")))
    assert answer.code == 201 and not _warnings(answer)


def test_the_version_is_named(api: Api) -> None:
    space = _space(api, enforce="baseline", enforce_version="v1.29")
    answer = api.post(f"/api/v1/namespaces/{space}/pods", pod("a", hostNetwork=True))
    assert answer.message == 'pods "a" is forbidden: violates PodSecurity "baseline:v1.29": host namespaces (hostNetwork=true)'


def test_warnings_come_with_the_answer(api: Api) -> None:
    space = _space(api, warn="restricted")
    answer = api.post(f"/api/v1/namespaces/{space}/pods", pod("a"))
    assert answer.code == 201 and _warnings(answer) == [f'would violate PodSecurity "restricted:latest": {ALL_OF_RESTRICTED}']


@pytest.mark.parametrize("mode", ["enforce", "warn"])
def test_templates_are_warned_of_and_never_refused(api: Api, mode: str) -> None:
    path = f"/apis/apps/v1/namespaces/{_space(api, **{mode: 'restricted'})}/deployments"
    answer = api.post(path, deployment("a", container(), replicas=0))
    told = [f'would violate PodSecurity "restricted:latest": {ALL_OF_RESTRICTED}'] if mode == "warn" else []
    assert answer.code == 201 and _warnings(answer) == told
    assert _warnings(api.patch(f"{path}/a", {"metadata": {"labels": {"a": "b"}}})) == []
    assert _warnings(api.apply(f"{path}/a", deployment("a", container(image="example.org/app:2"), replicas=0), force="true")) == told


def test_labels_that_mean_nothing_are_refused(api: Api) -> None:
    labels = {f"{PREFIX}enforce": "strict", f"{PREFIX}warn-version": "1.29"}
    answer = api.post("/api/v1/namespaces", {"metadata": {"name": "bad-labels", "labels": labels}})
    assert answer.code == 422 and answer.fields == [f"metadata.labels[{PREFIX}enforce]", f"metadata.labels[{PREFIX}warn-version]"]
    assert 'Invalid value: "strict": must be one of privileged, baseline, restricted' in answer.message
    assert 'Invalid value: "1.29": must be "latest" or "v1.x"' in answer.message
    space = _space(api)
    answer = api.patch(f"/api/v1/namespaces/{space}", {"metadata": {"labels": {f"{PREFIX}enforce": "strict"}}})
    assert answer.code == 422


def test_tightening_counts_every_pod_of_a_controller_behind_the_first_of_each(api: Api) -> None:
    space = _space(api)
    for name in ("a-1", "a-2", "a-3", "b"):
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a", "uid": space, "controller": True}
        body = pod(name)
        body["metadata"] |= {"ownerReferences": [owner]} if name != "b" else {}
        assert api.post(f"/api/v1/namespaces/{space}/pods", body).code == 201
    answer = api.patch(f"/api/v1/namespaces/{space}", {"metadata": {"labels": {f"{PREFIX}enforce": "restricted"}}}, dryRun="All")
    assert _warnings(answer)[1].startswith("a-1 (and 3 other pods): ")


def test_tightening_names_the_pods_that_are_inside(api: Api) -> None:
    space = _space(api)
    for name in ("b", "a"):
        api.post(f"/api/v1/namespaces/{space}/pods", pod(name))
    api.post(f"/api/v1/namespaces/{space}/pods", pod("c", hostNetwork=True))
    for options in ({"dryRun": "All"}, {}):
        answer = api.patch(f"/api/v1/namespaces/{space}", {"metadata": {"labels": {f"{PREFIX}enforce": "restricted"}}}, **options)
        assert answer.code == 200
        rest = "allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"
        assert _warnings(answer) == [
            f'existing pods in namespace "{space}" violate the new PodSecurity enforce level "restricted:latest"',
            f"a (and 1 other pod): {rest}",
            f"c: host namespaces, {rest}",
        ]
    eased = api.patch(f"/api/v1/namespaces/{space}", {"metadata": {"labels": {f"{PREFIX}enforce": "baseline"}}})
    assert eased.code == 200 and _warnings(eased) == []


def test_a_pod_that_was_there_before_may_be_labelled(api: Api) -> None:
    space = _space(api)
    api.post(f"/api/v1/namespaces/{space}/pods", pod("a"))
    api.patch(f"/api/v1/namespaces/{space}", {"metadata": {"labels": {f"{PREFIX}enforce": "restricted"}}})
    path = f"/api/v1/namespaces/{space}/pods/a"
    assert api.patch(path, {"metadata": {"labels": {"x": "y"}}}).code == 200
    image = [{"op": "replace", "path": "/spec/containers/0/image", "value": "example.org/other:1"}]
    assert api.patch(path, image, "application/json-patch+json").code == 403
