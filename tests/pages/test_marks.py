"""No page shows a text that cannot be translated: each is rendered in a language that marks every translation."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.pages.pseudo import data_of_the_rows, speak, unmarked
from tests.screenshots.data import make_all
from tests.screenshots.places import places


@pytest.mark.django_db
def test_every_visible_text_of_every_page_is_marked_for_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = make_all()
    data = data_of_the_rows()
    speak(monkeypatch)
    found = []
    for place in places(keys):
        client = Client()
        if place.who:
            client.force_login(User.objects.get(username=place.who), backend=settings.AUTHENTICATION_BACKENDS[-1])
        answer = client.get(place.path)
        assert answer.status_code == place.status, place.name
        found += [f"{place.name}: {text[:120]}" for text in unmarked(answer.content.decode(), data)]
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_text_without_its_mark_is_found() -> None:
    assert unmarked("<p>⟦Hello, alice⟧ and more</p>", []) == ["and more"]


def test_marked_texts_code_and_data_are_no_findings() -> None:
    assert unmarked("<p title='⟦Hi⟧'>⟦Hello, ⟦all⟧⟧ vision-prod <code>kubectl get pods</code></p>", ["vision-prod"]) == []


def test_a_translation_may_hold_code() -> None:
    assert unmarked("<label>⟦Type <code>x</code> to delete it⟧</label>", []) == []


def test_what_only_a_screen_reader_says_is_read_too() -> None:
    assert unmarked("<button aria-label='Close'></button>", []) == ["Close"]
