"""Two who change the same row: the second learns of the first."""

import pytest

from accounts.models import Team
from tests.clients import session_client
from tests.factories import make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.toys")]
ADDRESS = "/api/rows/vision/"


def test_a_row_is_read_with_its_etag_and_an_unchanged_one_is_not_sent_again() -> None:
    team, client = make_team("vision"), session_client(make_user())
    first = client.get(ADDRESS)
    assert first["ETag"] == f'"team-{team.pk}-1"'
    again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_change_names_the_version_that_it_saw() -> None:
    make_team("vision")
    client = session_client(make_user())
    seen = client.get(ADDRESS)["ETag"]
    changed = client.patch(ADDRESS, {"display_name": "First"}, headers={"If-Match": seen})
    assert (changed.status_code, changed["ETag"] != seen) == (200, True)
    assert client.get(ADDRESS)["ETag"] == changed["ETag"]
    late = client.patch(ADDRESS, {"display_name": "Second"}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert Team.objects.get().display_name == "First"


def test_a_change_without_a_version_is_refused_and_any_version_is_a_star() -> None:
    make_team("vision", display_name="Vision")
    client = session_client(make_user())
    refused = client.patch(ADDRESS, {"display_name": "Blind"})
    assert (refused.status_code, refused.json()["code"]) == (428, "if_match_required")
    assert Team.objects.get().display_name == "Vision"
    assert client.patch(ADDRESS, {"display_name": "Star"}, headers={"If-Match": "*"}).status_code == 200


def test_one_of_several_versions_may_match_but_a_weak_one_never_does() -> None:
    make_team("vision")
    client = session_client(make_user())
    seen = client.get(ADDRESS)["ETag"]
    assert client.patch(ADDRESS, {"display_name": "W"}, headers={"If-Match": f"W/{seen}"}).status_code == 412
    assert client.patch(ADDRESS, {"display_name": "S"}, headers={"If-Match": f'"other", {seen}'}).status_code == 200
