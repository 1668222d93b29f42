"""The bootstrap on a real API server: what it installs, what the portal may do afterwards, and what it never may."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Entry
from clusters.bootstrap import renewal
from clusters.bootstrap.install import NotOurs
from clusters.bootstrap.register import bootstrap
from clusters.connections import connection
from clusters.manifests import member_role, owner_role, portal_role, render, viewer_role
from clusters.models import CapacityAccount, Cluster, GpuFlavor, Node
from kube.errors import ApiError

pytestmark = pytest.mark.usefixtures("cluster_plane")

MAY = [
    ("create", "", "namespaces"),
    ("delete", "", "namespaces"),
    ("patch", "", "namespaces"),
    ("create", "", "resourcequotas"),
    ("patch", "", "limitranges"),
    ("create", "", "serviceaccounts"),
    ("create", "rbac.authorization.k8s.io", "rolebindings"),
    ("delete", "networking.k8s.io", "networkpolicies"),
    ("watch", "", "pods"),
    ("list", "", "events"),
    ("watch", "", "nodes"),
]
MAY_NOT = [
    ("get", "", "secrets"),
    ("list", "", "secrets"),
    ("create", "", "pods"),
    ("delete", "", "pods"),
    ("create", "", "pods/exec"),
    ("get", "", "nodes/proxy"),
    ("create", "rbac.authorization.k8s.io", "clusterroles"),
    ("escalate", "rbac.authorization.k8s.io", "clusterroles"),
    ("bind", "rbac.authorization.k8s.io", "clusterroles"),
    ("create", "rbac.authorization.k8s.io", "roles"),
    ("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
    ("impersonate", "", "users"),
    ("impersonate", "", "groups"),
    ("patch", "", "nodes"),
    ("create", "", "serviceaccounts/token"),
]


def allowed(api, verb, group, resource, name=""):
    resource, _, sub = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": resource, "subresource": sub, "namespace": "anywhere", "name": name}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": attributes}}
    return api.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=body)["status"]["allowed"]


def test_the_portal_may_do_its_work_and_nothing_more(installed):
    api = connection(installed)
    assert [right for right in MAY if not allowed(api, *right)] == []
    assert [right for right in MAY_NOT if allowed(api, *right)] == []
    for role in ("slipway-viewer", "slipway-member", "slipway-owner", "slipway-runner"):
        assert allowed(api, "bind", "rbac.authorization.k8s.io", "clusterroles", role)
    assert not allowed(api, "bind", "rbac.authorization.k8s.io", "clusterroles", "cluster-admin")


def test_the_portal_can_bind_a_published_role_and_cannot_bind_cluster_admin(installed):
    api = connection(installed)

    def bind(role):
        subjects = [{"kind": "User", "name": "oidc:alice", "apiGroup": "rbac.authorization.k8s.io"}]
        body = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "b", "namespace": "slipway-plan"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": subjects,
        }
        path = "/apis/rbac.authorization.k8s.io/v1/namespaces/slipway-plan/rolebindings"
        return api.request("POST", path, query={"dryRun": "All"}, body=body)

    assert bind("slipway-owner")["metadata"]["name"] == "b"
    with pytest.raises(ApiError, match="attempting to grant RBAC permissions not currently held"):
        bind("cluster-admin")


def test_only_a_token_of_the_portals_own_account_is_kept(installed, admin_kubeconfig, cluster_plane):
    kubeconfig = json.loads(installed.kubeconfig)
    assert list(kubeconfig["users"][0]["user"]) == ["token"]
    assert cluster_plane.token not in installed.kubeconfig
    assert installed.credential_expires_at > timezone.now() + dt.timedelta(days=300)


def test_a_second_bootstrap_changes_no_object_and_keeps_what_was_edited(installed, admin_kubeconfig, admin):
    Cluster.objects.update(network_profile={**installed.network_profile, "prometheus_namespace": "observability"})
    role = admin.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/slipway-member")
    again = bootstrap(admin_kubeconfig, name="main")
    assert (again.pk, again.display_name) == (installed.pk, "Main")
    assert again.network_profile["prometheus_namespace"] == "observability"
    assert admin.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/slipway-member") == role
    assert Entry.objects.filter(action="cluster.connect", outcome="accepted").count() == 2


def test_a_widened_role_is_put_right_by_the_next_bootstrap(installed, admin_kubeconfig, admin):
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/slipway-viewer"
    extra = [{"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}}]
    admin.request("PATCH", path, body=extra, content_type="application/json-patch+json")
    bootstrap(admin_kubeconfig, name="main")
    assert admin.request("GET", path)["rules"] == viewer_role.RULES


def test_an_object_of_somebody_else_stops_the_bootstrap_before_it_writes(installed, admin_kubeconfig, admin):
    path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/slipway-owner"
    unmark = [{"op": "remove", "path": "/metadata/labels/slipway.dev~1part-of"}]
    before = admin.request("PATCH", path, body=unmark, content_type="application/json-patch+json")
    with pytest.raises(NotOurs, match="ClusterRole slipway-owner exists"):
        bootstrap(admin_kubeconfig, name="main")
    assert admin.request("GET", path) == before
    admin.request("DELETE", path)
    bootstrap(admin_kubeconfig, name="main")


def test_what_the_cluster_is_and_has_is_noted(admin_kubeconfig, transactional_db, new_node, cluster_plane):
    h100 = {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
    new_node(h100, cpu="64", memory="512Gi", nvidia_com__gpu="8")
    new_node(h100, cpu="64", memory="512Gi", nvidia_com__gpu="8")
    new_node({"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB"}, cpu="32", memory="256Gi", nvidia_com__gpu="4")
    new_node(cpu="8", memory="32Gi", amd_com__gpu="2")
    cluster = bootstrap(admin_kubeconfig, name="main")
    assert cluster.version == f"v{cluster_plane.version}"
    assert cluster.capabilities["kserve"] is False
    flavors = {
        flavor.name: (flavor.resource_name, flavor.installed, flavor.account.key) for flavor in cluster.flavors.select_related("account")
    }
    assert flavors == {
        "h100": ("nvidia.com/gpu", 16, "gpu:h100"),
        "a100": ("nvidia.com/gpu", 4, "gpu:a100"),
        "amd-gpu": ("amd.com/gpu", 2, "gpu:amd-gpu"),
    }
    accounts = dict(CapacityAccount.objects.values_list("key", "ceiling"))
    assert accounts == {"cpu": 168_000, "memory": 1312 * 2**30, "storage": None, "gpu:h100": 16, "gpu:a100": 4, "gpu:amd-gpu": 2}
    assert Node.objects.count() == 4
    assert GpuFlavor.objects.get(name="h100").node_selector == h100


def test_the_command_says_what_was_done_and_one_line_when_it_cannot(admin_kubeconfig, transactional_db, tmp_path):
    out = StringIO()
    call_command("cluster_bootstrap", "--kubeconfig", str(admin_kubeconfig), "--sandbox", stdout=out)
    assert out.getvalue().startswith("main: v1.")
    assert Cluster.objects.get().is_sandbox
    missing = tmp_path / "missing"
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("cluster_bootstrap", "--kubeconfig", str(missing))


def test_a_token_that_ends_soon_is_renewed_with_itself_and_works(installed):
    assert renewal.renew_tokens() == 0
    now = timezone.now()
    Cluster.objects.update(credential_issued_at=now - dt.timedelta(minutes=55), credential_expires_at=now + dt.timedelta(minutes=5))
    assert renewal.renew_tokens() == 1
    fresh = Cluster.objects.get()
    assert fresh.kubeconfig != installed.kubeconfig
    assert fresh.credential_expires_at > now + dt.timedelta(days=300)
    assert connection(fresh).request("GET", "/api/v1/namespaces/slipway-plan")["metadata"]["labels"]["slipway.dev/purpose"] == "plan"


@pytest.mark.parametrize("role", [portal_role, viewer_role, member_role, owner_role])
def test_no_role_names_a_star_or_a_way_to_more_rights(role):
    for rule in role.RULES:
        assert "*" not in (*rule["apiGroups"], *rule["resources"], *rule["verbs"])
        assert not {"escalate", "impersonate"} & set(rule["verbs"])
        assert not {"nodes/proxy", "pods/attach", "pods/ephemeralcontainers"} & set(rule["resources"])
        if "bind" in rule["verbs"]:
            assert rule["resourceNames"] == ["slipway-viewer", "slipway-member", "slipway-owner", "slipway-runner"]
        if role is not owner_role:
            assert not {"secrets", "pods/exec"} & set(rule["resources"])


@pytest.mark.parametrize("role", [viewer_role, member_role, owner_role])
def test_no_published_role_changes_quota_rights_or_policies(role):
    for rule in role.RULES:
        if {"resourcequotas", "limitranges", "rolebindings", "networkpolicies", "serviceaccounts"} & set(rule["resources"]):
            assert set(rule["verbs"]) <= {"get", "list", "watch"}


def test_nothing_of_the_bootstrap_is_bound_to_everybody():
    bindings = [manifest for manifest in render("cluster.1") if manifest["kind"].endswith("Binding")]
    assert [subject for binding in bindings for subject in binding["subjects"]] == [
        {"kind": "ServiceAccount", "name": "slipway-portal", "namespace": "slipway-system"}
    ]
