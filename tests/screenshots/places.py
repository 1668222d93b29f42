"""Which addresses the pictures visit, as whom, and with which data; and why the remaining named routes are no pages."""

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.screenshots.models import LONG

TABS = ("logs", "metrics", "events", "access", "yaml", "activity")
SICK_PODS = ("resnet-train-1", "sweep-42", "notebook-0")
DEPLOYMENT_TABS = ("pods", "logs", "metrics", "traffic", "revisions", "yaml")
NO_PAGES = {
    "account_inactive": "only a deactivated account is sent there; visited as its own address",
    "healthz": "for machines",
    "readyz": "for machines",
    "set_language": "a POST",
    "schema": "for machines",
    "docs": "the API's own page, built by drf-spectacular",
    "namespace_check": "a POST that answers with a part of a page",
    "request_weigh": "a POST that answers with a part of a page",
    "namespace_live": "an event stream",
    "request_live": "an event stream",
    "request_stream": "an event stream",
    "cluster_live": "an event stream",
    "namespace_retry": "a POST",
    "request_approve": "a POST",
    "request_reject": "a POST",
    "request_send_back": "a POST",
    "request_comment": "a POST",
    "request_withdraw": "a POST",
    "request_plan": "a POST",
    "token_revoke": "a POST",
    "home_live": "an event stream",
    "deployment_stream": "an event stream",
    "deployment_live": "an event stream",
    "deployment_logs": "an event stream",
    "namespace_logs": "an event stream",
    "pod_logs": "an event stream",
    "pod_log": "a file",
    "deployment_check": "a POST that answers with a part of a page",
    "deployment_word": "a POST that answers with a part of a page",
    "deployment_pause": "a POST",
    "deployment_resume": "a POST",
    "deployment_retry": "a POST",
    "deployment_follow": "a POST",
    "deployment_roll_back": "a POST",
    "rollout_share": "a POST",
    "rollout_promote": "a POST",
    "rollout_roll_back": "a POST",
    "model_stream": "an event stream",
    "model_live": "an event stream",
    "model_alias_set": "a POST",
    "model_alias_remove": "a POST",
    "model_tag_set": "a POST",
    "model_tag_remove": "a POST",
    "model_files": "a part of a page, asked for by the page of a version",
    "model_file": "a file",
    "member_remove": "a POST",
}


@dataclass(frozen=True)
class Place:
    """One picture: a name, the route, its address, who looks (empty: nobody is signed in), the kind of data, the expected status."""

    name: str
    route: str
    path: str
    who: str
    data: str = "normal"
    status: int = 200


def places(keys: dict[str, int]) -> list[Place]:
    """All of them."""
    found = [
        *_account(),
        *_requests(keys),
        *_namespaces(keys),
        *_deployments(keys),
        *_models(),
        Place("home", "home", reverse("home"), "owner"),
        Place("home-long", "home", reverse("home"), "speaker", "long"),
        Place("home-empty", "home", reverse("home"), "newcomer", "empty"),
        Place("home-approver", "home", reverse("home"), "approver"),
        Place("inbox", "inbox", reverse("inbox"), "approver"),
        Place("inbox-sorted", "inbox", reverse("inbox") + "?ordering=-title", "approver"),
        Place("search", "search", reverse("search") + "?q=vision", "approver"),
        Place("search-empty", "search", reverse("search") + "?q=nothing-is-called-so", "owner", "empty"),
        Place("search-start", "search", reverse("search"), "owner", "empty"),
        Place("capacity", "cluster_list", reverse("cluster_list"), "owner"),
        Place("cluster", "cluster_detail", reverse("cluster_detail", args=["sandbox"]), "owner"),
        Place("cluster-admin", "cluster_detail", reverse("cluster_detail", args=["sandbox"]), "admin"),
        Place("drift", "drift_list", reverse("drift_list"), "admin", "failing"),
        Place("audit", "audit_list", reverse("audit_list"), "auditor"),
        Place("audit-own", "audit_list", reverse("audit_list"), "newcomer", "empty"),
        Place("audit-filter", "audit_list", reverse("audit_list") + "?q=nothing-is-called-so", "admin", "empty"),
        Place("not-found", "", "/nothing-is-here/", "owner", "failing", 404),
    ]
    return found


