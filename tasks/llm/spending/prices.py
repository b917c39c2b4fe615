"""What a cached token saves at today's price."""

from collections.abc import Callable
from functools import lru_cache

from tasks.errors import ConfigurationError
from tasks.llm.pricing import price_of
from tasks.llm.protocol import Usage
from tasks.llm.servers import base_url

_TOKENS = 1000
"""A prompt of ordinary length: some prices rise with it."""


def saving_by_cache() -> Callable[[str], float | None]:
    """nano-USD that a cached token costs less than an uncached one, by model; None: no price is known."""

    @lru_cache
    def saving(model: str) -> float | None:
        try:
            price = price_of(model, base_url())
        except ConfigurationError:
            return None
        return (price.cost(Usage(uncached=_TOKENS)) - price.cost(Usage(cached=_TOKENS))) / _TOKENS

    return saving
