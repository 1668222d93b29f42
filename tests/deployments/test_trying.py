"""One prediction through the portal: by whom, to where, how much, how long, and what comes back."""

import pytest
from django.test import override_settings

from audit.models import Entry
from clusters.serving import serving_of
from deployments.spec import Scaling
from deployments.trying import direct, limits, ways
from deployments.trying.limits import Bucket, Slots
from deployments.trying.served import Served, askable, served_of
from deployments.trying.ways import is_own, ways_to
from tests.clients import session_client, token_client
from tests.deploying import let_serve, make_deployment, make_rollout, make_spec, observe_pod, observe_service, ready_status
from tests.deployments.model_site import let_domain, model_site, serve_at
from tests.factories import make_user
from tests.kube.fake_server import head, kubeconfig_for, serving

pytestmark = pytest.mark.django_db

BODY = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1.5]}]}


@pytest.fixture(autouse=True)
def unknown_ways(monkeypatch):
    """No test meets the counts and the closed ways of the one before."""
    monkeypatch.setattr(ways, "_unreachable", {})
    monkeypatch.setattr(limits.rates, "_left", {})


@pytest.fixture
def site():
    with model_site() as site:
        yield site


@pytest.fixture
def deployment():
    return make_deployment(name="defects")


@pytest.fixture
def bob():
    return token_client(make_user("bob", {"vision": "member"}))


def predict(client, deployment, body=BODY, query=""):
    return client.post(f"/api/v1/deployments/{deployment.pk}/predict/{query}", body)


def code(answer):
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    return answer.status_code, answer.json()["code"]


def test_a_member_asks_the_model_and_gets_its_answer_as_it_is(deployment, bob, site):
    serve_at(deployment, site)
    answer = predict(bob, deployment)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, site.body, "application/json")
    assert answer["X-Served-Revision"] == "1"
    path, headers, body = site.asked[0]
    assert path == f"/serving/{deployment.namespace.name}/defects/v2/models/defects/infer"
    assert body == b'{"inputs":[{"name":"x","shape":[1],"datatype":"FP64","data":[1.5]}]}'
    assert headers["content-type"] == "application/json"


def test_nothing_of_the_caller_is_passed_on(deployment, bob, site):
    serve_at(deployment, site)
    bob.post(
        f"/api/v1/deployments/{deployment.pk}/predict/", BODY, headers={"Cookie": "sessionid=x", "X-Forwarded-For": "evil", "X-A": "b"}
    )
    headers = site.asked[0][1]
    assert not {"authorization", "cookie", "x-forwarded-for", "x-a"} & set(headers)


def test_the_protocol_is_chosen_and_the_path_is_not(deployment, bob, site):
    serve_at(deployment, site)
    predict(bob, deployment, query="?protocol=v1")
    assert site.asked[0][0].endswith("/serving/" + deployment.namespace.name + "/defects/v1/models/defects:predict")
    assert predict(bob, deployment, query="?protocol=../../admin").status_code == 400
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_what_the_model_refuses_comes_back_with_its_own_status(deployment, bob, site, status):
    serve_at(deployment, site)
    site.status, site.body = status, b'{"error": "missing column"}'
    answer = predict(bob, deployment)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (status, site.body, "application/json")


def test_what_is_no_json_never_becomes_a_page_of_the_portal(deployment, bob, site):
    serve_at(deployment, site)
    site.body, site.headers = b"<script>alert(1)</script>", {"Content-Type": "text/html", "Set-Cookie": "sessionid=stolen"}
    answer = predict(bob, deployment)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sessionid" not in answer.cookies


def test_a_redirect_is_not_followed(deployment, bob, site):
    serve_at(deployment, site)
    with model_site() as elsewhere:
        site.status, site.headers = 307, {"Location": f"http://{elsewhere.address}/latest/meta-data/"}
        assert code(predict(bob, deployment)) == (502, "redirected")
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("role", "status"),
    [({"vision": "viewer"}, 403), ({"vision": "member"}, 200), ({"vision": "owner"}, 200), ({"speech": "owner"}, 404), ({}, 404)],
)
def test_who_belongs_to_the_team_can_try_and_nobody_else(deployment, site, role, status):
    serve_at(deployment, site)
    before = Entry.objects.count()
    assert predict(token_client(make_user(team_roles=role)), deployment).status_code == status
    assert len(site.asked) == (status == 200)
    denied = Entry.objects.filter(outcome="denied")
    assert (Entry.objects.count() - before, denied.count()) == ((1, 1) if status == 403 else (0, 0))
    if status == 403:
        assert (denied.get().action, denied.get().team_name) == ("deployment.try", "vision")


