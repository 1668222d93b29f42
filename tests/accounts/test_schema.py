"""The OpenAPI description is generated without a warning and says what the frame does."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

pytestmark = pytest.mark.urls("tests.accounts.urls")


@pytest.fixture
def schema(tmp_path: Path) -> Any:
    file = tmp_path / "schema.yaml"
    call_command("spectacular", file=str(file), fail_on_warn=True, validate=True)
    return yaml.safe_load(file.read_text())


def test_every_operation_may_answer_with_a_problem(schema: Any) -> None:
    operations = [operation for methods in schema["paths"].values() for operation in methods.values()]
    assert len(operations) > 20
    assert all("application/problem+json" in operation["responses"]["default"]["content"] for operation in operations)


def test_headers_and_roles_are_described(schema: Any) -> None:
    team = schema["paths"]["/api/v1/teams/{name}/"]["patch"]
    assert {"If-Match"} <= {parameter["name"] for parameter in team["parameters"]}
    make = schema["paths"]["/api/v1/teams/"]["post"]
    assert {"Idempotency-Key"} <= {parameter["name"] for parameter in make["parameters"]}
    assert schema["components"]["schemas"]["TeamRole"]["enum"] == ["viewer", "member", "owner"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_no_field_of_an_answer_is_a_secret(schema: Any) -> None:
    shapes = schema["components"]["schemas"]
    showing = {name for name, shape in shapes.items() if {"password", "digest", "token"} & set(shape.get("properties", {}))}
    assert showing == {"CreatedToken", "Me"}
