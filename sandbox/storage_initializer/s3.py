"""s3://BUCKET/PREFIX, where boto3 is installed."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.storage_initializer.download import MOST_BYTES, inside
from sandbox.storage_initializer.refusal import Refusal


def fetch_bucket(uri: str, folder: Path, environment: Mapping[str, str]) -> int:
    """Fetch every object below the prefix; returns their bytes. Raises Refusal."""
    try:
        boto3 = importlib.import_module("boto3")
    except ImportError as error:
        raise Refusal("boto3 is not installed beside the sandbox, so s3:// cannot be fetched here") from error
    parts = urlsplit(uri)
    prefix = parts.path.strip("/")
    client = boto3.client("s3", endpoint_url=environment.get("AWS_ENDPOINT_URL") or None)
    size = 0
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=parts.netloc, Prefix=prefix):
        for each in page.get("Contents") or []:
            below = each["Key"][len(prefix) :].strip("/") or each["Key"].rpartition("/")[2]
            if each["Key"].endswith("/"):
                continue
            size += each["Size"]
            if size > MOST_BYTES:
                raise Refusal(f"the model is larger than {MOST_BYTES >> 30} GiB")
            target = inside(folder, below)
            target.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(parts.netloc, each["Key"], str(target))
    return size
