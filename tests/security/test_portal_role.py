"""S21: the portal's own ClusterRole, verb by verb, and what a real API server refuses it."""

import time

import pytest

from clusters.connections import connection
from clusters.manifests import render
from clusters.manifests.labels import PUBLISHED_ROLES
from kube.access import can_i
from kube.errors import ApiError
from reconcile.engine import reconcile
from tests.tenancy import make_namespace

RBAC = "rbac.authorization.k8s.io"
APPLY = {"get", "list", "watch", "create", "patch", "delete"}
READ = {"get", "list", "watch"}
DEFINITIONS = (
    "clusterservingruntimes.serving.kserve.io",
    "clusterstoragecontainers.serving.kserve.io",
    "httproutes.gateway.networking.k8s.io",
    "inferenceservices.serving.kserve.io",
    "servicemonitors.monitoring.coreos.com",
    "servingruntimes.serving.kserve.io",
)
GATEWAY = ("kserve-ingress-gateway", "kserve-ingress-gateway:http")
# (API group, resource, names) and the verbs: all that the portal may do in a cluster.
EXPECTED = {
    ("", "namespaces", ()): APPLY,
    ("", "resourcequotas", ()): APPLY,
    ("", "limitranges", ()): APPLY,
    ("", "serviceaccounts", ()): APPLY,
    (RBAC, "rolebindings", ()): APPLY,
    ("networking.k8s.io", "networkpolicies", ()): APPLY,
    (RBAC, "clusterroles", ("slipway-viewer", "slipway-member", "slipway-owner", "slipway-runner")): {"bind"},
    ("", "pods", ()): READ,
    ("", "events", ()): READ,
    ("", "nodes", ()): READ,
    ("metrics.k8s.io", "pods", ()): {"list"},
    ("serving.kserve.io", "inferenceservices", ()): READ,
    ("serving.kserve.io", "servingruntimes", ()): READ,
    ("serving.kserve.io", "clusterservingruntimes", ()): READ,
    ("serving.kserve.io", "clusterstoragecontainers", ()): READ,
    ("monitoring.coreos.com", "servicemonitors", ()): READ,
    ("policy", "poddisruptionbudgets", ()): READ,
    ("autoscaling", "horizontalpodautoscalers", ()): READ,
    ("gateway.networking.k8s.io", "httproutes", ()): READ,
    ("networking.k8s.io", "ingresses", ()): READ,
    ("apiextensions.k8s.io", "customresourcedefinitions", DEFINITIONS): {"get"},
    ("", "configmaps", ("inferenceservice-config",)): {"get"},
    ("", "services/proxy", GATEWAY): {"get", "create"},
    ("", "serviceaccounts/token", ("slipway-portal",)): {"create"},
}
# And in the namespaces that it made, by a binding in each of them.
EXPECTED_INSIDE = {
    ("serving.kserve.io", "inferenceservices", ()): APPLY,
    ("monitoring.coreos.com", "servicemonitors", ()): APPLY,
    ("policy", "poddisruptionbudgets", ()): APPLY,
    ("autoscaling", "horizontalpodautoscalers", ()): APPLY,
    ("gateway.networking.k8s.io", "httproutes", ()): APPLY,
    ("networking.k8s.io", "ingresses", ()): APPLY,
    ("", "pods", ()): {"create"},
    ("", "services/proxy", ()): {"get", "create"},
    ("", "pods/proxy", ()): {"get", "create"},
    ("", "pods/log", ()): {"get"},
    ("", "persistentvolumeclaims", ()): {"get"},
}
NEVER = {"*", "escalate", "impersonate", "deletecollection", "proxy", "approve", "sign"}
NEVER_ANYWHERE = {"nodes/proxy", "pods/attach", "pods/ephemeralcontainers"}
FOR_THE_PORTAL_ALONE = {"services/proxy", "pods/proxy"}
PEOPLES = ("slipway-viewer", "slipway-member", "slipway-owner")


