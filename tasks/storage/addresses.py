"""Addresses: the folder or bucket prefix of one version of a stage's output, and the keys inside it (pure).

    <address>/table.json                                               created once
    <address>/limits.json                                              how the last run was limited
    <address>/data/<member>/shard-00042/part-<generation>-<attempt>.parquet
    <address>/commits/shard-00042/<generation>.json                    created if absent, one a generation

Readers go through commits; nothing is ever found by listing `data/`.
"""

import os
import re
from pathlib import Path

from tasks.errors import AddressError

TABLE_KEY = "table.json"
LIMITS_KEY = "limits.json"
_S3 = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?$")
_VERSION = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)$")


def normalise(text: str) -> str:
    """An address in its one spelling: an absolute folder, or `s3://bucket/prefix` without a closing slash.

    Raises:
        AddressError: it is empty, has another scheme, or names no bucket.
    """
    if text.startswith("s3://"):
        if not _S3.match(text):
            raise AddressError(f"'{text}' names no bucket; write s3://bucket/prefix")
        return text.rstrip("/")
    if "://" in text and not text.startswith("file://"):
        raise AddressError(f"'{text}' is no address; use a folder or s3://bucket/prefix")
    if not text.strip():
        raise AddressError("an address is empty; use a folder or s3://bucket/prefix")
    return os.path.abspath(Path(text.removeprefix("file://")).expanduser())


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
    """The address after this one: `.../v3` gives `.../v4`, `.../mine` gives `.../mine-2`."""
    head, _, version = address.rpartition("/")
    found = _VERSION.match(version)
    follower = f"{found['stem']}{int(found['number']) + 1}" if found else f"{version}-2"
    return f"{head}/{follower}"


def shard_name(shard: int) -> str:
    """`shard-00042`."""
    return f"shard-{shard:05d}"


def data_key(member: str, shard: int, generation: int, attempt: str, suffix: str = ".parquet") -> str:
    """Key of an attempt's data object; unique, because `attempt` is."""
    return f"data/{member}/{shard_name(shard)}/part-{generation:05d}-{attempt}{suffix}"


def commit_key(shard: int, generation: int) -> str:
    """Key of the object whose creation publishes a generation."""
    return f"commits/{shard_name(shard)}/{generation:05d}.json"


def parse_commit_key(key: str) -> tuple[int, int]:
    """Shard and generation of a commit's key."""
    _, shard, generation = key.rsplit("/", 2)
    return int(shard.removeprefix("shard-")), int(generation.removesuffix(".json"))
