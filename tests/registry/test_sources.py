"""Where a version may come from: addresses that could be read in two ways, or that lead elsewhere, are refused as they are written."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from deployments.models import StoragePrefix
from registry.actions.register import Origin, check
from registry.sources import belongs_to, parse_source
from tests.factories import make_team

GOOD = [
    "s3://bucket/models/wine",
    "gs://bucket-1/a/b/",
    "models:/m-" + "a" * 32,
    "models:/wine/3",
    "models:/wine@champion",
    "runs:/" + "a" * 32 + "/model",
    "mlflow-artifacts:/1/models/m-1/artifacts",
]
BAD = [
    "",
    "wine",
    "file:///etc/passwd",
    "/etc/passwd",
    "http://169.254.169.254/latest",
    "https://example.org/model",
    "pvc://claim/path",
    "ftp://host/x",
    "dbfs:/x",
    "hdfs://host/x",
    "S3://bucket/x",
    "s3:/bucket/x",
    "s3://bucket",
    "s3://bucket/",
    "s3://bucket/../other",
    "s3://bucket/a/./b",
    "s3://bucket//a",
    "s3://bucket/a/..",
    "s3://bucket/%2e%2e/other",
    "s3://bucket/%252e%252e/other",
    "s3://bucket/a\\..\\b",
    "s3://user:secret@bucket/x",
    "s3://bucket:9000/x",
    "s3://169.254.169.254/x",
    "s3://127.0.0.1/x",
    "s3://[::1]/x",
    "s3://BUCKET/x",
    "s3://bucket/x?versionId=1",
    "s3://bucket/x#y",
    "s3://bucket/x\nfile:///etc",
    "s3://bucket/x\x00",
    "s3://bucket/ａ",
    "s3://bucket/x ",
    "s3://bucket/" + "x" * 1_000,
    "mlflow-artifacts://evil.example.org/1/x",
    "mlflow-artifacts:///1/x",
    "mlflow-artifacts:/1/../2/x",
    "models://evil/x",
    "runs://evil/x",
    "models:",
    "models:/",
    "models:file:///etc",
]


@pytest.mark.parametrize("text", GOOD)
def test_addresses_of_the_registry_and_of_buckets_pass(text):
    assert parse_source(text).text == text


@pytest.mark.parametrize("text", BAD)
def test_other_addresses_are_refused(text):
    with pytest.raises(ValidationError):
        parse_source(text)


@given(st.text(alphabet="s3:/.gs%2e@\\ \n?#abfilehtpm-0167", max_size=60))
def test_nothing_that_passes_climbs_decodes_or_names_another_host(text):
    try:
        address = parse_source(text)
    except ValidationError:
        return
    assert not set(address.text) & set("%\\?#\n")
    assert not {"", ".", ".."} & set(address.path.rstrip("/").split("/"))
    assert address.scheme in ("models", "runs", "mlflow-artifacts", "s3", "gs")
    assert ("//" in address.text) == address.is_bucket


@pytest.mark.parametrize(
    "origin",
    [
        Origin(),
        Origin(run_id="a" * 32, source="s3://bucket/x"),
        Origin(run_id="a" * 31),
        Origin(run_id="A" * 32),
        Origin(run_id="../" + "a" * 29),
        Origin(run_id="a" * 32, artifact="../x"),
        Origin(run_id="a" * 32, artifact="a/../../x"),
        Origin(run_id="a" * 32, artifact="/etc"),
        Origin(run_id="a" * 32, artifact="a b"),
        Origin(source="runs:/" + "a" * 32 + "/%2e%2e"),
        Origin(run_id="a" * 32, description="x" * 2_001),
    ],
)
def test_an_origin_is_a_run_or_an_address_and_nothing_else(origin):
    with pytest.raises(ValidationError):
        check(None, None, origin)


@pytest.mark.django_db
def test_a_storage_prefix_of_a_team_is_known_to_the_catalogue():
    team, other = make_team("vision"), make_team("speech")
    StoragePrefix.objects.create(team=team, prefix="s3://models-vision/")
    address = parse_source("s3://models-vision/wine")
    assert belongs_to(address, team) and not belongs_to(address, other)
    assert not belongs_to(parse_source("s3://models-vision-too/wine"), team)
