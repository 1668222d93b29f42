"""Where each route is in the world of the tests, and what a person would send there."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import resolve, reverse

from accounts.models import Membership, PlatformRole, User
from clusters.models import CapacityAccount, Drift, GpuFlavor, Node
from deployments.models import DeploymentPolicy, StoragePrefix
from tests.factories import PASSWORD
from tests.security.routes import Route
from tests.security.world import CANARY, World

FRESH = "a brand new password 42"
AMOUNTS = {"cpu": "4", "memory": "16Gi", "storage": "10Gi"}
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    "token_revoke": lambda w: [w.tokens["alice"].uid],
    "team_detail": lambda w: ["vision"],
    "member_remove": lambda w: ["vision", Membership.objects.get(user__username="bob").pk],
    "namespace_tab": lambda w: [w.namespace.pk, "access"],
    "namespace_pod": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "namespace-pod": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "pod_logs": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "pod_log": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "namespace-pod-log": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "namespace-pod-series": lambda w: [w.namespace.pk, f"{CANARY}-pod"],
    "deployment_tab": lambda w: [w.served.deployment.pk, "revisions"],
    "deployment_resume": lambda w: [w.served.paused.pk],
    "deployment_roll_back": lambda w: [w.served.deployment.pk, 1],
    "deployment_revise": lambda w: [w.served.request.pk],
    "deployment_try": lambda w: [w.served.paused.pk],
    "deployment-resume": lambda w: [w.served.paused.pk],
    "deployment-predict": lambda w: [w.served.paused.pk],
    "deployment-revision": lambda w: [w.served.deployment.pk, 1],
    "deployment-revision-diff": lambda w: [w.served.deployment.pk, 2],
    "cluster_detail": lambda w: [w.cluster.name],
    "cluster_live": lambda w: [w.cluster.name],
    "model_version": lambda w: [_model(w), 1],
    "model_files": lambda w: [_model(w), 1],
    "model_file": lambda w: [_model(w), 1],
    "api-model-version": lambda w: [_model(w), 1],
    "api-model-files": lambda w: [_model(w), 1],
    "api-model-file": lambda w: [_model(w), 1],
    "api-model-alias": lambda w: [_model(w), "champion"],
    "api-model-change": lambda w: [w.change.pk],
    "api-cluster": lambda w: [w.cluster.name],
    "api-cluster-nodes": lambda w: [w.cluster.name],
    "api-cluster-flavors": lambda w: [w.cluster.name],
    "api-team": lambda w: ["vision"],
    "api-members": lambda w: ["vision"],
    "api-member": lambda w: ["vision", "bob"],
    "api-token": lambda w: [w.tokens["alice"].uid],
    "api-user": lambda w: ["tess"],
    "api-user-deactivation": lambda w: ["tess"],
    "api-platform-roles": lambda w: ["tess"],
    "api-platform-role": lambda w: ["tess", "auditor"],
    "api-audit-entry": lambda w: [w.entry.pk],
    "admin:view_on_site": lambda w: [ContentType.objects.get_for_model(User).pk, w.people["tess"].pk],
    "admin:app_list": lambda w: ["accounts"],
}
ROWS: dict[str, Callable[[World], int]] = {
    "audit_entry": lambda w: w.entry.pk,
    "accounts_user": lambda w: w.people["tess"].pk,
    "accounts_platformrole": lambda w: PlatformRole.objects.get(user__username="tess").pk,
    "accounts_team": lambda w: Membership.objects.get(user__username="bob").team_id,
    "accounts_membership": lambda w: Membership.objects.get(user__username="bob").pk,
    "accounts_apitoken": lambda w: w.tokens["alice"].pk,
    "clusters_cluster": lambda w: w.cluster.pk,
    "clusters_capacityaccount": lambda w: CapacityAccount.objects.get(cluster=w.cluster, key="cpu").pk,
    "deployments_deploymentpolicy": lambda w: DeploymentPolicy.objects.get(cluster=w.cluster).pk,
    "deployments_storageprefix": lambda w: StoragePrefix.objects.get(team=w.request.team).pk,
    "clusters_gpuflavor": lambda w: GpuFlavor.objects.get(cluster=w.cluster).pk,
    "clusters_node": lambda w: Node.objects.get().pk,
    "clusters_drift": lambda w: Drift.objects.get().pk,
}


def address(route: Route, world: World) -> str:
    """The path of a route, about the rows of team vision where it is about a row."""
    return _unnamed(route, world) if "/" in route.key else reverse(route.key, args=_arguments(route.key, world))


def _arguments(key: str, world: World) -> list[Any]:
    if key in ARGUMENTS:
        return ARGUMENTS[key](world)
    if key.startswith("admin:"):
        model, _, page = key.removeprefix("admin:").rpartition("_")
        return [ROWS[model](world)] if model in ROWS and page in ("change", "delete", "history") else []
    if key.startswith("deployment-rollout"):
        return [world.served.rollout.deployment_id]
    if key.startswith(("deployment_", "deployment-")) and key not in WITHOUT_ROW:
        return [world.served.deployment.pk]
    if key.startswith(("model_", "api-model")) and key not in WITHOUT_ROW:
        return [_model(world)]
    if key.startswith("rollout_"):
        return [world.served.rollout.pk]
    if key.startswith(("request_", "request-", "namespace-request")) and key not in WITHOUT_ROW:
        return [world.request.pk]
    if key.startswith(("namespace_", "namespace-")) and key not in WITHOUT_ROW:
        return [world.namespace.pk]
    return []


WITHOUT_ROW = {
    "request_list",
    "request_stream",
    "request_reject_many",
    "request-list",
    "namespace_list",
    "namespace_new",
    "namespace_check",
    "namespace-list",
    "namespace-requests",
    "deployment_list",
    "deployment_stream",
    "deployment_new",
    "deployment_check",
    "deployment_word",
    "model_list",
    "model_stream",
    "model_new",
    "api-models",
    "api-model-changes",
    "deployment-list",
    "deployment-findings",
}


def _model(world: World) -> str:
    return world.served.version.model.name


def _origin(world: World) -> dict[str, Any]:
    """A version that everybody in the team may see."""
    return {"source": f"models:/{_model(world)}/1"}


def _unnamed(route: Route, world: World) -> str:
    """The admin site has two kinds of routes without a name: a row's old address, and everything else below it."""
    if "<path:object_id>" not in route.pattern:
        return "/admin/no/such/page/"
    model = route.pattern.removeprefix("admin/").removesuffix("/<path:object_id>/").replace("/", "_")
    path = "/" + route.pattern.replace("<path:object_id>", str(ROWS[model](world)))
    assert resolve(path)
    return path


