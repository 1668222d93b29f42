"""The lines of a deployment: a page that is open when it goes is told so, and asks no more."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils import timezone

from accounts.models import User
from tests.deploying import make_deployment
from tests.factories import make_user


@pytest.mark.django_db(transaction=True)
def test_the_stream_of_a_deployment_that_is_gone_ends_at_once_in_words() -> None:
    row = make_deployment()
    row.deleted_at = timezone.now()
    row.save(update_fields=["deleted_at"])
    said = asyncio.run(read(make_user("bob", {"vision": "member"}), f"/deployments/{row.pk}/logs/live/"))
    assert b"event: reset" in said and b"event: lines" not in said


async def read(user: User, path: str) -> bytes:
    """All of a stream that ends."""
    browser = AsyncClient()
    await sync_to_async(browser.force_login)(user)
    answer = await browser.get(path)
    assert answer.status_code == 200
    async with asyncio.timeout(20):
        return b"".join([chunk async for chunk in answer.streaming_content])
