"""S1: every route and method, asked by everybody, against the table that stands by hand; every effect and the lack of one."""

import logging

import pytest
from django.http import HttpResponse

from tests.security.asking import Answer, ask
from tests.security.expectations import Expected, table
from tests.security.inline import inline_parts
from tests.security.routes import Route, every_route

TABLE = table()
ROUTES = every_route()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE = "GET"
# Django's and allauth's own views answer a method that they do not know as a GET, or send one who is signed in to the home page.
LENIENT = ("admin", "account_login", "account_logout", "account_inactive", "set_language")
# Whoever comes here may be signed in or out already: then there is nothing to change.
SIGNING = ("account_login", "account_logout", "admin:logout")


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route():
    assert {key for key, _method in TABLE} == {route.key for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=[route.key for route in ROUTES])
def test_a_route_answers_everybody_as_the_table_says(world, route):
    lines = {method: TABLE[route.key, method] for method in METHODS if (route.key, method) in TABLE}
    assert lines, f"{route.key} ({route.pattern}) is not in the access table: say by hand who may do what there"
    wrong = [fault for method, line in lines.items() for fault in _faults(world, route, method, line)]
    wrong += [fault for method in METHODS if method not in lines for fault in _unknown(world, route, method)]
    assert not wrong, "\n".join(wrong)


def _faults(world, route: Route, method: str, line: Expected) -> list[str]:
    found = []
    for role, cell in line.cells.items():
        answer = ask(world, route, method, role)
        if answer.cell != cell:
            found.append(f"{method} {route.key} as {role}: {answer.cell}, the table says {cell}")
        elif fault := _effect(answer, method, cell, line, route) or _headers(answer.response):
            found.append(f"{method} {route.key} as {role}, answered {cell}: {fault}")
    return found


def _effect(answer: Answer, method: str, cell: str, line: Expected, route: Route) -> str:
    """What is wrong with what it changed."""
    done = method != SAFE and cell.startswith(("2", "3")) and line.changes
    if route.key in SIGNING:
        return "" if answer.tables <= line.changes else f"changed {answer.tables}"
    denial = cell == "403" and method != SAFE and not route.key.startswith("admin")
    expected = set(line.changes) if done else {"entry"} if denial else set()
    if answer.tables != expected:
        return f"changed {sorted(answer.tables)}, not {sorted(expected)}"
    outcomes = [outcome for outcome, _action in answer.entries]
    wanted = ["accepted"] if "entry" in expected and done else ["denied"] if denial else []
    return "" if outcomes == wanted else f"left the audit entries {answer.entries}"


def _headers(response: HttpResponse) -> str:
    """What is wrong with the page as a page: it runs nothing of its own and says so."""
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'self'" not in policy or "unsafe" in policy:
        return f"Content-Security-Policy is {policy!r}"
    if not response.headers.get("Content-Type", "").startswith("text/html") or getattr(response, "streaming", False):
        return ""
    inline = inline_parts(response.content.decode())
    return f"runs or styles inline: {inline}" if inline else ""


def _unknown(world, route: Route, method: str) -> list[str]:
    """A method that the table does not know is refused; at least it does nothing."""
    found = []
    for role in ("anon", "admin"):
        answer = ask(world, route, method, role)
        refused = answer.cell in ("405", "401", "403", "login") or route.key.startswith(LENIENT)
        if not refused or answer.tables - {"entry"}:
            found.append(f"{method} {route.key} is not in the access table, and {role} is answered {answer.cell}")
    return found
