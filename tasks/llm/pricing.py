"""What a model's tokens cost: `FOUNDRY_PRICES`, then the price package, then 0 on loopback, else refused.

`FOUNDRY_PRICES` names a JSON file `{"<model>": {"input": 0.15, "cached": 0.075, "cache_write": 0.15,
"output": 0.6}}` in USD per million tokens; `cached` and `cache_write` default to `input`.
"""

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from tasks.errors import ConfigurationError
from tasks.llm.openai_compatible import is_loopback
from tasks.llm.protocol import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """nano-USD per token in the four classes, and where the figure comes from."""

    uncached: int
    cached: int
    cache_write: int
    output: int
    source: str

    def cost(self, usage: Usage) -> int:
        """nano-USD of one reply."""
        return (
            usage.uncached * self.uncached
            + usage.cached * self.cached
            + usage.cache_write * self.cache_write
            + usage.output * self.output
        )

    def worst(self, request_bytes: int, max_tokens: int) -> int:
        """nano-USD a request can cost at most: a token is at least a byte, in its dearest class."""
        return request_bytes * max(self.uncached, self.cached, self.cache_write) + max_tokens * self.output


def price_of(model: str, server_url: str) -> Price:
    """The price of a model.

    Raises:
        ConfigurationError: nobody knows its price, or the price file is malformed.
    """
    listed = os.environ.get("FOUNDRY_PRICES")
    if listed:
        entry = _listed(Path(listed)).get(model)
        if entry is not None:
            return _from_file(entry, model, listed)
    packaged = _packaged(model)
    if packaged is not None:
        return packaged
    if is_loopback(server_url):
        return Price(0, 0, 0, 0, "loopback")
    raise ConfigurationError(
        f"no price is known for '{model}': name a file with its price in FOUNDRY_PRICES, "
        'e.g. {"' + model + '": {"input": 0.15, "cached": 0.075, "output": 0.6}} in USD per million tokens'
    )


def _listed(path: Path) -> dict[str, Any]:
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
        output = Decimal(str(entry["output"]))
        nano = [_nano(each) for each in (*classes, output)]
    except (KeyError, TypeError, ArithmeticError) as error:
        raise ConfigurationError(
            f"FOUNDRY_PRICES: the entry of '{model}' in {path} needs numbers 'input' and "
            "'output' (USD per million)"
        ) from error
    if min(nano) < 0:
        raise ConfigurationError(f"FOUNDRY_PRICES: the entry of '{model}' in {path} has a negative price")
    return Price(nano[0], nano[1], nano[2], nano[3], f"file {Path(path).name}")


def _nano(usd_per_million: Decimal) -> int:
    """USD per million tokens is 1,000 nano-USD a token."""
    return int((usd_per_million * 1000).to_integral_value())


def _packaged(model: str) -> Price | None:
    """From genai-prices, each class priced at a million tokens; None for a model it does not know."""
    import genai_prices

    million = 1_000_000

    def usd(**tokens: int) -> Decimal:
        usage = genai_prices.Usage(**tokens)
        return Decimal(genai_prices.calc_price(usage, model_ref=model).total_price)

    try:
        uncached = usd(input_tokens=million)
        cached = usd(input_tokens=million, cache_read_tokens=million)
        written = usd(input_tokens=million, cache_write_tokens=million)
        output = usd(output_tokens=million)
    except LookupError:
        return None
    return Price(_nano(uncached), _nano(cached), _nano(written), _nano(output), "genai-prices")
