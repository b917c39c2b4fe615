"""Addresses: the folder or bucket prefix of one version of a stage's output, and the keys inside it (pure).

    <address>/table.json                                               created once
    <address>/limits.json                                              how the last run was limited
    <address>/data/<member>/shard-00042/part-<generation>-<attempt>.parquet
    <address>/commits/shard-00042/<generation>.json                    created if absent, one a generation

Readers go through commits; nothing is ever found by listing `data/`.
"""

import os
import re

from tasks.errors import AddressError

TABLE_KEY = "table.json"
LIMITS_KEY = "limits.json"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_VERSION = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)$")
_COMMIT = re.compile(r"commits/shard-(\d{5,})/(\d{5,})\.json")
_DATA = re.compile(r"data/[^/]+/shard-\d{5,}/part-\d{5,}-[0-9a-z]+(\.parquet|(/[^/]+)+)")


def normalise(text: str) -> str:
    """An address in its one spelling: an absolute folder, or `s3://bucket/prefix` without a closing slash.

    Links are followed, so that a folder has one address however it is reached.

    Raises:
        AddressError: it is empty, has another scheme, names no bucket, or climbs with `..` in a bucket.
    """
    text = text.strip()
    if not text:
        raise AddressError("an address is empty; use a folder or s3://bucket/prefix")
    if any(ord(character) < 32 for character in text):
        raise AddressError(
            f"the address {text!r} holds control characters; use a folder or s3://bucket/prefix"
        )
    if text.startswith("s3://"):
        return _bucket_address(text)
    if "://" in text and not text.startswith("file://"):
        raise AddressError(f"'{text}' is no address; use a folder or s3://bucket/prefix")
    return os.path.realpath(os.path.expanduser(text.removeprefix("file://")))


def _bucket_address(text: str) -> str:
    bucket, *segments = [each for each in text.removeprefix("s3://").split("/") if each] or [""]
    if not _BUCKET.fullmatch(bucket) or text.startswith("s3:///"):
        raise AddressError(f"'{text}' names no bucket; write s3://bucket/prefix")
    if {".", ".."} & set(segments):
        raise AddressError(f"'{text}' has '.' or '..' in its prefix; write the prefix itself")
    return "s3://" + "/".join([bucket, *segments])


def is_s3(address: str) -> bool:
    """Whether an address lies in an object store."""
    return address.startswith("s3://")


def join(root: str, *parts: str) -> str:
    """A place below a root, in the root's scheme."""
    return "/".join([root.rstrip("/"), *(part.strip("/") for part in parts)])


def is_below(address: str, root: str) -> bool:
    """Whether an address lies strictly inside a root; both may be spelled freely."""
    return normalise(address).startswith(normalise(root) + "/")


def root() -> str:
    """Where addresses of deployments must lie: `FOUNDRY_ROOT`, by default `.foundry/tables`."""
    return normalise(os.environ.get("FOUNDRY_ROOT") or ".foundry/tables")


def next_version(address: str) -> str:
    """The address after this one: `.../v3` gives `.../v4`, `.../mine` gives `.../mine-2`.

    Raises:
        AddressError: it is a whole bucket.
    """
    head, _, version = address.rpartition("/")
    if head == "s3:/":
        raise AddressError(f"{address} is a whole bucket and has no next version; write s3://bucket/prefix")
    found = _VERSION.match(version)
    follower = f"{found['stem']}{int(found['number']) + 1}" if found else f"{version}-2"
    return f"{head}/{follower}"


def family_of(address: str) -> tuple[str, int]:
    """An address without its closing number, and that number; 0 where there is none."""
    head, _, version = address.rpartition("/")
    found = _VERSION.match(version)
    return (f"{head}/{found['stem']}", int(found["number"])) if found else (address, 0)


def shard_name(shard: int) -> str:
    """`shard-00042`."""
    return f"shard-{shard:05d}"


def data_key(member: str, shard: int, generation: int, attempt: str, suffix: str = ".parquet") -> str:
    """Key of an attempt's data object; unique, because `attempt` is."""
    return f"data/{member}/{shard_name(shard)}/part-{generation:05d}-{attempt}{suffix}"


def commit_key(shard: int, generation: int) -> str:
    """Key of the object whose creation publishes a generation."""
    return f"commits/{shard_name(shard)}/{generation:05d}.json"


def parse_commit_key(key: str) -> tuple[int, int] | None:
    """Shard and generation of a commit's key; None for an object that is no commit of ours."""
    found = _COMMIT.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


def is_data_key(key: str) -> bool:
    """Whether a commit may name this key: an object below `data/`, reached without climbing."""
    return bool(_DATA.fullmatch(key)) and not {".", ".."} & set(key.split("/"))


def is_in_folder(key: str) -> bool:
    """Whether a committed object is a file of a folder rather than a table's part."""
    return key.count("/") > 3


def name_in_folder(key: str) -> str:
    """Name of a committed file inside its folder: what follows `data/<member>/<shard>/<part>/`."""
    return key.split("/", 4)[4]
