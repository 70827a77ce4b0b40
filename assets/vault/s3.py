"""What S3-compatible stores need: fast failures, large files in parts, and helpful errors.

In: a file system of s3fs, its errors.      Out: settings, parts, what to do about an error.
Knows nothing about blobs or commits.
"""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from assets.errors import InputRefused

PART = 16 * 2**20  # four of them are in memory during an upload or download of a large file
_MOST_PARTS = 9_000  # S3 allows 10,000
_CREDENTIALS = (
    "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role that may "
    "read, write, list and delete there."
)
_REMEDIES = (
    (("NoCredentials", "PartialCredentials", "CredentialRetrieval", "ProfileNotFound", "TokenRetrieval"), _CREDENTIALS),
    (("PermissionError", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden"),
     f"The credentials are unknown there, or may not do this. {_CREDENTIALS}"),
    (("EndpointConnection", "ConnectTimeout", "ClientConnector", "ConnectionClosed", "ConnectionRefused"),
     "No answer: check AWS_ENDPOINT_URL, that the storage runs, and the network."),
    (("bucket does not exist", "NoSuchBucket"), "Create the bucket first, or correct its name in the vault's URL."),
    (("RequestTimeTooSkewed",), "This machine's clock is wrong: set it."),
    (("PermanentRedirect", "AuthorizationHeaderMalformed"), "The bucket is in another region: set AWS_DEFAULT_REGION."),
    (("InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"), "The storage is full: free some space there."),
)  # fmt: skip


def options(url: str) -> dict[str, Any]:
    """Settings for s3fs.

    By default it would try an address without an answer for more than four minutes: five times five tries.
    """
    if "@" in urlsplit(url).netloc:
        raise InputRefused(f"A vault's URL holds no credentials; write s3://bucket/prefix. {_CREDENTIALS}")
    return {
        "default_block_size": PART,
        "max_concurrency": 4,
        "config_kwargs": {
            "connect_timeout": 3,
            "read_timeout": 30,
            "retries": {"mode": "standard", "total_max_attempts": 3},
        },
    }


def part_of(size: int) -> int:
    """Part size in bytes for a file of ``size``."""
    return max(PART, math.ceil(size / _MOST_PARTS))


def remedy(error: BaseException) -> str:
    """What to do about an error of s3fs, aiobotocore or the network."""
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or found.__context__
    told = " ".join(f"{type(link).__name__} {link}" for link in chain)
    fitting = (words for marks, words in _REMEDIES if any(mark in told for mark in marks))
    return next(fitting, "Check the bucket's name, your credentials and the network, then run again.")


def broken_off(fs: Any, root: str, older_than: float) -> Iterator[tuple[dict[str, str], int]]:
    """Multipart uploads below ``root`` that were never completed, and the bytes they use (invisible, but billed)."""
    bucket, _, prefix = root.partition("/")
    marks: dict[str, str] = {}
    while True:
        page = fs.call_s3(
            "list_multipart_uploads", Bucket=bucket, Prefix=f"{prefix}/" if prefix else "", **marks
        )
        for upload in page.get("Uploads", ()):
            begun: datetime = upload["Initiated"]
            if begun.timestamp() < older_than:
                which = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
                parts = fs.call_s3("list_parts", **which).get("Parts", ())
                yield which, sum(int(part["Size"]) for part in parts)
        if not page.get("IsTruncated"):
            return
        marks = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