def _account() -> list[Place]:
    return [
        Place("sign-in", "account_login", reverse("account_login"), ""),
        Place("inactive", "account_inactive", reverse("account_inactive"), "", "failing"),
        Place("sign-out", "account_logout", reverse("account_logout"), "owner"),
        Place("password", "account_change_password", reverse("account_change_password"), "owner"),
        Place("tokens", "token_list", reverse("token_list"), "owner"),
        Place("tokens-empty", "token_list", reverse("token_list"), "newcomer", "empty"),
        Place("team", "team_detail", reverse("team_detail", args=["vision"]), "owner"),
        Place("team-long", "team_detail", reverse("team_detail", args=["speech-" + "x" * 33]), "speaker", "long"),
        Place("team-empty", "team_detail", reverse("team_detail", args=["nobody"]), "admin", "empty"),
    ]


def _requests(keys: dict[str, int]) -> list[Place]:
    def page(name: str, key: str, who: str, data: str = "normal") -> Place:
        return Place(name, "request_detail", reverse("request_detail", args=[keys[key]]), who, data)

    lists = [
        Place(f"requests-{tab}", "request_list", reverse("request_list") + f"?tab={tab}", "owner") for tab in ("open", "mine", "decided")
    ]
    return [
        *lists,
        Place("requests-empty", "request_list", reverse("request_list"), "newcomer", "empty"),
        Place("requests-needs-me", "request_list", reverse("request_list") + "?tab=needs-me&ordering=-title", "approver"),
        Place(
            "requests-reject",
            "request_reject_many",
            reverse("request_reject_many") + f"?pick={keys['open']}.2&pick={keys['long']}.9",
            "approver",
        ),
        page("request-decide", "open", "approver"),
        page("request-open", "open", "member"),
        page("request-applied", "applied", "owner"),
        page("request-rejected", "rejected", "owner"),
        page("request-returned", "returned", "owner"),
        page("request-long", "long", "approver", "long"),
        page("request-failing", "failed_request", "owner", "failing"),
        Place("request-change", "request_revise", reverse("request_revise", args=[keys["open"]]), "member"),
    ]


def _namespaces(keys: dict[str, int]) -> list[Place]:
    row = [keys["namespace"]]
    tabs = [Place(f"namespace-{tab}", "namespace_tab", reverse("namespace_tab", args=[*row, tab]), "owner") for tab in TABS]
    failed = [keys["failed_namespace"]]
    bare = [
        Place("namespace-failing-pods", "namespace_pods", reverse("namespace_pods", args=failed), "owner", "empty"),
        Place("namespace-failing-events", "namespace_tab", reverse("namespace_tab", args=[*failed, "events"]), "owner", "empty"),
    ]
    listed = reverse("namespace_pods", args=row)
    pods = [
        Place("namespace-pods", "namespace_pods", listed, "owner"),
        Place("namespace-pods-trouble", "namespace_pods", f"{listed}?state=trouble", "owner"),
        *(Place(f"pod-{name}", "namespace_pod", reverse("namespace_pod", args=[*row, name]), "owner", "failing") for name in SICK_PODS),
        Place("pod-well", "namespace_pod", reverse("namespace_pod", args=[*row, "resnet-train-0"]), "owner"),
    ]
    return [
        *tabs,
        *bare,
        *pods,
        Place("namespaces", "namespace_list", reverse("namespace_list"), "owner"),
        Place("namespaces-empty", "namespace_list", reverse("namespace_list"), "newcomer", "empty"),
        Place("namespace", "namespace_detail", reverse("namespace_detail", args=row), "owner"),
        Place("namespace-failing", "namespace_detail", reverse("namespace_detail", args=[keys["failed_namespace"]]), "owner", "failing"),
        Place("namespace-new", "namespace_new", reverse("namespace_new"), "owner"),
        Place("namespace-new-stranger", "namespace_new", reverse("namespace_new"), "newcomer", "empty"),
        Place("namespace-delete", "namespace_delete", reverse("namespace_delete", args=row), "owner"),
    ]