def _numbers(world: World) -> dict[str, Any]:
    return {"seen_version": world.request.version, "confirmed": "on", "reason": "because", **AMOUNTS, "gpu_h100": "1"}


def _ask(name: str) -> dict[str, Any]:
    return {"team": "vision", "cluster": "fra-1", "name": name, **AMOUNTS, "justification": "for the tests"}


def _spec(world: World) -> dict[str, Any]:
    """What somebody fills in of a revision."""
    sizes = {"cpu_request": "500m", "cpu_limit": "1", "memory_request": "1Gi", "memory_limit": "2Gi"}
    more = {"runtime": "sklearn", "minimum": "1", "maximum": "1", "exposure": "cluster", "reason": "for the tests"}
    return {"source": "model", "model": world.served.version.model.name, "pick": "1@champion", **sizes, **more}


def _deploy(world: World) -> dict[str, Any]:
    return {"namespace": world.namespace.pk, "name": "brand-new", **_spec(world)}


def _written(world: World) -> dict[str, Any]:
    """The same for scripts."""
    sizes = {"cpu_request": "500m", "cpu_limit": "1", "memory_request": "1Gi", "memory_limit": "2Gi"}
    return {"model": world.served.version.model.name, "alias": "champion", "runtime": "sklearn", **sizes, "reason": "for the tests"}


def _deployed(world: World) -> dict[str, Any]:
    return {"cluster": world.cluster.name, "namespace": world.namespace.name, "name": "brand-new", **_written(world)}