def roles():
    return {manifest["metadata"]["name"]: manifest["rules"] for manifest in render("cluster.1") if manifest["kind"] == "ClusterRole"}


def granted(rules):
    """(group, resource, names) -> verbs, one entry for each resource of each rule."""
    found: dict = {}
    for rule in rules:
        assert set(rule) <= {"apiGroups", "resources", "verbs", "resourceNames"}, "no nonResourceURLs"
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                found.setdefault((group, resource, tuple(rule.get("resourceNames", ()))), set()).update(rule["verbs"])
    return found


def test_the_portal_may_do_this_and_nothing_else():
    assert granted(roles()["slipway-portal"]) == EXPECTED
    assert granted(roles()["slipway-runner"]) == EXPECTED_INSIDE


@pytest.mark.parametrize("name", ["slipway-portal", *PUBLISHED_ROLES])
def test_no_role_holds_a_star_or_a_way_to_more_rights(name):
    for (group, resource, names), verbs in granted(roles()[name]).items():
        assert "*" not in (group, resource) and not verbs & NEVER and resource not in NEVER_ANYWHERE
        assert "bind" not in verbs or (group, resource, names) == (RBAC, "clusterroles", PUBLISHED_ROLES)
        if name != "slipway-owner":
            assert resource not in ("secrets", "pods/exec", "pods/portforward")
        if name in PEOPLES:
            assert resource not in FOR_THE_PORTAL_ALONE
            frozen = {
                "resourcequotas",
                "limitranges",
                "networkpolicies",
                "rolebindings",
                "roles",
                "serviceaccounts",
                "namespaces",
                "ingresses",
                "httproutes",
                "servicemonitors",
                "poddisruptionbudgets",
                "servingruntimes",
            }
            assert resource not in frozen or verbs <= READ
            assert resource != "serviceaccounts/token"


def test_the_only_cluster_wide_binding_is_the_portals_own():
    bindings = [manifest for manifest in render("cluster.1") if manifest["kind"].endswith("Binding")]
    assert [(each["metadata"]["name"], each["roleRef"]["name"]) for each in bindings] == [("slipway-portal", "slipway-portal")]


def binding(kind, role):
    subjects = [{"kind": "User", "name": "oidc:alice", "apiGroup": RBAC}]
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": {"name": "attempt"},
        "subjects": subjects,
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
    }


ROLE = {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "attempt"}, "rules": []}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "attempt"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
BACKEND = {"service": {"name": "s", "port": {"number": 80}}}
INGRESS = {"metadata": {"name": "attempt"}, "spec": {"defaultBackend": BACKEND}}
WIDER = [{"op": "add", "path": "/rules/-", "value": {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}}]
ATTEMPTS = {
    "read the Secrets of kube-system": ("GET", "/api/v1/namespaces/kube-system/secrets", None),
    "read every Secret": ("GET", "/api/v1/secrets", None),
    "bind cluster-admin for the whole cluster": (
        "POST",
        f"/apis/{RBAC}/v1/clusterrolebindings",
        binding("ClusterRoleBinding", "cluster-admin"),
    ),
    "bind a published role for the whole cluster": (
        "POST",
        f"/apis/{RBAC}/v1/clusterrolebindings",
        binding("ClusterRoleBinding", "slipway-owner"),
    ),
    "bind cluster-admin in a namespace": (
        "POST",
        f"/apis/{RBAC}/v1/namespaces/default/rolebindings",
        binding("RoleBinding", "cluster-admin"),
    ),
    "make a ClusterRole": ("POST", f"/apis/{RBAC}/v1/clusterroles", ROLE),
    "widen its own ClusterRole": ("PATCH", f"/apis/{RBAC}/v1/clusterroles/slipway-portal", WIDER),
    "widen a published ClusterRole": ("PATCH", f"/apis/{RBAC}/v1/clusterroles/slipway-member", WIDER),
    "make a Pod": ("POST", "/api/v1/namespaces/default/pods", POD),
    "try a Pod where it made nothing": ("POST", "/api/v1/namespaces/default/pods?dryRun=All", POD),
    "deploy where it made nothing": ("POST", "/apis/networking.k8s.io/v1/namespaces/default/ingresses", INGRESS),
    "reach a Service where it made nothing": ("GET", "/api/v1/namespaces/default/services/https:kubernetes:443/proxy/version", None),
    "reach another Service beside the gateway": ("GET", "/api/v1/namespaces/kserve/services/other:http/proxy/", None),
    "read another ConfigMap": ("GET", "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication", None),
    "read every ConfigMap": ("GET", "/api/v1/configmaps", None),
    "read another definition": ("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/trainjobs.trainer.kubeflow.org", None),
    "read the logs of another namespace's pods": ("GET", "/api/v1/namespaces/kube-system/pods/any/log", None),
    "reach a kubelet": ("GET", "/api/v1/nodes/any/proxy/pods", None),
    "take a token of another ServiceAccount": (
        "POST",
        "/api/v1/namespaces/kube-system/serviceaccounts/default/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
    ),
}


