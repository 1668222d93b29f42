"""Which addresses the pictures visit, as whom, and with which data; and why the remaining named routes are no pages."""

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

TABS = ("pods", "events", "access", "yaml", "activity")
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
    bare = [
        Place(f"namespace-failing-{tab}", "namespace_tab", reverse("namespace_tab", args=[keys["failed_namespace"], tab]), "owner", "empty")
        for tab in ("pods", "events")
    ]
    return [
        *tabs,
        *bare,
        Place("namespaces", "namespace_list", reverse("namespace_list"), "owner"),
        Place("namespaces-empty", "namespace_list", reverse("namespace_list"), "newcomer", "empty"),
        Place("namespace", "namespace_detail", reverse("namespace_detail", args=row), "owner"),
        Place("namespace-failing", "namespace_detail", reverse("namespace_detail", args=[keys["failed_namespace"]]), "owner", "failing"),
        Place("namespace-new", "namespace_new", reverse("namespace_new"), "owner"),
        Place("namespace-new-stranger", "namespace_new", reverse("namespace_new"), "newcomer", "empty"),
        Place("namespace-delete", "namespace_delete", reverse("namespace_delete", args=row), "owner"),
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
