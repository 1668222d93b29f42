"""s3://BUCKET/PREFIX, where boto3 is installed."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.storage_initializer.download import MOST_BYTES, inside
from sandbox.storage_initializer.refusal import Refusal


def fetch_bucket(uri: str, folder: Path, environment: Mapping[str, str]) -> int:
    """Fetch every object below the prefix, in whole parts of a path; returns their bytes. Raises Refusal."""
    try:
        boto3 = importlib.import_module("boto3")
    except ImportError as error:
        raise Refusal("boto3 is not installed beside the sandbox, so s3:// cannot be fetched here") from error
    parts = urlsplit(uri)
    prefix = parts.path.strip("/")
    client = boto3.client("s3", endpoint_url=environment.get("AWS_ENDPOINT_URL") or None)
    try:
        return _fetched(client, parts.netloc, prefix, folder)
    except client.exceptions.ClientError as error:
        raise Refusal(str(error)) from error


def _fetched(client: Any, bucket: str, prefix: str, folder: Path) -> int:
    size = 0
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents") or []:
            key = each["Key"]
            # The listing takes a beginning of a name for the name: iris/1 is no part of iris/10.
            if key.endswith("/") or (prefix and key != prefix and not key.startswith(f"{prefix}/")):
                continue
            size += each["Size"]
            if size > MOST_BYTES:
                raise Refusal(f"the model is larger than {MOST_BYTES >> 30} GiB")
            target = inside(folder, key[len(prefix) :].strip("/") or key.rpartition("/")[2])
            target.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(bucket, key, str(target))
    return size
