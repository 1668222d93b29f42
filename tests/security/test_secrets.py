"""S5: what is kept as a secret goes in and never comes out: not in an answer, an error, a log line, an audit entry, a repr or a table."""

import json
import logging

import pytest
from django.conf import settings
from django.core import serializers
from django.db import connection

from accounts.models import User
from audit.models import Entry
from clusters.models import Cluster
from tests.security.asking import ask
from tests.security.expectations import table
from tests.security.routes import every_route
from tests.security.world import World

KUBECONFIG = "kubeconfig-canary"
TABLE = table()
METHODS = ("GET", "POST", "PATCH")


def secrets_of(world: World) -> set[str]:
    """Whatever of it comes out would give somebody a right; the digest of a token's 256 random bits would not."""
    passwords = set(User.objects.exclude(password="").values_list("password", flat=True))
    return {KUBECONFIG, settings.SECRET_KEY, *world.keys.values(), *passwords}


def seen_in(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text}


@pytest.mark.parametrize("role", ["admin", "owner"])
def test_no_answer_and_no_log_line_has_a_secret(world: World, role: str, caplog: pytest.LogCaptureFixture) -> None:
    secrets, told = secrets_of(world), {}
    caplog.set_level(logging.DEBUG)
    for route in every_route():
        for method in METHODS:
            if (route.key, method) in TABLE:
                response = ask(world, route, method, role).response
                text = "" if response.streaming else response.content.decode(errors="replace")
                if found := seen_in(text + str(response.headers), secrets):
                    told[method, route.key] = found
    assert not told
    assert not seen_in(caplog.text, secrets)


def test_a_wrong_body_with_a_secret_is_not_repeated(world: World) -> None:
    route = next(route for route in every_route() if route.key == "account_login")
    answer = ask(world, route, "POST", "anon", password="a-password-canary")
    assert "a-password-canary" not in answer.response.content.decode()


def test_the_record_of_changes_has_no_secret(world: World) -> None:
    entries = serializers.serialize("json", Entry.objects.all())
    assert Entry.objects.exists() and not seen_in(entries, secrets_of(world))


def test_a_kubeconfig_is_in_the_database_as_a_cipher_only(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clusters_cluster")
        rows = cursor.fetchall()
    assert rows and KUBECONFIG not in json.dumps(rows, default=str)
    cluster = Cluster.objects.get(pk=world.cluster.pk)
    assert cluster.kubeconfig == KUBECONFIG
    assert KUBECONFIG not in repr(cluster) + str(cluster)
