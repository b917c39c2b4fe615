"""What of a bucket is not reading or writing objects, by boto3: uploads that never ended, links to share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks.errors import AddressError, StorageUnavailable
from tasks.storage.addresses import is_s3, normalise
from tasks.storage.keys import keys_of_s3

LONGEST_LINK_S = 7 * 24 * 3600
"""No server signs for longer."""


def unfinished_uploads(bucket: str, prefix: str, before: float, remove: bool) -> int:
    """How many multipart uploads below a prefix were begun before a moment and never ended.

    Args:
        bucket: its name.
        prefix: of the address, without a closing slash.
        before: by the server's clock [s since 1970].
        remove: whether they are aborted, so that their parts take no room any more.

    Raises:
        AddressError: the key may not do that.
        StorageUnavailable: the server failed.
    """
    with _named(bucket), _client() as client:
        pages = client.get_paginator("list_multipart_uploads").paginate(
            Bucket=bucket, Prefix=f"{prefix}/" if prefix else ""
        )
        uploads = [each for page in pages for each in page.get("Uploads", ())]
        old = [each for each in uploads if each["Initiated"].timestamp() < before]
        for each in old if remove else ():
            client.abort_multipart_upload(Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"])
        return len(old)


def link(address: str, seconds: int = 3600) -> str:
    """A link by which anybody may fetch one object for a while, without a key of his own.

    Args:
        address: of the object, `s3://bucket/prefix/.../part.parquet`.
        seconds: how long it holds [s], at most a week.

    Raises:
        AddressError: it is no object of a bucket, or asked for too long.
    """
    place = normalise(address)
    bucket, _, key = place.removeprefix("s3://").partition("/")
    if not is_s3(place) or not key:
        raise AddressError(f"{address} is no object of a bucket; links are given for s3://bucket/key")
    if not 1 <= seconds <= LONGEST_LINK_S:
        raise AddressError(f"a link holds from 1 to {LONGEST_LINK_S} s, not {seconds}")
    with _named(bucket), _client() as client:
        signed: str = client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )
        return signed


@contextmanager
def _client() -> Iterator[Any]:
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        # Path style and version 4 are what every server understands.
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"} if _other_server() else None),
        **keys_of_s3(),
    )
    try:
        yield client
    finally:
        client.close()


def _other_server() -> bool:
    return bool(os.environ.get("AWS_ENDPOINT_URL"))


@contextmanager
def _named(bucket: str) -> Iterator[None]:
    """Say what boto3 refuses in one sentence, never its keys."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code == "NoSuchBucket":
            raise AddressError(f"there is no bucket '{bucket}'; create it, or name another") from error
        if code in ("AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "UserSuspended"):
            raise AddressError(
                f"may not administer bucket '{bucket}': the server refuses the key ({code}); check "
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy"
            ) from error
        raise StorageUnavailable(f"bucket '{bucket}' cannot be administered ({code}); try again") from error
    except BotoCoreError as error:
        raise StorageUnavailable(
            f"bucket '{bucket}' cannot be administered ({type(error).__name__}); try again"
        ) from error
