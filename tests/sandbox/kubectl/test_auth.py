"""kubectl auth."""

import json

from tests.sandbox.kubectl.conftest import Kubectl


def test_the_admin_can_do_all(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "delete", "nodes").strip() == "yes"
    assert "*.*" in kubectl("auth", "can-i", "--list")


def test_a_robot_can_do_what_its_role_says(kubectl: Kubectl) -> None:
    kubectl("create", "serviceaccount", "robot")
    robot = f"--as=system:serviceaccount:{kubectl.namespace}:robot"
    refused = kubectl.run("auth", "can-i", "get", "pods", robot)
    assert (refused.returncode, refused.stdout.strip()) == (1, "no")
    kubectl("create", "role", "r", "--verb=get", "--resource=pods,pods/log", "--resource-name=mine")
    kubectl("create", "rolebinding", "b", "--role=r", f"--serviceaccount={kubectl.namespace}:robot")
    kubectl.until(lambda printed: printed.strip() == "yes", "auth", "can-i", "get", "pods/mine", robot)
    assert kubectl("auth", "can-i", "get", "pods/mine", "--subresource=log", robot).strip() == "yes"
    assert kubectl.run("auth", "can-i", "get", "pods/other", robot).stdout.strip() == "no"
    assert kubectl.run("auth", "can-i", "get", "/metrics", robot).stdout.strip() == "no"
    listed = kubectl("auth", "can-i", "--list", robot)
    assert "pods/log" in listed and "[mine]" in listed and "selfsubjectaccessreviews.authorization.k8s.io" in listed


def test_roles_are_reconciled(kubectl: Kubectl) -> None:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    metadata = {"name": "r", "namespace": kubectl.namespace}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": [rule]}
    assert "r reconciled" in kubectl("auth", "reconcile", "-f", "-", stdin=json.dumps(role))
    assert kubectl("get", "role", "r", "-o", "jsonpath={.rules[0].verbs}") == '["get"]'
