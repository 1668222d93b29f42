"""Bodies are bounded."""

import json

import pytest
from rest_framework.test import APIClient

from rest.parsers import LARGEST_BODY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.toys")]


def post(body: bytes) -> tuple[int, str]:
    answer = APIClient().post("/api/fail/bug/", body, content_type="application/json")
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_body_beyond_the_bound_is_refused_and_one_below_is_read() -> None:
    assert post(json.dumps({"name": "x" * LARGEST_BODY}).encode()) == (413, "body_too_large")
    assert post(json.dumps({"name": "x" * (LARGEST_BODY - 100)}).encode()) == (400, "invalid")


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 100_000, b'{"name": NaN}', b"\xff\xfe", b""])
def test_hostile_json_is_a_problem_and_no_failure(body: bytes) -> None:
    status, code = post(body)
    assert (status, code) in {(400, "parse_error"), (400, "invalid")}


@pytest.mark.parametrize("body", [b'{"name": "\\ud800"}', b'{"\\udfff": 1}', b'{"name": ["\\uD83D"]}'])
def test_half_a_character_is_refused_before_it_can_be_repeated(body: bytes) -> None:
    assert post(body) == (400, "parse_error")


def test_a_whole_character_may_be_written_as_a_pair() -> None:
    assert APIClient().post("/api/fail/bug/", b'{"name": "\\ud83d\\udca9"}', content_type="application/json").status_code == 200
