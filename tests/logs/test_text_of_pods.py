"""A container's log as one text: over REST and as a file."""

from typing import Any

import pytest

from logs import whole
from tests.factories import make_token, make_user


def asked(client: Any, space: Any, query: str = "", **headers: str) -> Any:
    _row, key = make_token(space.member, "read")
    return client.get(space.text + query, headers={"authorization": f"Bearer {key}", **headers})


def test_a_script_reads_the_text(client: Any, space: Any) -> None:
    space.box.write("one", "\x1b[31mtwo", "drei €")
    answer = asked(client, space)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == "one\n\x1b[31mtwo\ndrei €\n", "as it was written: it is a file and no page"
    assert asked(client, space, "?tail=1").content == "drei €\n".encode()
    assert asked(client, space, "?tail=1&timestamps=true").content.decode() == "2023-11-14T22:13:20.000003000Z drei €\n"


def test_the_run_before_is_asked_for_by_its_name(client: Any, space: Any) -> None:
    space.box.write("how it ended")
    space.box.restart()
    space.box.write("now")
    assert asked(client, space, "?previous=true").content == b"how it ended\n"
    assert asked(client, space).content == b"now\n"


def test_of_a_great_log_the_newest_is_kept(client: Any, space: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "LARGEST", 100)
    space.box.write(*(f"line {number:03}" for number in range(50)))
    first, *rest = asked(client, space).content.decode().splitlines()
    assert first == f"[{50 - len(rest)} earlier lines were left out]" and rest[-1] == "line 049" and len(rest) == 11


def test_a_page_gets_a_file(client: Any, space: Any) -> None:
    space.box.write("<script>")
    client.force_login(space.member)
    answer = client.get(f"/namespaces/{space.namespace.pk}/pods/p/log/")
    assert answer.content == b"<script>\n" and answer["Content-Disposition"] == 'attachment; filename="p-main.log"'


@pytest.mark.parametrize(("status", "told"), [(403, 503), (500, 503)])
def test_what_the_cluster_refuses_is_told(client: Any, space: Any, status: int, told: int) -> None:
    space.box.refusal = (status, "no such container")
    answer = asked(client, space)
    assert answer.status_code == told and "no such container" in answer.json()["detail"]


def test_a_pod_that_is_gone_has_no_text(client: Any, space: Any) -> None:
    space.box.gone = True
    assert asked(client, space).status_code == 404


def test_a_pod_that_nobody_saw_is_not_found(client: Any, space: Any) -> None:
    _row, key = make_token(space.member, "read")
    assert client.get(space.text.replace("/p/", "/nobody/"), headers={"authorization": f"Bearer {key}"}).status_code == 404


def test_another_team_reads_nothing(client: Any, space: Any) -> None:
    space.box.write("secret")
    client.force_login(make_user("stranger", {"speech": "owner"}))
    answers = [client.get(space.text), client.get(f"/namespaces/{space.namespace.pk}/pods/p/log/")]
    assert [answer.status_code for answer in answers] == [404, 404]
