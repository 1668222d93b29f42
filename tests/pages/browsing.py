"""A browser without a window: forms are sent as forms."""

import csv
import io
from typing import Any
from unittest import mock

from asgiref.sync import async_to_sync
from django.test import Client

from accounts.models import User


def page_client(user: User) -> Client:
    """Signed in as `user`."""
    client = Client()
    client.force_login(user)
    return client


def text_of_file(answer: Any) -> str:
    """What a download sends, read as the server reads it. A test is one transaction, and giving its connection back would end it."""
    assert answer.status_code == 200 and answer.streaming

    async def read() -> bytes:
        return b"".join([part async for part in answer])

    with mock.patch("rest.lists.download.close_old_connections"):
        return async_to_sync(read)().decode()


def csv_of(client: Client, path: str) -> list[dict[str, str]]:
    """The lines of a downloaded CSV file."""
    return list(csv.DictReader(io.StringIO(text_of_file(client.get(path)).removeprefix("\ufeff"), newline="")))
