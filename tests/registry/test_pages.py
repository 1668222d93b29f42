"""The pages of the catalogue and its files: what is shown to whom, what is sent, and what is said while the registry is away."""

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import reverse

from registry import usage
from registry.files import PER_USER
from registry.models import Change, RegisteredModel, Registry
from registry.tracking.errors import RegistryRefused
from tests.factories import make_team, make_user
from tests.pages.browsing import csv_of
from tests.registry.conftest import carry_out
from tests.registry.fake import ARTIFACTS

PLACE = "1/wine/1"


@pytest.fixture
def catalogue(sync, mlflow):
    """A model of team vision with a version and its files, and one that is common to all."""
    make_team("vision")
    mlflow.model("wine", team="vision", description="Tells cultivars apart")
    mlflow.version("wine", 1)
    mlflow.version("wine", 2, current_stage="Production")
    mlflow.alias("wine", "champion", 1)
    mlflow.version("common", 1)
    mlflow.stored = {f"{PLACE}/MLmodel": b"flavors: {}", f"{PLACE}/data/a b.bin": bytes(200_000)}
    sync()
    return RegisteredModel.objects.get(name="wine")


@pytest.fixture
def browse(client, catalogue):
    """Signs somebody in."""

    def sign_in(name="mia", **roles):
        client.force_login(make_user(name, **(roles or {"team_roles": {"vision": "member"}})))
        return client

    return sign_in


def body(answer):
    return b"".join(answer) if answer.streaming else answer.content


def test_the_list_shows_latest_version_aliases_and_where_it_is_deployed(browse, catalogue, monkeypatch):
    use = usage.Use(catalogue.pk, 1, "taster", "/deployments/7/", "vision-live", "applied", "ok")
    monkeypatch.setattr(usage, "_sources", [lambda user, models: [use] if catalogue in models else []])
    page = browse().get("/models/").content.decode()
    for word in ("wine", "Tells cultivars apart", "champion", ">v2<", "taster v1", "/deployments/7/", "common to all"):
        assert word in page, word


def test_a_stranger_sees_common_models_only_in_pages_filters_and_files(browse):
    client = browse("carl", team_roles={"speech": "owner"})
    for query in ("", "?q=wine", "?team=vision", "?alias=champion", "?gone=true", "?ordering=-updated_at"):
        assert 'href="/models/wine/"' not in client.get(f"/models/{query}").content.decode(), query
    assert [row["name"] for row in csv_of(client, "/models/?format=csv")] == ["common"]
    for path in ("", "live/", "versions/1/", "versions/1/files/", "versions/1/file/?path=MLmodel", "register/"):
        assert client.get(f"/models/wine/{path}").status_code == 404, path


def test_an_old_stage_is_shown_beside_the_aliases_and_nothing_needs_one(browse):
    page = browse().get("/models/wine/").content.decode()
    assert "production" in page and "champion" in page
    assert browse("otto", platform_roles=["auditor"]).get("/models/wine/versions/1/").status_code == 200


def test_a_file_is_an_attachment_and_is_the_one_in_the_registry(browse, mlflow):
    client = browse()
    listed = client.get("/models/wine/versions/1/files/").content.decode()
    assert "MLmodel" in listed and "data/" in listed
    answer = client.get("/models/wine/versions/1/file/", {"path": "data/a b.bin"})
    assert answer.status_code == 200 and body(answer) == bytes(200_000)
    assert answer["Content-Disposition"] == 'attachment; filename="a b.bin"' and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream" and answer["Content-Length"] == "200000"


@pytest.mark.parametrize(
    "path",
    ["../2/MLmodel", "data/../../x", "/etc/passwd", "%2e%2e/x", "a\\b", "a//b", "", "data", "no-such", "x\x00", "?a", "a#b", "x" * 2_000],
)
def test_no_path_leaves_the_versions_own_files(browse, mlflow, path):
    mlflow.calls.clear()
    answer = browse().get("/models/wine/versions/1/file/", {"path": path})
    assert answer.status_code == 404
    assert all(call.startswith(f"{ARTIFACTS}/{PLACE}") and ".." not in call for _method, call in mlflow.calls)


@pytest.mark.parametrize(
    "place", ["mlflow-artifacts://elsewhere.test/1/x", "s3://bucket/x", "file:///etc", "http://127.0.0.1/x", "", "mlflow-artifacts:/1/../2"]
)
def test_files_that_are_not_in_the_registrys_own_store_are_not_fetched(browse, mlflow, catalogue, place):
    catalogue.versions.filter(number=1).update(download_uri=place)
    mlflow.calls.clear()
    assert browse().get("/models/wine/versions/1/file/", {"path": "MLmodel"}).status_code == 404
    assert mlflow.calls == []


def test_a_file_over_the_limit_and_a_redirect_are_not_sent(browse, mlflow, settings):
    client = browse()
    settings.ARTIFACT_MEGABYTES = 0
    answer = client.get("/models/wine/versions/1/file/", {"path": "MLmodel"})
    assert answer.status_code == 413 and "larger than the 0 MB" in answer.content.decode()
    settings.ARTIFACT_MEGABYTES = 10
    mlflow.before = lambda handler: handler.reply(302, b"", Location="http://169.254.169.254/") or True
    assert client.get("/models/wine/versions/1/file/", {"path": "MLmodel"}).status_code == 503


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phase": "installing"}, "being installed"),
        ({"phase": "starting"}, "being started"),
        ({"phase": "failed", "phase_detail": "no space"}, "cannot be installed"),
        ({"silent_since": "2026-01-01T00:00:00Z"}, "does not answer"),
    ],
)
def test_pages_say_how_the_registry_is_and_show_what_is_known(browse, change, said):
    Registry.objects.update(**change)
    client = browse()
    for path in ("/models/", "/models/wine/", "/models/wine/versions/1/"):
        page = client.get(path).content.decode()
        assert said in page and "wine" in page
    assert "no space" not in page, "where and why is for the platform's roles"


