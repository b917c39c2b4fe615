"""Keys that must turn up nowhere, and a search of everything that was written."""

import base64
import json
import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pyarrow.parquet as pq


def canary(name: str) -> str:
    """A key that says where it was planted, with signs that addresses and JSON write otherwise."""
    return f"CANARY-{name}/+{secrets.token_hex(12)}=="


def found_in(folder: Path, canaries: Mapping[str, str], spared: frozenset[str] = frozenset()) -> list[str]:
    """`file: name` wherever a canary stands in a file below a folder, as it is or written otherwise.

    Parquet is compressed: its rows are read. Everything else (logs, sqlite with its WAL, JSON) is searched as
    bytes.

    Args:
        folder: searched to the last file.
        canaries: name to key.
        spared: names of files that exist to hold a key.
    """
    hits = []
    for file in sorted(_files(folder)):
        if file.name in spared:
            continue
        try:
            content = b"".join(_readable(file))
        except FileNotFoundError:
            continue  # whoever closes a ledger last removes its log; what is gone holds no key
        hits += [f"{file}: {name}" for name, key in canaries.items() if said(content, key)]
    return hits


def said(content: bytes, key: str) -> bool:
    """Whether a text holds a key, as it is or as JSON, addresses and headers write it."""
    forms = {key, quote(key, safe=""), json.dumps(key)[1:-1], key.replace("/", "\\/")}
    encoded = base64.b64encode(key.encode()).decode().rstrip("=")[:-2]
    return any(each.encode() in content for each in {*forms, encoded})


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (file for name in names if (file := Path(place, name)).is_file())


def _readable(file: Path) -> Iterator[bytes]:
    if "sqlite" in file.name or file.suffix.startswith(".db"):
        # A process that closes a file loses all its POSIX locks on it, sqlite's too: whoever has it open here
        # would go on with a WAL that another process has removed. So another process reads it.
        read = subprocess.run(["cat", str(file)], capture_output=True)
        if read.returncode and not file.exists():
            raise FileNotFoundError(file)
        read.check_returncode()
        yield read.stdout
    else:
        yield file.read_bytes()
    if file.suffix == ".parquet":
        rows = pq.ParquetFile(file).read().to_pylist()
        yield json.dumps(rows, default=str, ensure_ascii=False).encode()
