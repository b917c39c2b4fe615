"""What costs money beside tokens: API calls, machine time, requests to a store.

The file that `FOUNDRY_PRICES` names holds, beside the models, up to three entries:

    {"apis": {"rapidapi/weather": {"usd_per_call": 0.001, "free_calls_a_day": 500}, "*": {"usd_per_call": 0}},
     "machine": {"usd_per_hour": 2.5},
     "storage": {"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0.0004}}

An API goes by its id, its tool's, its source, or `*`, in this order. `FOUNDRY_MACHINE_USD_PER_HOUR` says the
second for one machine.
"""

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError
from tasks.llm.accounts import NANO
from tasks.llm.pricing import dated, prices_listed
from tasks.llm.servers import is_loopback
from tasks.records import Api

MACHINE = "FOUNDRY_MACHINE_USD_PER_HOUR"
_DEAREST_USD = 1_000_000
FREE = "FREE"


class PriceUnknown(ConfigurationError):
    """Nobody knows what a call of an API costs."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What one call of an API costs."""

    nano_usd: int
    source: str
    """Who says so."""
    free_a_day: int = 0
    """Calls of its quota that cost nothing, over all runs."""
    quota: str = ""
    """Whose quota it is: what the entry is for."""

    @property
    def is_nothing(self) -> bool:
        """Nothing to be booked, and no quota to be counted."""
        return self.nano_usd == 0 and self.free_a_day == 0


def fee_of(api: Api, pricing: str = "") -> Fee:
    """What a call of an API costs where it is.

    Args:
        api: that is called.
        pricing: what its marketplace says of its tool (`Tool.pricing`).

    Raises:
        PriceUnknown: nobody knows; only FREE is a price by itself.
        ConfigurationError: what `FOUNDRY_PRICES` says of it is no price.
    """
    return _fee(api, pricing, *_entry("apis"))


def fees_of(environment: str, apis: Iterable[Api], pricing: Mapping[str, str]) -> dict[str, Fee]:
    """What calls of APIs cost, for those that cost something or have a quota.

    Args:
        environment: where answers come from; only the APIs themselves want money: whoever runs a proxy pays.
        apis: that may be called.
        pricing: tool id to what its marketplace says.

    Raises:
        ConfigurationError: the price of one is not known.
    """
    if environment != "live":
        return {}
    listed, path = _entry("apis")  # once: a catalogue may hold fifty thousand
    fees = {api.api_id: _fee(api, pricing.get(api.tool_id, ""), listed, path) for api in apis}
    return {api_id: fee for api_id, fee in fees.items() if not fee.is_nothing}


def machine_nano_usd_per_hour() -> int:
    """What an hour of this machine costs; 0 where nobody says.

    Raises:
        ConfigurationError: it is no sum of money.
    """
    said = os.environ.get(MACHINE)
    if said:
        return round(_number(said, f"{MACHINE} must be a number of USD, not '{said}'") * NANO)
    entry, path = _entry("machine")
    return round(_amount(entry, "usd_per_hour", "machine", path) * NANO) if entry else 0


def storage_nano_usd_per_1000() -> tuple[int, int]:
    """What 1,000 writing (PUT, COPY, POST, LIST) and 1,000 reading requests (GET, HEAD) to a bucket cost.

    Raises:
        ConfigurationError: one is no sum of money.
    """
    entry, path = _entry("storage")
    names = ("usd_per_1000_writes", "usd_per_1000_reads")
    writes, reads = (
        round(_amount(entry, name, "storage", path, default=0.0) * NANO) if entry else 0 for name in names
    )
    return writes, reads


def _fee(api: Api, pricing: str, listed: Mapping[str, Any], path: str) -> Fee:
    for name in (api.api_id, api.tool_id, api.source, "*"):
        if name in listed:
            entry = listed[name]
            usd = _amount(entry, "usd_per_call", f"apis.{name}", path)
            free = _amount(entry, "free_calls_a_day", f"apis.{name}", path, default=0.0)
            return Fee(round(usd * NANO), dated(path), int(free), name)
    if is_loopback(api.url):
        return Fee(0, "loopback")
    if pricing.strip().upper() == FREE:
        return Fee(0, "FREE by its marketplace")
    said = f"its marketplace says {pricing}" if pricing else "its marketplace does not say"
    raise PriceUnknown(
        f"nobody knows what a call of {api.api_id} costs ({said}): name a file in FOUNDRY_PRICES with "
        '{"apis": {"' + api.tool_id + '": {"usd_per_call": 0.001, "free_calls_a_day": 500}}}; '
        '"*" stands for all'
    )


def _entry(name: str) -> tuple[dict[str, Any], str]:
    path = os.environ.get("FOUNDRY_PRICES", "")
    found = prices_listed(Path(path)).get(name, {}) if path else {}
    if not isinstance(found, dict):
        raise ConfigurationError(f"FOUNDRY_PRICES: '{name}' in {path} must be a JSON object")
    return found, path


def _amount(entry: Any, name: str, whose: str, path: str, default: float | None = None) -> float:
    wrong = f"FOUNDRY_PRICES: '{whose}' in {path} needs a number '{name}' from 0"
    value = entry.get(name, default) if isinstance(entry, dict) else None
    if value is None or isinstance(value, bool):
        raise ConfigurationError(wrong)
    return _number(value, wrong)


def _number(value: Any, wrong: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not 0 <= found <= _DEAREST_USD:
        raise ConfigurationError(wrong)
    return found