@pytest.mark.parametrize("platform", ["approver", "admin", "auditor"])
def test_a_platform_role_alone_cannot_try(deployment, site, platform):
    serve_at(deployment, site)
    assert predict(token_client(make_user(platform_roles=[platform])), deployment).status_code == 403
    assert site.asked == []


def test_a_right_that_ends_counts_at_once(deployment, site):
    person = make_user(team_roles={"vision": "member"})
    client = token_client(person)
    serve_at(deployment, site)
    assert predict(client, deployment).status_code == 200
    person.memberships.all().delete()
    assert predict(client, deployment).status_code == 404


def test_a_session_needs_its_csrf_token(deployment, site):
    serve_at(deployment, site)
    assert predict(session_client(make_user(team_roles={"vision": "member"}), csrf=True), deployment).status_code == 403
    assert site.asked == []


def test_a_token_that_only_reads_cannot_try(deployment, site):
    serve_at(deployment, site)
    assert code(predict(token_client(make_user(team_roles={"vision": "member"}), "read"), deployment)) == (403, "scope_missing")
    assert site.asked == []


def test_a_question_of_more_than_a_mebibyte_is_not_passed_on(deployment, bob, site):
    serve_at(deployment, site)
    path = f"/api/v1/deployments/{deployment.pk}/predict/"
    assert bob.generic("POST", path, b"1" * 2**20, "application/json").status_code == 200
    assert code(bob.generic("POST", path, b"1" * (2**20 + 1), "application/json")) == (413, "body_too_large")
    assert len(site.asked) == 1


def test_an_answer_of_more_than_four_mebibytes_is_not_passed_back(deployment, bob, site):
    serve_at(deployment, site)
    site.body = b"1" * (4 * 2**20 + 1)
    assert code(predict(bob, deployment)) == (502, "answer_too_large")
    site.body = b"1" * (4 * 2**20)
    assert len(predict(bob, deployment).content) == 4 * 2**20


def test_a_model_that_takes_too_long_is_given_up(deployment, bob, site, monkeypatch):
    serve_at(deployment, site)
    monkeypatch.setattr("deployments.trying.ask.SECONDS", 0.2)
    site.pause = 1.0
    assert code(predict(bob, deployment)) == (504, "timeout")


def test_one_that_is_woken_and_takes_too_long_says_so_and_when_to_ask_again(bob, site, monkeypatch):
    row = make_deployment(name="defects", spec=make_spec(scaling=Scaling(0, 3, concurrency=10)))
    serve_at(row, site)
    monkeypatch.setattr("deployments.trying.ask.SECONDS", 0.2)
    site.pause = 1.0
    answer = predict(bob, row)
    assert code(answer) == (503, "waking") and answer["Retry-After"] == "10"
    observe_pod(row)
    assert code(predict(bob, row)) == (504, "timeout"), "a pod is ready: it is the model that takes long"


def test_an_answer_that_breaks_off_is_told(deployment, bob, site):
    serve_at(deployment, site)
    site.cut = True
    assert code(predict(bob, deployment)) == (502, "broken_off")


