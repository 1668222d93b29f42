"""Idempotency-Key: one effect, one answer, however often the request is sent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Team
from audit.models import Entry
from rest import idempotency
from rest.models import IdempotentAnswer
from tests.clients import session_client
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.toys")]


def post(client: APIClient, key: str, **body: Any) -> Any:
    return client.post("/api/rows/", {"name": "vision", **body}, format="json", headers={"Idempotency-Key": key})


def test_the_same_request_again_gets_the_same_answer_and_no_second_effect() -> None:
    client = session_client(make_user())
    first, again = post(client, "k1"), post(client, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Location"] == first["Location"] == "/api/rows/vision/"
    assert (first.has_header("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (False, "true")
    assert Team.objects.count() == 1


def test_the_same_json_spelled_otherwise_is_the_same_request() -> None:
    client = session_client(make_user())
    for spelling in (b'{"name": "vision", "a": 1}', b'{"a":1,"name":"vision"}'):
        answer = client.post("/api/rows/", spelling, content_type="application/json", headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert Team.objects.count() == 1


def test_a_key_cannot_be_used_for_another_body() -> None:
    client = session_client(make_user())
    post(client, "k1")
    other = post(client, "k1", name="speech")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Team.objects.count() == 1


def test_keys_of_different_people_are_different_keys() -> None:
    assert post(session_client(make_user()), "k1").status_code == 201
    assert post(session_client(make_user()), "k1", name="speech").status_code == 201
    assert Team.objects.count() == 2


def test_a_request_still_being_answered_is_a_conflict() -> None:
    client = session_client(make_user())
    post(client, "k1")
    IdempotentAnswer.objects.update(status=0, body=None)
    waiting = post(client, "k1")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_in_progress")


def test_a_claim_left_by_a_crash_is_taken_over_and_done_once() -> None:
    client = session_client(make_user())
    post(client, "k1")
    Team.objects.all().delete()
    IdempotentAnswer.objects.update(status=0, body=None, claimed_at=timezone.now() - idempotency.CLAIM_LASTS - timedelta(seconds=1))
    assert post(client, "k1").status_code == 201
    assert Team.objects.count() == 1


def test_one_whose_claim_was_taken_over_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    store = idempotency._store

    def taken_over_meanwhile(claim: IdempotentAnswer, response: Any) -> None:
        IdempotentAnswer.objects.filter(pk=claim.pk).update(fence="another")
        store(claim, response)

    monkeypatch.setattr(idempotency, "_store", taken_over_meanwhile)
    answer = post(session_client(make_user()), "k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_lost")
    assert not Team.objects.exists()


@pytest.mark.parametrize(("failure", "status"), [("conflict", 409), ("fields", 400), ("denied", 403)])
def test_a_refusal_is_not_stored_so_the_key_may_be_used_again(failure: str, status: int) -> None:
    client = session_client(make_user())
    assert post(client, "k1", failure=failure).status_code == status
    assert not Team.objects.exists()
    assert not IdempotentAnswer.objects.exists()
    assert post(client, "k1").status_code == 201


def test_a_denial_under_a_key_is_still_recorded() -> None:
    post(session_client(make_user()), "k1", failure="denied")
    assert [entry.outcome for entry in Entry.objects.all()] == ["denied"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_malformed_key_is_refused(key: str) -> None:
    answer = post(session_client(make_user()), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
    assert not Team.objects.exists()


def test_answers_are_forgotten_after_a_day() -> None:
    post(session_client(make_user()), "k1")
    assert idempotency.forget_old_answers() == 0
    IdempotentAnswer.objects.update(claimed_at=timezone.now() - idempotency.ANSWERS_LAST)
    assert idempotency.forget_old_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_at_once_happens_once() -> None:
    user, barrier, answers = make_user(), threading.Barrier(4), []

    def send() -> None:
        client = session_client(user)
        barrier.wait()
        try:
            answers.append(post(client, "k1").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Team.objects.count() == 1
    assert answers.count(201) >= 1
    assert set(answers) <= {201, 409}
    assert len(answers) == 4
