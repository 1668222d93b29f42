"""What may be asked for, and what the answers to the rest say."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tenants.actions import request_namespace
from tenants.checks import check_wish
from tenants.names import validate_namespace_name
from tenants.parsing import changed_wish, parse_end, parse_resources
from tenants.resources import Resources
from tests.factories import make_team, make_user
from tests.tenancy import GIB, ask, make_cluster, make_namespace, make_wish


@pytest.mark.parametrize("name", ["vision-prod", "a", "v1", "0", "x" * 63])
def test_a_label_of_dns_can_be_a_name(name):
    validate_namespace_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Vision",
        "vision_prod",
        "-vision",
        "vision-",
        "vision.prod",
        "vísion",
        "vision prod",
        " vision",
        "vision\n",
        "ｖision",
        "x" * 64,
        "½",
        "a/b",
        "..",
        "VISION",
    ],
)
def test_anything_else_cannot(name):
    with pytest.raises(ValidationError):
        validate_namespace_name(name)


@pytest.mark.parametrize(
    "name",
    ["default", "kube-system", "kube-anything", "slipway-plan", "openshift-x", "istio-system", "my-system", "kubeflow", "knative-serving"],
)
def test_a_name_of_the_platform_is_refused_with_what_to_do(name):
    with pytest.raises(ValidationError, match="team's name"):
        validate_namespace_name(name)


def test_the_least_of_each_can_be_asked_for():
    assert parse_resources({"cpu": "1m", "memory": "1Mi", "storage": "0"}) == Resources(1, 2**20)


def test_what_people_write_becomes_base_units():
    assert parse_resources({"cpu": "1.5", "memory": "4Gi", "storage": "1Ti", "gpus": {"h100": "2", "a100": "0"}}) == Resources(
        1500, 4 * GIB, 1024 * GIB, {"h100": 2}
    )


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("cpu", "-1", "without a sign"),
        ("cpu", " 2", "without spaces"),
        ("memory", "1e400", "quantity|smaller"),
        ("memory", "NaN", "not a quantity"),
        ("cpu", "0.0001", "thousandths"),
        ("memory", "0.5", "whole bytes"),
        ("memory", "1", "less than 1Mi.*512Mi"),
        ("memory", "1023Ki", "less than 1Mi"),
        ("memory", "512", "the unit is missing"),
        ("storage", "100", "less than 1Mi"),
        ("cpu", "0.5m", "thousandths"),
        ("storage", "١٢", "not a quantity"),
        ("cpu", "1" * 400, "quantity|smaller"),
    ],
)
def test_a_quantity_that_cannot_be_used_is_answered_with_what_to_write(field, value, says):
    with pytest.raises(ValidationError) as error:
        parse_resources({"cpu": "1", "memory": "1Gi", field: value})
    assert list(error.value.message_dict) == [field]
    error.match(f"(?i){says}")


def test_half_a_gpu_is_answered_with_the_shared_flavor():
    with pytest.raises(ValidationError, match="shared flavor"):
        parse_resources({"cpu": "1", "memory": "1Gi", "gpus": {"h100": "0.5"}})


def test_an_approver_can_change_numbers_but_not_the_name():
    wish = make_wish("fra-1", "vision-prod")
    assert changed_wish(wish, {"gpus": {}}).resources == Resources(8000, 32 * GIB, 100 * GIB, {})
    assert changed_wish(wish, {"cpu": "4"}).resources.gpus == {"h100": 1}
    with pytest.raises(ValidationError, match="cannot be decided"):
        changed_wish(wish, {"name": "other"})


def test_a_date_means_its_last_moment():
    assert parse_end("2031-12-31") == dt.datetime(2031, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    assert parse_end("") is None
    with pytest.raises(ValidationError, match="2026-12-31"):
        parse_end("tomorrow")


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_an_end_beyond_the_calendar_is_refused_with_what_to_write(written):
    with pytest.raises(ValidationError) as refused:
        parse_end(written)
    assert refused.value.message_dict["ends_at"][0].startswith("Write a date such as")


@pytest.mark.django_db
class TestChecks:
    """Against what stands."""

    def test_a_wish_that_fits_passes(self):
        cluster = make_cluster()
        assert check_wish(make_wish(cluster)) == cluster

    @pytest.mark.parametrize(
        ("changes", "field", "says"),
        [
            ({"gpus": {"b200": 1}}, "gpus", "offers: h100"),
            ({"cpu": 0}, "cpu", "needs some CPU"),
            ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "ends_at", "future"),
            ({"name": "kube-system"}, "name", "reserved"),
        ],
    )
    def test_a_wish_that_does_not_is_answered_per_field(self, changes, field, says):
        with pytest.raises(ValidationError) as error:
            check_wish(make_wish(make_cluster(), **changes))
        assert list(error.value.message_dict) == [field]
        error.match(says)

    def test_every_field_at_fault_is_named_at_once(self):
        with pytest.raises(ValidationError) as error:
            check_wish(make_wish(make_cluster(), "Bad_Name", cpu=0, gpus={"b200": 1}))
        assert set(error.value.message_dict) == {"name", "cpu", "gpus"}

    def test_a_cluster_that_is_not_there_is_answered_with_those_that_are(self):
        make_cluster("fra-1")
        with pytest.raises(ValidationError, match="fra-1"):
            check_wish(make_wish("nowhere"))

    def test_a_name_that_stands_is_taken_and_one_that_is_gone_is_free(self):
        namespace = make_namespace(name="vision-prod")
        with pytest.raises(ValidationError, match="taken"):
            check_wish(make_wish(namespace.cluster, "vision-prod"))
        namespace.deleted_at = timezone.now()
        namespace.save()
        check_wish(make_wish(namespace.cluster, "vision-prod"))

    def test_a_name_that_another_team_asks_for_is_refused(self):
        cluster = make_cluster()
        alice = make_user(team_roles={"vision": "owner"})
        ask(alice, make_team("vision"), make_wish(cluster, "shared-name"))
        carol = make_user(team_roles={"speech": "owner"})
        with pytest.raises(ValidationError, match="Another team"):
            request_namespace(actor=carol, team=make_team("speech"), wish=make_wish(cluster, "shared-name"), justification="x")