def test_the_rate_is_counted_for_each_person(deployment, bob, site):
    serve_at(deployment, site)
    from django.conf import settings

    with override_settings(SLIPWAY={**settings.SLIPWAY, "PREDICTIONS_PER_MINUTE": 3.0}):
        statuses = [predict(bob, deployment).status_code for _ in range(4)]
        refused = predict(bob, deployment)
        other = predict(token_client(make_user(team_roles={"vision": "member"})), deployment)
    assert statuses == [200, 200, 200, 429]
    assert code(refused) == (429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert other.status_code == 200
    assert len(site.asked) == 4


def test_a_bucket_fills_again_at_its_rate(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("deployments.trying.limits.time.monotonic", lambda: now[0])
    bucket = Bucket()
    assert [bucket.take(1, 60) for _ in range(60)] == [0.0] * 60
    assert bucket.take(1, 60) == pytest.approx(1.0)
    assert bucket.take(2, 60) == 0.0
    now[0] += 2
    assert [bucket.take(1, 60) == 0.0 for _ in range(3)] == [True, True, False]


def test_nobody_holds_all_slots():
    slots, held = Slots(), []
    for _ in range(limits.AT_ONCE_EACH):
        held.append(slots.held(1))
        held[-1].__enter__()
    with pytest.raises(Exception, match="under way"):
        slots.held(1).__enter__()
    with slots.held(2):
        pass
    held.pop().__exit__(None, None, None)
    with slots.held(1):
        pass


@pytest.mark.parametrize("change", [{"paused": True}, {"deletion_requested_at": "2026-01-01T00:00:00Z"}])
def test_what_does_not_serve_is_told(deployment, bob, site, change):
    serve_at(deployment, site)
    type(deployment).objects.filter(pk=deployment.pk).update(**change)
    assert predict(bob, deployment).status_code == 409
    assert site.asked == []


def test_what_is_not_ready_is_told(deployment, bob):
    assert code(predict(bob, deployment)) == (409, "not_ready")


OWN = "10.0.0.7:8000"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "http://evil-10.0.0.7:8000/",
        "http://10.0.0.7:8000.evil.example/",
        "http://10.0.0.7:80/",
        "http://user@10.0.0.7:8000/",
        "http://10.0.0.7:8000@evil.example/",
        "ftp://10.0.0.7:8000/",
        "file:///etc/passwd",
        "//10.0.0.7:8000/",
        "http://10.0.0.7:8000/x?y=1",
        # One reader of addresses takes the backslash for a part of the host, the one that connects for its end.
        "http://169.254.169.254\\.10.0.0.7:8000/",
        "http://169.254.169.254%5c.10.0.0.7:8000/",
        "",
    ],
)
def test_only_an_address_under_the_clusters_own_domain_is_called_directly(deployment, bob, url):
    let_domain(deployment.cluster, OWN)
    assert not is_direct(deployment, url)
    assert is_direct(deployment, f"http://{OWN}/serving/{deployment.namespace.name}/defects")


@pytest.mark.parametrize("path_template", ["", "/serving/{{ .Namespace }}/{{ .Name }}"])
@pytest.mark.parametrize(
    "url", ["http://{name}-{space}.{own}", "http://{own}/serving/{space}/{name}", "http://{own}/serving/speech/{name}"]
)
def test_only_the_address_that_the_configuration_makes_of_the_names_is_its_own(deployment, path_template, url):
    let_serve(deployment.cluster, domain=OWN, path_template=path_template, domain_template="")
    told = url.format(name="defects", space=deployment.namespace.name, own=OWN)
    assert is_direct(deployment, told) == (
        told.endswith("/serving/" + deployment.namespace.name + "/defects") if path_template else told.startswith("http://defects-")
    )
    assert not is_direct(deployment, f"http://words-speech.{OWN}")
    assert not is_direct(deployment, f"http://{OWN}/")


def is_direct(deployment, url):
    """Whether the portal itself would connect to the address that was told."""
    row = type(deployment).objects.select_related("cluster", "namespace__team", "revision").get()
    return is_own(Served(row, url, {"url": url}, None), serving_of(row.cluster))


def test_an_address_outside_of_the_domain_is_never_connected_to(deployment, bob, site, monkeypatch):
    serve_at(deployment, site)
    let_domain(deployment.cluster, "models.example.org")
    called = []
    monkeypatch.setattr(direct, "post", lambda *args, **options: called.append(args))
    refusal = head(404, "Connection: close", body=b'{"kind":"Status","apiVersion":"v1","message":"no service"}')
    with serving([refusal], [refusal]) as (_, script):
        point_to(deployment, script)
        answer = predict(bob, deployment)
    assert code(answer) == (502, "unreachable") and called == []


