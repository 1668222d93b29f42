"""S13, S14, S23: manifests are dicts of known kinds; nothing that a tenant writes changes their shape or binds somebody else."""

import ast
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clusters.manifests
import deployments.manifests
import tenants.manifests
from accounts.models import Team
from clusters.manifests import render as bootstrap
from clusters.network_profile import default_profile
from kube.errors import UnknownKind
from kube.kinds import KINDS, writable
from kube.quantities import QuantityError, count_of
from tenants.manifests import render
from tenants.manifests.facts import Facts
from tenants.names import validate_namespace_name
from tenants.pages import as_yaml
from tenants.resources import Resources

FOLDERS = [Path(next(iter(package.__path__))) for package in (tenants.manifests, clusters.manifests, deployments.manifests)]
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))
ALLOWED_IMPORTS = (
    "typing",
    "collections",
    "dataclasses",
    "ipaddress",
    "kube",
    "tenants.manifests",
    "tenants.resources",
    "clusters.manifests",
    "deployments.manifests",
    "deployments.spec",
)
FORBIDDEN_SUBJECTS = {"system:authenticated", "system:unauthenticated", "system:masters", "system:serviceaccounts", "system:nodes"}
PORTAL = {"kind": "ServiceAccount", "name": "slipway-portal", "namespace": "slipway-system"}
FLAVORS = {"h100": "nvidia.com/gpu", "mig": "nvidia.com/mig-1g.10gb"}
HOSTILE = [
    "x\n---\napiVersion: v1\nkind: Secret",
    "a: b",
    "{{ 7*7 }}",
    "${IFS}",
    "'; DROP TABLE",
    "<script>",
    "\x1b[31m",
    "*",
    "../..",
    "a\u202eb",
    "-",
    "&anchor",
    "!!python/object:os.system",
    "true",
    "null",
    "0x10",
    "kube-system",
    "a/b",
    "%2e%2e",
    "system:masters",
    "SYSTEM:MASTERS",
]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.from_regex(r"[a-z0-9][a-z0-9-]{0,61}[a-z0-9]", fullmatch=True))


def docstrings(tree):
    """The first statement of modules, classes and functions, where it is text."""
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    return {id(node.body[0].value) for node in holders if node.body and isinstance(node.body[0], ast.Expr)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_manifests_are_built_from_dicts_and_never_from_text(path):
    tree = ast.parse(path.read_text())
    spared = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert all(name.startswith(ALLOWED_IMPORTS) for name in names), f"line {node.lineno} imports {names}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
            assert "\n" not in node.value and ": " not in node.value, f"line {node.lineno} holds text like YAML"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in {"format", "safe_load", "load", "loads", "eval", "exec", "Template", "substitute"}, (
                f"line {node.lineno}: {called}"
            )
        assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)), f"line {node.lineno} formats text with %"


def test_no_yaml_of_a_tenant_is_read_anywhere():
    """The only YAML that the portal reads is an administrator's kubeconfig."""
    root = FOLDERS[0].parents[1]
    readers = set()
    for package in ("portal", "tenants", "approvals", "clusters", "reconcile", "accounts", "audit", "rest", "streams", "kube"):
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "yaml":
                    readers |= {(str(path.relative_to(root)), node.func.attr)} if "load" in node.func.attr else set()
    assert readers == {("kube/kubeconfig.py", "safe_load"), ("clusters/bootstrap/renewal.py", "safe_load")}


def facts(**changes):
    values = {
        "name": "vision-prod",
        "team": "vision",
        "owner": "namespace.17",
        "claim": "c1a1",
        "quota": Resources(8000, 2**35, 2**37, {"h100": 4}),
        "members": {"owner": ["alice"], "member": ["bob"], "viewer": ["vic"]},
        "group": "ml-vision",
        "gpu_resources": FLAVORS,
        "identity": {"username_prefix": "oidc:", "group_prefix": "oidc:"},
        "network_profile": default_profile(),
    }
    return Facts(**{**values, **changes})