@pytest.mark.control_plane
@pytest.mark.django_db
@pytest.mark.xdist_group("security_control_plane")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_api_server_refuses_the_portal_to(cluster, oracle, attempt):
    method, path, body = ATTEMPTS[attempt]
    patch = {"content_type": "application/json-patch+json"} if method == "PATCH" else {}
    oracle.request("GET", f"/apis/{RBAC}/v1/clusterroles/slipway-portal")
    with pytest.raises(ApiError) as refusal:
        connection(cluster).request(method, path, body=body, **patch)
    assert refusal.value.status == 403


@pytest.mark.control_plane
@pytest.mark.django_db
@pytest.mark.xdist_group("security_control_plane")
def test_the_portal_cannot_act_as_somebody_else(cluster):
    spec = {"resourceAttributes": {"verb": "impersonate", "resource": "users", "name": "system:admin"}}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    answer = connection(cluster).request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=body)
    assert answer["status"]["allowed"] is False


INSIDE_ONLY = {
    ("create", "serving.kserve.io", "inferenceservices", ""),
    ("patch", "monitoring.coreos.com", "servicemonitors", ""),
    ("delete", "gateway.networking.k8s.io", "httproutes", ""),
    ("create", "networking.k8s.io", "ingresses", ""),
    ("create", "policy", "poddisruptionbudgets", ""),
    ("create", "autoscaling", "horizontalpodautoscalers", ""),
    ("create", "", "pods", ""),
    ("get", "", "pods", "log"),
    ("create", "", "services", "proxy"),
    ("get", "", "pods", "proxy"),
}
NOWHERE = {
    ("get", "", "secrets", ""),
    ("list", "", "configmaps", ""),
    ("delete", "", "pods", ""),
    ("patch", "", "pods", ""),
    ("create", "", "pods", "exec"),
    ("create", "", "services", ""),
    ("create", "apps", "deployments", ""),
    ("create", RBAC, "roles", ""),
}


@pytest.mark.control_plane
@pytest.mark.django_db
@pytest.mark.xdist_group("security_control_plane")
def test_what_deployments_need_the_portal_may_in_the_namespaces_that_it_made_and_in_no_other(cluster):
    row = make_namespace(cluster, name="runner-is-bound", gpus={})
    assert reconcile("namespace", row.pk).state == "done"
    api = connection(cluster)

    def allowed(where, rights):
        return {right for right in rights if can_i(api, right[0], right[2], group=right[1], namespace=where, subresource=right[3])}

    deadline = time.monotonic() + 15
    while (held := allowed(row.name, INSIDE_ONLY)) != INSIDE_ONLY and time.monotonic() < deadline:
        time.sleep(0.2)
    assert held == INSIDE_ONLY
    assert allowed(row.name, NOWHERE) == set()
    assert allowed("default", INSIDE_ONLY | NOWHERE) == set()