def point_to(deployment, script):
    import json

    deployment.cluster.kubeconfig = json.dumps(kubeconfig_for(script.url))
    deployment.cluster.save(update_fields=["kubeconfig"])


def test_where_no_address_can_be_reached_the_api_servers_proxy_is_the_way(deployment, bob):
    let_domain(deployment.cluster, "models.example.org")
    observe_service(deployment)
    body = b'{"outputs": []}'
    with serving([head(200, "Connection: close", body=body)]) as (_, script):
        point_to(deployment, script)
        answer = predict(bob, deployment)
    assert (answer.status_code, answer.content) == (200, body)
    line = script.requests[0].split(b"\r\n")[0].decode()
    service = "defects-r1-predictor:80/proxy/v2/models/defects/infer"
    assert line == f"POST /api/v1/namespaces/{deployment.namespace.name}/services/{service} HTTP/1.1"


def test_an_address_that_does_not_connect_is_left_alone_for_a_while(deployment, bob, site):
    url = serve_at(deployment, site)
    closed = "127.0.0.1:1"
    let_domain(deployment.cluster, closed)
    from clusters.models import Observed

    row = Observed.objects.get(kind="InferenceService")
    row.body["status"]["url"] = url.replace(site.address, closed)
    row.save()
    answers = [[head(200, "Connection: close", "X-Served-Revision: defects-r1-predictor", body=b"{}")] for _ in range(2)]
    with serving(*answers) as (_, script):
        point_to(deployment, script)
        assert [predict(bob, deployment).status_code for _ in range(2)] == [200, 200]
    paths = [request.split(b"\r\n")[0].decode() for request in script.requests]
    assert paths[0] == paths[1]
    assert "/namespaces/kserve/services/kserve-ingress-gateway:http/proxy/serving/" in paths[0]
    assert len(ways._unreachable) == 1


@pytest.mark.parametrize(("path", "own"), [("/serving/vision-a/defects", True), ("/serving/speech/words", False), ("/../../nodes", False)])
def test_only_its_own_path_of_the_ingress_is_asked(deployment, path, own):
    let_domain(deployment.cluster, OWN)
    path = path.replace("vision-a", deployment.namespace.name)
    observe_service(deployment, {**ready_status(deployment), "url": f"http://elsewhere.example{path}"})
    served = served_of(askable().get())
    gateways = [way.prefix for way in ways.ways_to(served) if way.service == ways.GATEWAY]
    assert gateways == ([path] if own else [])


def test_a_cluster_that_is_away_is_told_at_once(deployment, bob):
    let_domain(deployment.cluster, "models.example.org")
    observe_service(deployment)
    with serving() as (_, script):
        point_to(deployment, script)
        script.listener.close()
        answer = predict(bob, deployment)
    assert code(answer) == (503, "cluster_unreachable")
    assert answer["Retry-After"]


def test_the_side_of_a_rollout_that_answered_is_told(deployment, bob, site):
    make_rollout(deployment)
    serve_at(deployment, site)
    for service, number in (("defects-r1-predictor", "1"), ("defects-r2-predictor", "2")):
        site.headers = {"Content-Type": "application/json", "X-Served-Revision": service}
        assert predict(bob, deployment)["X-Served-Revision"] == number
    site.headers = {"Content-Type": "application/json", "X-Served-Revision": "somebody-elses"}
    assert "X-Served-Revision" not in predict(bob, deployment)


def test_shares_hold_on_the_way_by_the_api_server(deployment, monkeypatch):
    rollout = make_rollout(deployment, share=20)
    let_domain(deployment.cluster, "models.example.org")
    observe_service(deployment, {**ready_status(deployment), "canaryStatuses": []})
    served = served_of(askable().get())
    chosen = [list(ways_to(served))[-1].service for _ in range(2000)]
    assert set(chosen) == {"defects-r1-predictor", "defects-r2-predictor"}
    assert 300 <= chosen.count("defects-r2-predictor") <= 500
    assert rollout.share == 20


def test_a_prediction_asks_the_database_little(deployment, bob, site, django_assert_max_num_queries):
    serve_at(deployment, site)
    predict(bob, deployment)
    with django_assert_max_num_queries(3):
        assert predict(bob, deployment).status_code == 200
