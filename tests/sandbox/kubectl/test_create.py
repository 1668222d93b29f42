"""kubectl create, run and expose, which send protobuf where they can."""

import pytest

from tests.sandbox.kubectl.conftest import Kubectl
from tests.sandbox.kubectl.objects import pod

CREATED = {
    "deployment": ("create deployment x --image=example.org/app:1 --replicas=0 --port=80", "deployment.apps/x", "{.spec.replicas}", "0"),
    "job": (
        "create job x --image=example.org/app:1 -- sleep 5",
        "job.batch/x",
        "{.spec.template.spec.containers[0].command}",
        '["sleep","5"]',
    ),
    "configmap": ("create configmap x --from-literal=a=b", "configmap/x", "{.data.a}", "b"),
    "secret": ("create secret generic x --from-literal=a=b", "secret/x", "{.data.a}", "Yg=="),
    "quota": ("create quota x --hard=pods=5,requests.cpu=1500m", "resourcequota/x", "{.spec.hard}", '{"pods":"5","requests.cpu":"1500m"}'),
    "serviceaccount": ("create serviceaccount x", "serviceaccount/x", "{.metadata.name}", "x"),
    "role": ("create role x --verb=get,list --resource=pods", "role.rbac.authorization.k8s.io/x", "{.rules[0].verbs}", '["get","list"]'),
    "rolebinding": (
        "create rolebinding x --clusterrole=view --user=ann",
        "rolebinding.rbac.authorization.k8s.io/x",
        "{.subjects[0].name}",
        "ann",
    ),
    "service": ("create service nodeport x --tcp=80:8080", "service/x", "{.spec.ports[0].targetPort}", "8080"),
    "run": ("run x --image=example.org/app:1 --labels=a=b", "pod/x", "{.metadata.labels.a}", "b"),
}


@pytest.mark.parametrize("case", CREATED)
def test_it_is_created(kubectl: Kubectl, case: str) -> None:
    command, name, path, value = CREATED[case]
    assert kubectl(*command.split()).startswith(f"{name} created") or case == "run"
    assert kubectl("get", name, "-o", f"jsonpath={path}") == value
    assert 'x" already exists' in kubectl.fails(*command.split())


NEWER = {
    "cronjob": (
        "create cronjob x --image=example.org/app:1 --schedule=0/5_*_*_*_*",
        "cronjob.batch/x",
        "{.spec.schedule}",
        "0/5 * * * *",
        21,
    ),
    "pdb": ("create pdb x --selector=a=b --min-available=50%", "poddisruptionbudget.policy/x", "{.spec.minAvailable}", "50%", 21),
}


@pytest.mark.since(21, "it does not serve these versions")
@pytest.mark.parametrize("case", NEWER)
def test_newer_kinds_are_created(kubectl: Kubectl, case: str) -> None:
    command, name, path, value, _ = NEWER[case]
    kubectl(*(word.replace("_", " ") for word in command.split()))
    assert kubectl("get", name, "-o", f"jsonpath={path}") == value


def test_a_server_side_dry_run_changes_nothing(kubectl: Kubectl) -> None:
    assert "created (server dry run)" in kubectl("create", "configmap", "x", "--from-literal=a=b", "--dry-run=server")
    assert "NotFound" in kubectl.fails("get", "configmap", "x")


def test_a_token_opens_the_door(kubectl: Kubectl) -> None:
    kubectl("create", "serviceaccount", "robot")
    kubectl("create", "rolebinding", "b", "--clusterrole=view", f"--serviceaccount={kubectl.namespace}:robot")
    token = kubectl("create", "token", "robot", "--duration=10m").strip()
    server = kubectl("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
    plain = ["--kubeconfig=/dev/null", f"--server={server}", "--insecure-skip-tls-verify", f"--token={token}"]
    kubectl.until(lambda printed: "kube-root-ca.crt" in printed, *plain, "get", "configmaps")
    user = f'User "system:serviceaccount:{kubectl.namespace}:robot" cannot list resource "secrets" in API group ""'
    assert user in kubectl.fails(*plain, "get", "secrets")


def test_a_pod_is_exposed(kubectl: Kubectl) -> None:
    kubectl.apply(pod("a"))
    assert kubectl("expose", "pod", "a", "--port=80", "--name=front") == "service/front exposed\n"
    assert kubectl("get", "service", "front", "-o", "jsonpath={.spec.selector.app}") == "a"


def test_what_is_wrong_is_said(kubectl: Kubectl) -> None:
    assert "is invalid: metadata.name: Invalid value" in kubectl.fails("create", "configmap", "Not_Valid")
    assert 'namespaces "none-such" not found' in kubectl.fails("create", "configmap", "x", "--namespace=none-such")