Body = Callable[[World], dict[str, Any]]
BODIES: dict[tuple[str, str], Body] = {
    ("account_login", "POST"): lambda w: {"login": "nora", "password": PASSWORD},
    ("account_change_password", "POST"): lambda w: {"old_password": PASSWORD, "new_password1": FRESH, "new_password2": FRESH},
    ("token_list", "POST"): lambda w: {"name": "laptop", "scopes": ["read"], "days": "30"},
    ("team_detail", "POST"): lambda w: {"username": "nora", "role": "viewer"},
    ("set_language", "POST"): lambda w: {"language": "zh-hans"},
    ("request_approve", "POST"): _numbers,
    ("request_weigh", "POST"): _numbers,
    ("request_reject", "POST"): lambda w: {"seen_version": w.request.version, "reason": "no room"},
    ("request_reject_many", "POST"): lambda w: {"pick": [f"{w.request.pk}.{w.request.version}"], "reason": "no room"},
    ("request_send_back", "POST"): lambda w: {"seen_version": w.request.version, "reason": "less"},
    ("request_comment", "POST"): lambda w: {"body": "hello"},
    ("request_withdraw", "POST"): lambda w: {"reason": "no need"},
    ("request_revise", "POST"): lambda w: {"seen_version": w.request.version, "justification": "other words", **AMOUNTS},
    ("namespace_new", "POST"): lambda w: _ask("brand-new"),
    ("namespace_check", "POST"): lambda w: _ask("brand-new"),
    ("deployment_new", "POST"): _deploy,
    ("deployment_check", "POST"): _deploy,
    ("deployment_word", "POST"): _deploy,
    ("deployment_edit", "POST"): lambda w: {"seen_revision": "2", "how": "now", **_spec(w)},
    ("deployment_revise", "POST"): lambda w: {"seen_version": "1", **_spec(w), "exposure": "outside"},
    ("deployment_try", "POST"): lambda w: {"how": "json", "body": "{}"},
    ("deployment_follow", "POST"): lambda w: {"alias": "champion"},
    ("deployment_delete", "POST"): lambda w: {"confirm": w.served.deployment.name, "grace_seconds": "600"},
    ("deployment_promote_to", "POST"): lambda w: {"namespace": w.served.target.pk, "how": "now", "reason": "for the tests"},
    ("rollout_share", "POST"): lambda w: {"share": "50", "seen_share": "20"},
    ("namespace_delete", "POST"): lambda w: {"confirm": w.namespace.name},
    ("model_new", "POST"): lambda w: {"name": "brand-new", "team": "vision", **_origin(w)},
    ("model_version_new", "POST"): _origin,
    ("model_alias_set", "POST"): lambda w: {"alias": "challenger", "version": 1, "seen": 0},
    ("model_alias_remove", "POST"): lambda w: {"alias": "champion", "seen": 1},
    ("model_tag_set", "POST"): lambda w: {"key": "checked", "value": "yes"},
    ("model_tag_remove", "POST"): lambda w: {"key": "field"},
    ("api-models", "POST"): lambda w: {"name": "brand-new", "team": "vision", **_origin(w)},
    ("api-model-versions", "POST"): _origin,
    ("api-model-alias", "PUT"): lambda w: {"version": 2, "seen": 1},
    ("api-model-tags", "POST"): lambda w: {"key": "checked", "value": "yes"},
    ("api-teams", "POST"): lambda w: {"name": "robotics"},
    ("api-team", "PATCH"): lambda w: {"display_name": "Vision and sight"},
    ("api-members", "POST"): lambda w: {"username": "nora", "role": "viewer"},
    ("api-member", "PATCH"): lambda w: {"role": "viewer"},
    ("api-tokens", "POST"): lambda w: {"name": "laptop", "scopes": ["read"]},
    ("api-platform-roles", "POST"): lambda w: {"role": "approver"},
    ("request-approve", "POST"): lambda w: {"version": w.request.version, "confirmed": True},
    ("request-reject", "POST"): lambda w: {"version": w.request.version, "reason": "no room"},
    ("request-ask-for-changes", "POST"): lambda w: {"version": w.request.version, "reason": "less"},
    ("request-comments", "POST"): lambda w: {"body": "hello"},
    ("request-withdraw", "POST"): lambda w: {"reason": "no need"},
    ("namespace-requests", "POST"): lambda w: _ask("brand-new"),
    ("namespace-request", "PUT"): lambda w: {**AMOUNTS, "justification": "other words"},
    ("deployment-list", "POST"): _deployed,
    ("deployment-findings", "POST"): _deployed,
    ("deployment-detail", "PUT"): _written,
    ("deployment-detail", "PATCH"): lambda w: {"cpu_limit": "1500m"},
    ("deployment-follow", "POST"): lambda w: {"alias": "champion"},
    ("deployment-roll-back", "POST"): lambda w: {"revision": 1},
    ("deployment-promote-to", "POST"): lambda w: {"namespace": w.served.target.name, "reason": "for the tests"},
    ("deployment-predict", "POST"): lambda w: {"instances": [[1]]},
    ("deployment-rollout-share", "POST"): lambda w: {"share": 50, "seen_share": 20},
    ("api-cluster-flavors", "POST"): lambda w: {"name": "b200", "cards": 4},
    ("admin:clusters_cluster_change", "POST"): lambda w: {
        "display_name": "Frankfurt",
        "overcommit": "1.00",
        "network_profile": json.dumps(w.cluster.network_profile),
        "identity": json.dumps(w.cluster.identity),
        "serving_override": "{}",
    },
    ("admin:clusters_gpuflavor_change", "POST"): lambda w: {"tolerations": "[]", "runtime_class": "nvidia"},
    ("admin:deployments_deploymentpolicy_change", "POST"): lambda w: {
        "free_gpus": 5,
        "alias": "champion",
        "alias_environments": "[]",
        "images": "[]",
    },
    ("admin:deployments_storageprefix_add", "POST"): lambda w: {"team": ROWS["accounts_team"](w), "prefix": "s3://models-new/"},
    ("admin:deployments_storageprefix_delete", "POST"): lambda w: {"post": "yes"},
    ("admin:clusters_capacityaccount_change", "POST"): lambda w: {"ceiling": "128000", "ceiling_fixed": "on"},
    ("admin:accounts_user_add", "POST"): lambda w: {"username": "newcomer", "password": FRESH},
    ("admin:accounts_user_change", "POST"): lambda w: {},
    ("admin:accounts_platformrole_add", "POST"): lambda w: {"user": w.people["nora"].pk, "role": "auditor"},
    ("admin:accounts_platformrole_delete", "POST"): lambda w: {"post": "yes"},
    ("admin:accounts_team_add", "POST"): lambda w: {"name": "robotics", "display_name": "Robotics"},
    ("admin:accounts_team_change", "POST"): lambda w: {"display_name": "Vision and sight"},
    ("admin:accounts_membership_add", "POST"): lambda w: {
        "team": ROWS["accounts_team"](w),
        "user": w.people["nora"].pk,
        "role": "viewer",
    },
    ("admin:accounts_membership_change", "POST"): lambda w: {"role": "viewer"},
    ("admin:accounts_membership_delete", "POST"): lambda w: {"post": "yes"},
    ("admin:accounts_apitoken_delete", "POST"): lambda w: {"post": "yes"},
}
# Where a method is about another row than the route's other methods.
ELSEWHERE: dict[tuple[str, str], Callable[[World], str]] = {
    ("api-user-deactivation", "DELETE"): lambda w: reverse("api-user-deactivation", args=["gina"]),
}
QUERIES: dict[tuple[str, str], Callable[[World], str]] = {
    ("namespace-detail", "DELETE"): lambda w: f"?confirm={w.namespace.name}",
    ("deployment-detail", "DELETE"): lambda w: f"?confirm={w.served.deployment.name}&grace_seconds=600",
    ("api-model-tags", "DELETE"): lambda w: "?key=field",
    ("model_file", "GET"): lambda w: "?path=MLmodel",
    ("api-model-file", "GET"): lambda w: "?path=MLmodel",
    ("search", "GET"): lambda w: f"?q={CANARY}",
    ("request_reject_many", "GET"): lambda w: f"?pick={w.request.pk}.{w.request.version}",
}
HEADERS: dict[tuple[str, str], dict[str, str]] = {
    ("api-team", "PATCH"): {"If-Match": "*"},
    ("namespace-request", "PUT"): {"If-Match": "*"},
    ("deployment-detail", "PUT"): {"If-Match": "*"},
    ("deployment-detail", "PATCH"): {"If-Match": "*"},
}


def send(client: Any, route: Route, method: str, world: World, **more: Any) -> Any:
    """One request as a person of good will would send it; `more` fields are written beside the others."""
    key = (route.key, method)
    path = (ELSEWHERE[key](world) if key in ELSEWHERE else address(route, world)) + (QUERIES[key](world) if key in QUERIES else "")
    body = {**(BODIES[key](world) if key in BODIES else {}), **more}
    form = not route.pattern.startswith("api/")
    return client.generic_send(method, path, body, form, HEADERS.get(key, {}))