def test_without_a_registry_the_page_says_what_to_do(client, db, settings):
    settings.MLFLOW_TRACKING_URI = ""
    client.force_login(make_user("ada", platform_roles=["admin"]))
    assert "MLFLOW_TRACKING_URI" in client.get("/models/").content.decode()


def test_an_owner_moves_an_alias_by_the_form_and_sees_what_became_of_it(browse, mlflow):
    client = browse("olga", team_roles={"vision": "owner"})
    assert client.post("/models/wine/alias/", {"alias": "champion", "version": "2", "seen": "1"}).status_code == 302
    change = Change.objects.get()
    assert "Being carried out" in client.get("/models/wine/").content.decode()
    carry_out(change)
    assert mlflow.models["wine"]["aliases"] == [{"alias": "champion", "version": "2"}]
    assert "Being carried out" not in client.get("/models/wine/").content.decode()


@pytest.mark.parametrize(
    ("path", "words", "said"),
    [
        ("alias/", {"alias": "v7", "version": "1"}, "stands for a version"),
        ("alias/", {"alias": "fine", "version": "9"}, "no version 9"),
        ("tag/", {"key": "mlflow.user", "value": "x"}, "set by the portal"),
        ("register/", {"source": "file:///etc"}, "begins with models:/"),
        ("register/", {"description": "x"}, "either a run or an address"),
    ],
)
def test_a_wrong_word_is_answered_at_its_field(browse, path, words, said):
    answer = browse("olga", team_roles={"vision": "owner"}).post(f"/models/wine/{path}", words)
    assert answer.status_code == 422 and said in answer.content.decode() and not Change.objects.exists()


def test_a_new_model_that_was_refused_says_why_on_the_list(browse, mlflow):
    client = browse()
    assert client.post("/models-new/", {"name": "faces", "team": "vision", "run_id": "a" * 32}).status_code == 302
    carry_out(Change.objects.get())
    page = client.get("/models/").content.decode()
    assert "faces" in page and "run not found" in page


def test_names_that_look_like_routes_have_pages_of_their_own(browse, sync, mlflow):
    for name in ("new", "live", "versions", "a b", "ümlaut", "100%"):
        mlflow.version(name, 1)
    sync()
    client = browse()
    page = client.get("/models/?page_size=100").content.decode()
    for model in RegisteredModel.objects.standing():
        address = reverse("model_detail", args=[model.name])
        assert f'href="{address}"' in page and client.get(address).status_code == 200


def test_a_deleted_model_keeps_its_page_and_offers_no_change(browse, mlflow, sync):
    mlflow.models.pop("wine")
    mlflow.versions = [row for row in mlflow.versions if row["name"] != "wine"]
    sync()
    client = browse("olga", team_roles={"vision": "owner"})
    page = client.get("/models/wine/").content.decode()
    assert "its record stays" in page and "/models/wine/alias/" not in page and "/models/wine/register/" not in page
    assert "its record stays" in client.get("/models/wine/versions/1/").content.decode()
    assert client.post("/models/wine/register/", {"run_id": "a" * 32}).status_code == 409


def send_head(handler, size, content=b""):
    """What an artifact server says before the file: its size, if that is known, and then no more than `content`."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    if size is not None:
        handler.send_header("Content-Length", str(size))
    handler.end_headers()
    handler.wfile.write(content)
    handler.close_connection = True
    return True


def test_a_file_that_is_announced_too_large_is_refused_before_its_first_byte(browse, mlflow, settings):
    """The server sends nothing of it: whoever waited for a byte would wait in vain, and then say something else."""
    client, settings.ARTIFACT_MEGABYTES = browse(), 10
    mlflow.before = lambda handler: send_head(handler, 10_000_001)
    answer = client.get("/models/wine/versions/1/file/", {"path": "MLmodel"})
    assert answer.status_code == 413 and "larger than the 10 MB" in answer.content.decode()
    answer = client.get("/api/v1/models/wine/versions/1/file/", {"path": "MLmodel"})
    assert answer.status_code == 413 and "larger than the 10 MB" in answer.json()["detail"]


def test_a_file_of_unknown_size_is_counted_and_ends_at_the_limit(browse, mlflow, settings):
    client, settings.ARTIFACT_MEGABYTES = browse(), 1
    mlflow.before = lambda handler: send_head(handler, None, bytes(900_000))
    assert len(body(client.get("/models/wine/versions/1/file/", {"path": "MLmodel"}))) == 900_000
    mlflow.before = lambda handler: send_head(handler, None, bytes(1_200_000))
    answer = client.get("/models/wine/versions/1/file/", {"path": "MLmodel"})
    with pytest.raises(RegistryRefused):
        body(answer)


def leave(answer):
    """The reader's line ends before the first byte; the database of the test stays open."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def test_a_download_counts_from_its_opening_to_its_end_even_if_nobody_reads_it(browse):
    client, path = browse(), "/models/wine/versions/1/file/?path=MLmodel"
    opened = [client.get(path) for _each in range(PER_USER)]
    assert client.get(path).status_code == 429
    leave(opened.pop())
    assert body(client.get(path)), "one that nobody read has given its place back"
    for answer in opened:
        assert body(answer)
    for _each in range(PER_USER + 1):
        assert client.get("/models/wine/versions/1/file/?path=none").status_code == 404, "one that could not be opened takes none"