def _deployments(keys: dict[str, int]) -> list[Place]:
    def page(name: str, route: str, key: str, *more: str, who: str = "owner", data: str = "normal") -> Place:
        return Place(name, route, reverse(route, args=[keys[key], *more]), who, data)

    new, listed = reverse("deployment_new"), reverse("deployment_list")
    tabs = [page(f"deployment-{tab}", "deployment_tab", "rolling", tab) for tab in DEPLOYMENT_TABS]
    states = [page(f"deployment-{key}", "deployment_detail", key, data="failing") for key in ("failing", "paused", "unseen")]
    return [
        Place("deployments", "deployment_list", listed, "owner"),
        Place("deployments-failed", "deployment_list", f"{listed}?health=failed", "owner"),
        Place("deployments-empty", "deployment_list", listed, "newcomer", "empty"),
        Place("deployment-new", "deployment_new", new, "owner"),
        Place("deployment-new-filled", "deployment_new", f"{new}?model=defects&alias=champion&name=counter&namespace=vision-live", "owner"),
        Place("deployment-new-stranger", "deployment_new", new, "newcomer", "empty"),
        page("deployment", "deployment_detail", "rolling"),
        page("deployment-ready", "deployment_detail", "ready"),
        page("deployment-viewed", "deployment_detail", "rolling", who="auditor"),
        page("deployment-long", "deployment_detail", "long_deployment", data="long"),
        page("deployment-long-pods", "deployment_tab", "long_deployment", "pods", data="long"),
        page("deployment-ready-traffic", "deployment_tab", "ready", "traffic", data="empty"),
        *states,
        *tabs,
        page("deployment-try", "deployment_try", "ready"),
        page("deployment-try-viewed", "deployment_try", "ready", who="auditor", data="empty"),
        page("deployment-edit", "deployment_edit", "ready"),
        page("deployment-edit-rolling", "deployment_edit", "rolling"),
        page("deployment-promote", "deployment_promote_to", "ready"),
        page("deployment-delete", "deployment_delete", "ready"),
        page("namespace-deployments", "namespace_tab", "serving_namespace", "deployments"),
        page("request-deployment", "request_detail", "asked", who="approver"),
        page("request-deployment-change", "request_detail", "asked_change", who="approver"),
        page("request-deployment-revise", "deployment_revise", "asked"),
    ]


def _models() -> list[Place]:
    def page(name: str, route: str, *args: str | int, who: str = "owner", data: str = "normal") -> Place:
        return Place(name, route, reverse(route, args=args), who, data)

    long = LONG[:250]
    return [
        Place("models", "model_list", reverse("model_list"), "owner"),
        Place("models-gone", "model_list", reverse("model_list") + "?gone=true", "owner"),
        Place("models-empty", "model_list", reverse("model_list") + "?q=nothing-is-called-so", "newcomer", "empty"),
        page("model", "model_detail", "defects"),
        page("model-viewed", "model_detail", "defects", who="auditor"),
        page("model-long", "model_detail", long, who="speaker", data="long"),
        page("model-gone", "model_detail", "retired", data="failing"),
        page("model-version", "model_version", "defects", 4),
        page("model-version-long", "model_version", long, 1, who="speaker", data="long"),
        page("model-new", "model_new"),
        page("model-new-stranger", "model_new", who="newcomer", data="empty"),
        page("model-version-new", "model_version_new", "defects"),
    ]


def unvisited(visited: list[Place]) -> list[str]:
    """Names of page routes that no place visits and that NO_PAGES does not explain. The API and the admin site are not pages of ours."""
    seen = {place.route for place in visited}
    return sorted(name for name in _names(get_resolver().url_patterns) if name not in seen and name not in NO_PAGES)


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(("api/v1/", "admin/")):
            continue
        if isinstance(pattern, URLResolver):
            found |= _names(pattern.url_patterns, route)
        elif pattern.name:
            found.add(pattern.name)
    return found
