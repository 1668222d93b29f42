"""A model fetched from a bucket: what lies below its address, and nothing of a neighbour whose name begins the same."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.storage_initializer.__main__ import main
from sandbox.storage_initializer.refusal import Refusal
from sandbox.storage_initializer.s3 import fetch_bucket

OBJECTS = {
    "iris/1/MLmodel": b"flavors",
    "iris/1/data/model.pkl": b"pickle",
    "iris/1/": b"",
    "iris/10/MLmodel": b"another",
    "iris/1.old": b"x",
}


class ClientError(Exception):
    """As botocore names what a server answers."""


class Client:
    """One bucket, listed as S3 lists: by the beginning of a name, in pages."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def get_paginator(self, operation: str) -> "Client":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> list[dict[str, Any]]:
        if Bucket != "models-vision":
            raise ClientError("NoSuchBucket: The specified bucket does not exist")
        found = [{"Key": key, "Size": len(body)} for key, body in OBJECTS.items() if key.startswith(Prefix)]
        return [{"Contents": found[:2]}, {"Contents": found[2:]}, {}]

    def download_file(self, bucket: str, key: str, target: str) -> None:
        Path(target).write_bytes(OBJECTS[key])


@pytest.fixture(autouse=True)
def boto3(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A stand-in for the client library, which the sandbox does not bring; what it was opened with."""
    opened: dict[str, Any] = {}

    def client(service: str, **options: Any) -> Client:
        opened.update(options, service=service)
        return Client()

    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client=client))
    return opened


def fetched(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("uri", ["s3://models-vision/iris/1", "s3://models-vision/iris/1/"])
def test_what_lies_below_the_address_is_fetched_and_no_neighbour(tmp_path: Path, boto3: dict[str, Any], uri: str) -> None:
    assert fetch_bucket(uri, tmp_path, {"AWS_ENDPOINT_URL": "http://store:9000"}) == len(b"flavors") + len(b"pickle")
    assert fetched(tmp_path) == {"MLmodel": b"flavors", "data/model.pkl": b"pickle"}
    assert boto3 == {"service": "s3", "endpoint_url": "http://store:9000"}


def test_a_single_object_keeps_its_name(tmp_path: Path) -> None:
    fetch_bucket("s3://models-vision/iris/1/data/model.pkl", tmp_path, {})
    assert fetched(tmp_path) == {"model.pkl": b"pickle"}


def test_a_bucket_that_is_not_there_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal, match="NoSuchBucket"):
        fetch_bucket("s3://elsewhere/iris", tmp_path, {})
    assert main(["s3://elsewhere/iris", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "cannot fetch s3://elsewhere/iris: NoSuchBucket: The specified bucket does not exist\n"


def test_nothing_below_the_address_is_said_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["s3://models-vision/iris/2", str(tmp_path)]) == 1
    assert "there is nothing at this address" in capsys.readouterr().err
