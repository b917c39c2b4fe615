"""What a model's tokens cost: `FOUNDRY_PRICES`, then the price package, then 0 on loopback, else refused.

`FOUNDRY_PRICES` names a JSON file `{"<model>": {"input": 0.15, "cached": 0.075, "cache_write": 0.15,
"output": 0.6}}` in USD per million tokens; `cached` and `cache_write` default to `input`. The package
(genai-prices) knows list prices offline, among them those that rise with the length of a prompt: the asked
server's own, else those of who is known for the model, and the source then says for whom they were assumed.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from tasks.errors import ConfigurationError
from tasks.llm.protocol import REHEARSAL_PREFIX, Usage
from tasks.llm.servers import is_loopback

NO_MODELS = ("apis", "machine", "storage")
"""Entries of the file that `fees` reads."""
_PICO_PER_NANO = 1000


class Prices(Protocol):
    """What one model's replies cost."""

    @property
    def source(self) -> str:
        """Where the figure comes from; copied into every row of the ledger."""

    def cost(self, usage: Usage) -> int:
        """nano-USD of one reply."""

    def worst(self, request_bytes: int, max_tokens: int) -> int:
        """nano-USD a request can cost at most: a token is at least a byte, in its dearest class."""


@dataclass(frozen=True, slots=True)
class Price:
    """pico-USD per token in the four classes (0.15 USD per million is 150,000), and who says so."""

    uncached: int
    cached: int
    cache_write: int
    output: int
    source: str

    def cost(self, usage: Usage) -> int:
        """nano-USD of one reply, rounded."""
        pico = (
            usage.uncached * self.uncached
            + usage.cached * self.cached
            + usage.cache_write * self.cache_write
            + usage.output * self.output
        )
        return (pico + _PICO_PER_NANO // 2) // _PICO_PER_NANO

    def worst(self, request_bytes: int, max_tokens: int) -> int:
        """nano-USD a request can cost at most, rounded up."""
        dearest = max(self.uncached, self.cached, self.cache_write)
        return -(-(request_bytes * dearest + max_tokens * self.output) // _PICO_PER_NANO)


class ListPrice:
    """The list price of a model that genai-prices knows."""

    def __init__(self, model: str, server_url: str = ""):
        """Look the model up.

        Args:
            model: its name.
            server_url: who is asked, and whose price is taken. Where the package does not know it, or not
                with this model, that of the model's known provider is assumed, and the source says so.

        Raises:
            LookupError: the package does not know it.
        """
        import genai_prices  # 0.3 s, paid by who pays

        self._prices, self._model, self._url = genai_prices, model, server_url or None
        try:
            found, assumed = self._calculated(genai_prices.Usage(input_tokens=1)), ""
        except LookupError:
            self._url, assumed = None, f", assumed for {urlsplit(server_url).hostname}"
            found = self._calculated(genai_prices.Usage(input_tokens=1))
        self.source = (
            f"genai-prices {genai_prices.__version__} {found.provider.id}/{found.model.id} "
            f"of {datetime.now(UTC):%Y-%m-%d}, {found.model_price}{assumed}"
        )

    def _calculated(self, usage: Any) -> Any:
        return self._prices.calc_price(usage, model_ref=self._model, provider_api_url=self._url)

    def cost(self, usage: Usage) -> int:
        """nano-USD of one reply, rounded."""
        tokens = self._prices.Usage(
            input_tokens=usage.prompt,
            cache_read_tokens=usage.cached,
            cache_write_tokens=usage.cache_write,
            output_tokens=usage.output,
        )
        usd = self._calculated(tokens).total_price
        return int((Decimal(usd) * 10**9).to_integral_value())

    def worst(self, request_bytes: int, max_tokens: int) -> int:
        """nano-USD a request can cost at most: all of it in the dearest class of its length."""
        return 1 + max(
            self.cost(Usage(uncached=request_bytes, output=max_tokens)),
            self.cost(Usage(cached=request_bytes, output=max_tokens)),
            self.cost(Usage(cache_write=request_bytes, output=max_tokens)),
        )


def price_of(model: str, server_url: str) -> Prices:
    """The price of a model.

    Raises:
        ConfigurationError: nobody knows its price, or the price file is malformed.
    """
    listed = os.environ.get("FOUNDRY_PRICES")
    if listed and model not in NO_MODELS:
        entry = prices_listed(Path(listed)).get(model)
        if entry is not None:
            return _from_file(entry, model, listed)
    rehearsed = model.startswith(REHEARSAL_PREFIX) and is_loopback(server_url)
    if not rehearsed:
        with suppress(LookupError):  # unknown to the package: a server of this machine costs nothing
            return ListPrice(model, server_url)
    if is_loopback(server_url):
        return Price(0, 0, 0, 0, "loopback")
    raise ConfigurationError(
        f"no price is known for '{model}': name a file with its price in FOUNDRY_PRICES, "
        'e.g. {"' + model + '": {"input": 0.15, "cached": 0.075, "output": 0.6}} in USD per million tokens'
    )


def dated(path: str) -> str:
    """A price file as rows of the ledger name it: with the day it was written."""
    written = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    return f"file {Path(path).name} of {written:%Y-%m-%d}"


def prices_listed(path: Path) -> dict[str, Any]:
    """What a price file holds.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError(f"FOUNDRY_PRICES: {path} cannot be read as JSON ({error})") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"FOUNDRY_PRICES: {path} must hold one JSON object, model names to prices")
    return found


def _from_file(entry: Any, model: str, path: str) -> Price:
    try:
        base = Decimal(str(entry["input"]))
        classes = (base, *(Decimal(str(entry.get(name, base))) for name in ("cached", "cache_write")))
        pico = [_pico(each) for each in (*classes, Decimal(str(entry["output"])))]
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ConfigurationError(
            f"FOUNDRY_PRICES: the entry of '{model}' in {path} needs numbers 'input' and 'output' (USD per "
            "million)"
        ) from error
    if min(pico) < 0:
        raise ConfigurationError(f"FOUNDRY_PRICES: the entry of '{model}' in {path} has a negative price")
    return Price(pico[0], pico[1], pico[2], pico[3], f"{dated(path)}, {_rates(pico)}")


def _rates(pico: Sequence[int]) -> str:
    """Prices as they are copied into rows: uncached, cached, cache-write, output."""
    return "/".join(f"{each / 1_000_000:g}" for each in pico) + " USD/M"


def _pico(usd_per_million: Decimal) -> int:
    """USD per million tokens is 1,000,000 pico-USD a token."""
    return int((usd_per_million * 1_000_000).to_integral_value())
