"""Requests to buckets as money, booked after the fact: each costs next to nothing, all of them do not."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tasks.errors import FactoryError
from tasks.llm.accounts import CallKey
from tasks.llm.fees import storage_nano_usd_per_1000
from tasks.llm.ledger import open_ledger
from tasks.storage import requests
from tasks.storage.manifest import now_text
from tasks.storage.requests import RequestClass


def book_requests(run: str, stage: str, shard: int, address: str) -> int:
    """Book what this process has asked of buckets since it last did so; nano-USD.

    What is booked is spent already, so it is never refused: the next reservation is, where a cap is reached.
    Nothing is booked where nobody says what requests cost. What could not be booked is with the next time.

    Raises:
        ConfigurationError: what they cost is no sum of money. StorageUnavailable: the ledger cannot be used.
    """
    writes, reads = storage_nano_usd_per_1000()
    counted, booked, at = requests.take(), 0, now_text()
    if not writes and not reads:
        return 0
    left: dict[RequestClass, int] = {"writes": counted.writes, "reads": counted.reads}
    prices: dict[RequestClass, int] = {"writes": writes, "reads": reads}
    try:
        for name, price in prices.items():
            if count := left[name]:
                key = CallKey(
                    run, stage, shard, address, address, f"storage {name}", f"{count} requests {at}", 0,
                    kind="storage",
                )  # fmt: skip
                cost = round(count * price / 1000)
                open_ledger().book(key, cost, f"{price / 1e9:g} USD per 1,000")
                booked += cost
                left[name] = 0
    finally:
        for name, count in left.items():
            requests.count(name, count)
    return booked


@contextmanager
def requests_booked(run: str, stage: str, shard: int, address: str) -> Iterator[None]:
    """Book the requests of a block at its end, also when it fails: then its own error is said, and no other.

    Raises:
        ConfigurationError, StorageUnavailable: as `book_requests`, where nothing else went wrong.
    """
    try:
        yield
    except BaseException:
        with suppress(FactoryError):  # they stay counted
            book_requests(run, stage, shard, address)
        raise
    book_requests(run, stage, shard, address)