def shape(value):
    """The value with its texts and numbers left out; lists of subjects may have any length."""
    if isinstance(value, dict):
        return {key: [] if key == "subjects" else shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


EXPECTED = [shape(manifest) for manifest in render(facts())]


def accepted(check, *values):
    try:
        check(*values)
    except (ValidationError, QuantityError):
        return False
    return True


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(name=texts, team=texts, group=texts, members=st.lists(texts, max_size=3), count=texts)
def test_nothing_that_a_tenant_can_write_changes_the_shape_of_a_manifest(name, team, group, members, count):
    """What the forms refuse stays out of it; what they accept is a value in its place and nothing else."""
    row = Team(name=team, display_name=team or "x", idp_group=group)
    kept = {
        "name": name if accepted(validate_namespace_name, name) else "vision-prod",
        "team": team if accepted(row.clean_fields, ["idp_group", "display_name"]) else "vision",
        "group": group if accepted(row.clean_fields, ["name", "display_name"]) else "",
        "members": {"member": members},
        "quota": Resources(1000, 2**30, 0, {"h100": count_of(count)} if accepted(count_of, count) else {}),
    }
    manifests = render(facts(**kept))
    assert [shape(manifest) for manifest in manifests] == EXPECTED
    for manifest in manifests:
        writable(manifest["apiVersion"], manifest["kind"])
        assert yaml.safe_load(as_yaml(manifest)) == manifest, "what the page shows is what is applied"
        for subject in manifest.get("subjects", []):
            assert subject["name"].startswith("oidc:") or (manifest["metadata"]["name"], subject) == ("slipway-runner", PORTAL)


def test_a_flavor_that_the_cluster_does_not_have_is_never_rendered():
    for flavor in [*HOSTILE, "requests.nvidia.com/gpu"]:
        with pytest.raises(KeyError):
            render(facts(quota=Resources(1000, 2**30, 0, {flavor: 1})))


def test_only_kinds_of_the_table_are_rendered_and_it_holds_no_dangerous_one():
    rendered = {(manifest["apiVersion"], manifest["kind"]) for manifest in render(facts())}
    assert {kind for _version, kind in rendered} == {
        "Namespace",
        "ResourceQuota",
        "LimitRange",
        "NetworkPolicy",
        "ServiceAccount",
        "RoleBinding",
    }
    may_write = {row.kind for row in KINDS.values() if row.ownership != "read" and not row.bootstrap}
    assert may_write == {
        "Namespace",
        "ServiceAccount",
        "ResourceQuota",
        "LimitRange",
        "RoleBinding",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "InferenceService",
        "ServiceMonitor",
        "HTTPRoute",
        "HorizontalPodAutoscaler",
        "Ingress",
    }


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("v1", "Secret"),
        ("v1", "Pod"),
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("serving.kserve.io/v1alpha1", "ClusterServingRuntime"),
        ("serving.kserve.io/v1alpha1", "ServingRuntime"),
        ("v1", "ConfigMap"),
        ("v1", "Service"),
    ],
)
def test_a_kind_outside_of_the_table_cannot_be_written(version, kind):
    with pytest.raises(UnknownKind):
        writable(version, kind)


prefixes = st.sampled_from(["oidc:", "", "system:", "sys", "oidc:system:"])
names = st.one_of(texts, st.sampled_from([*FORBIDDEN_SUBJECTS, "tem:masters", "masters"]))


@settings(max_examples=300, deadline=None)
@given(users=st.lists(names, max_size=4), group=names, user_prefix=prefixes, group_prefix=prefixes)
def test_nobody_of_kubernetes_itself_is_ever_bound(users, group, user_prefix, group_prefix):
    identity = {"username_prefix": user_prefix, "group_prefix": group_prefix}
    try:
        manifests = render(facts(members={"owner": users, "member": users, "viewer": users}, group=group, identity=identity))
    except ValueError:
        return  # refused as a whole, which binds nobody
    for manifest in manifests:
        for subject in manifest.get("subjects", []):
            assert not subject["name"].startswith("system:")
            assert subject["kind"] in ("User", "Group") or (manifest["metadata"]["name"], subject) == ("slipway-runner", PORTAL)


@pytest.mark.parametrize("group", sorted(FORBIDDEN_SUBJECTS))
def test_a_team_cannot_be_mapped_to_a_group_of_kubernetes(group):
    for spelled in (group, group.upper(), group.title()):
        with pytest.raises(ValidationError):
            Team(name="vision", display_name="Vision", idp_group=spelled).full_clean(validate_unique=False)


def test_nothing_of_the_bootstrap_is_bound_to_everybody():
    for manifest in bootstrap("cluster.1"):
        for subject in manifest.get("subjects", []):
            assert (subject["kind"], subject["name"]) == ("ServiceAccount", "slipway-portal")
