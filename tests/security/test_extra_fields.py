"""S4: whatever else is written beside the fields of a form or an endpoint changes nothing."""

import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from tests.security.addresses import BODIES, send
from tests.security.asking import cell_of
from tests.security.expectations import table
from tests.security.routes import every_route
from tests.security.state import APPS, state

TABLE = table()
WRITES = [(route, method) for route in every_route() for method in ("POST", "PUT", "PATCH", "DELETE") if (route.key, method) in TABLE]
# Fields that the form or endpoint has, though nobody of good will had to send them.
KNOWN = {
    ("api-team", "PATCH"): {"idp_group"},
    ("admin:clusters_gpuflavor_change", "POST"): {"shared", "tolerations_fixed"},
    ("admin:deployments_deploymentpolicy_change", "POST"): {"outside_needs_approval", "production_needs_approval"},
    ("api-teams", "POST"): {"display_name", "idp_group"},
    ("request-approve", "POST"): {"reason", "decided"},
    ("request_revise", "POST"): {"storage"},
    ("deployment_new", "POST"): {"follows"},
    ("deployment_edit", "POST"): {"follows", "share", "max_errors", "max_p99", "min_requests"},
    ("deployment_revise", "POST"): {"follows", "share", "max_errors", "max_p99", "min_requests"},
    ("deployment_roll_back", "POST"): {"reason"},
    ("rollout_promote", "POST"): {"reason"},
    ("rollout_roll_back", "POST"): {"reason"},
    ("deployment-list", "POST"): {"version", "follows"},
    ("deployment-findings", "POST"): {"version", "follows"},
    ("deployment-detail", "PUT"): {"version", "follows"},
    ("deployment-detail", "PATCH"): {"model", "version", "alias", "follows", "reason"},
    ("deployment-roll-back", "POST"): {"reason"},
    ("deployment-promote-to", "POST"): {"cluster"},
    ("deployment-rollout-promote", "POST"): {"reason"},
    ("deployment-rollout-roll-back", "POST"): {"reason"},
    ("namespace-request", "PUT"): {"ends_at"},
    ("model_new", "POST"): {"run_id", "description"},
    ("model_version_new", "POST"): {"run_id", "description"},
    ("model_tag_set", "POST"): {"version"},
    ("model_tag_remove", "POST"): {"version"},
    ("api-models", "POST"): {"run_id", "description"},
    ("api-model-versions", "POST"): {"run_id", "description"},
    ("api-model-tags", "POST"): {"version"},
    ("namespace-requests", "POST"): {"ends_at"},
    ("api-cluster-flavors", "POST"): {"display_name", "resource_name", "node_selector"},
    ("admin:accounts_user_add", "POST"): {"email", "first_name", "last_name"},
    ("admin:accounts_user_change", "POST"): {"is_active"},
    ("admin:accounts_team_add", "POST"): {"idp_group"},
    ("admin:accounts_team_change", "POST"): {"idp_group"},
    ("admin:accounts_membership_add", "POST"): set(),
}
# A number that no row of the tests has as its version or the like, and that some rows have as their key.
SEVEN = "7"
EXTRAS: dict[str, Any] = (
    {field.name: SEVEN for label in APPS for model in apps.get_app_config(label).get_models() for field in model._meta.concrete_fields}
    | {field.attname: SEVEN for label in APPS for model in apps.get_app_config(label).get_models() for field in model._meta.concrete_fields}
    | {
        "pk": SEVEN,
        "is_staff": "true",
        "is_superuser": "true",
        "is_active": "true",
        "state": "approved",
        "requester": "dana",
        "decided_by": "dana",
        "outcome": "applied",
        "role": "owner",
        "platform_roles": "admin",
        "groups": SEVEN,
        "user_permissions": SEVEN,
        "using": "",
        "actor": "ada",
        "request": SEVEN,
        "claim": "mine",
        "digest": "0" * 128,
        "kubeconfig": "{}",
        "quota": "{}",
        "base": "{}",
        "changes_wanted": "true",
        "_method": "DELETE",
        "_method_override": "DELETE",
        "ceiling": "999999",
    }
)
# What differs between two runs of the same change: times, random values, keys that a sequence gave.
VOLATILE = re.compile(
    r"datetime\.datetime\([^)]*(\([^)]*\))?[^)]*\)|\d{4}-\d\d-\d\dT[0-9:.+]+"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|'[0-9a-f]{16,}'|'slw_\w+'|'[A-Za-z0-9]{16}'|md5\$[^'\"]+"
)


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def doer(route, method):
    """A role that the table lets do it."""
    cells = TABLE[route.key, method].cells
    return next((role for role in ("owner", "approver", "admin") if cells.get(role, "").startswith(("2", "3"))), None)


@pytest.mark.parametrize(("route", "method"), WRITES, ids=[f"{method}-{route.key}" for route, method in WRITES])
def test_fields_that_nobody_asked_for_change_nothing(world, route, method):
    role = doer(route, method)
    if role is None:
        return  # nobody may: the access table holds that
    sent = set(BODIES[route.key, method](world)) if (route.key, method) in BODIES else set()
    extras = {name: value for name, value in EXTRAS.items() if name not in sent | KNOWN.get((route.key, method), set())}
    plain, wider = (changes_of(world, route, method, role, more) for more in ({}, extras))
    assert wider[0] == plain[0] or wider[0] in ("400", "422"), "neither done as before nor refused"
    if wider[0] == plain[0]:
        assert wider[1] == plain[1]
    else:
        assert wider[1] <= plain[1]


def rewind_keys():
    """The next rows get the same keys as those of the run before, which PostgreSQL's sequences would not do by themselves."""
    models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def changes_of(world, route, method, role, more):
    before = world.state
    rewind_keys()
    with transaction.atomic():
        answer = ask_and_keep(world, route, method, role, more)
        after = state()
        transaction.set_rollback(True)
    rows = {
        (table_, str(key) if table_ not in ("session", "apitoken") else "", VOLATILE.sub("~", str(row)))
        for table_, found in after.items()
        if table_ not in ("session", "logentry")
        for key, row in found.items()
        if before[table_].get(key) != row
    }
    return answer, rows


def ask_and_keep(world, route, method, role, more):
    return cell_of(send(world.client(role), route, method, world, **more))
