import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import ConfigurationError
from tasks.llm.pricing import ListPrice, Price, price_of
from tasks.llm.protocol import Usage

HOSTED, HERE = "https://api.openai.com/v1", "http://127.0.0.1:8000/v1"
MILLION = 1_000_000
TOKENS = st.integers(0, 10**7)


def listed(folder: Path, content: object, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "prices.json").write_text(content if isinstance(content, str) else json.dumps(content))
    monkeypatch.setenv("FOUNDRY_PRICES", str(folder / "prices.json"))


def test_the_file_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(tmp_path, {"gpt-4o-mini": {"input": 1, "cached": 0.5, "output": 2}}, monkeypatch)
    price = price_of("gpt-4o-mini", HOSTED)
    assert re.fullmatch(r"file prices.json of 20\d\d-\d\d-\d\d, [\d./]+ USD/M", price.source)
    assert price.cost(Usage(uncached=MILLION)) == 1_000_000_000
    assert price.cost(Usage(cached=MILLION)) == 500_000_000
    assert price.cost(Usage(cache_write=MILLION)) == 1_000_000_000
    assert price.cost(Usage(output=MILLION)) == 2_000_000_000


def test_prices_below_a_nano_dollar_a_token_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(tmp_path, {"m": {"input": 0.0375, "output": 0.00015}}, monkeypatch)
    price = price_of("m", HOSTED)
    assert price.cost(Usage(uncached=1000)) == 37_500
    assert price.cost(Usage(output=1000)) == 150


def test_the_package_comes_second_with_cached_tokens_apart() -> None:
    price = price_of("gpt-4o-mini", HOSTED)
    said = r"genai-prices [\d.]+ openai/gpt-4o-mini of 20\d\d-\d\d-\d\d, \$0\.15/input MTok, \$0\.6/output .*"
    assert re.fullmatch(said, price.source)
    assert price.cost(Usage(uncached=6000, cached=4000, output=500)) == 1_500_000


def test_a_server_that_the_package_knows_has_its_own_price() -> None:
    elsewhere = price_of("llama-3.3-70b-versatile", "https://api.groq.com/openai/v1")
    assert " groq/llama-3.3-70b-versatile of " in elsewhere.source and "assumed" not in elsewhere.source
    asked = "openai/gpt-oss-120b"
    sources = {
        price_of(asked, f"https://{host}/v1").source for host in ("api.groq.com/openai", "openrouter.ai/api")
    }
    assert len(sources) == 2, "the same name at two servers"


@pytest.mark.parametrize("server", ["https://models.example.org/v1", "https://api.groq.com/openai/v1", HERE])
def test_a_price_that_is_assumed_for_a_server_says_whose_it_is(server: str) -> None:
    price = price_of("gpt-4o-mini", server)
    assert " openai/gpt-4o-mini of " in price.source
    assert price.source.endswith(f", assumed for {server.split('/')[2].split(':')[0]}")
    assert price.cost(Usage(uncached=6000, cached=4000, output=500)) == 1_500_000


def test_prices_that_rise_with_the_length_of_a_prompt_are_those_of_its_length() -> None:
    price = price_of("gemini-2.5-pro", HOSTED)
    short, long = price.cost(Usage(uncached=100_000)), price.cost(Usage(uncached=300_000))
    assert long > 3 * short
    assert price.worst(300_000, 0) >= long


def test_a_server_of_this_machine_costs_nothing_unless_the_file_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in ("rehearsal-strong", "a-student-of-mine"):
        price = price_of(model, HERE)
        assert (price.source, price.worst(10_000, 1000), price.cost(Usage(1, 1, 1, 1))) == ("loopback", 0, 0)
    listed(tmp_path, {"rehearsal-strong": {"input": 1, "output": 2}}, monkeypatch)
    assert price_of("rehearsal-strong", HERE).cost(Usage(uncached=MILLION)) == 1_000_000_000


def test_a_model_without_a_price_is_refused_with_an_example() -> None:
    with pytest.raises(ConfigurationError, match=r"no price is known for 'unknown-9b': .* FOUNDRY_PRICES"):
        price_of("unknown-9b", HOSTED)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[1]", "must hold one JSON object"),
        ({"m": {"input": 1}}, "needs numbers 'input' and 'output'"),
        ({"m": 3}, "needs numbers"),
        ({"m": {"input": "cheap", "output": 1}}, "needs numbers"),
        ({"m": {"input": True, "output": 1}}, "needs numbers"),
        ('{"m": {"input": NaN, "output": 1}}', "cannot be read as JSON"),
        ({"m": {"input": "NaN", "output": 1}}, "needs numbers"),
        ({"m": {"input": "Infinity", "output": 1}}, "needs numbers"),
        ({"m": {"input": -1, "output": 1}}, "negative price"),
    ],
)
def test_a_malformed_price_file_is_said(
    content: object, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(tmp_path, content, monkeypatch)
    with pytest.raises(ConfigurationError, match=said):
        price_of("m", HOSTED)


def test_a_missing_price_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_PRICES", "/nowhere/prices.json")
    with pytest.raises(ConfigurationError, match=r"FOUNDRY_PRICES: /nowhere/prices.json cannot be read"):
        price_of("m", HOSTED)


@given(
    rates=st.tuples(*[st.integers(0, 10**8)] * 4),
    usage=st.builds(Usage, uncached=TOKENS, cached=TOKENS, cache_write=TOKENS, output=TOKENS),
    spare=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
)
def test_the_worst_case_is_never_below_the_cost(
    rates: tuple[int, int, int, int], usage: Usage, spare: tuple[int, int]
) -> None:
    price = Price(*rates, "test")
    assert price.worst(usage.prompt + spare[0], usage.output + spare[1]) >= price.cost(usage)


@given(usage=st.builds(Usage, uncached=TOKENS, cached=TOKENS, cache_write=TOKENS, output=TOKENS))
def test_the_cost_is_that_of_the_rates_to_the_nano(usage: Usage) -> None:
    price = Price(150_000, 75_000, 150_000, 600_000, "test")
    exact = (
        Decimal(usage.uncached + usage.cache_write) * Decimal("0.15")
        + Decimal(usage.cached) * Decimal("0.075")
        + Decimal(usage.output) * Decimal("0.6")
    ) * 1000
    assert abs(Decimal(price.cost(usage)) - exact) <= Decimal("0.5")


@pytest.mark.parametrize("model", ["gpt-4o-mini", "claude-sonnet-4-5", "gemini-2.5-pro"])
def test_the_worst_case_of_a_list_price_is_never_below_its_cost(model: str) -> None:
    price = ListPrice(model)
    for prompt in (0, 1, 10_000, 199_999, 200_001, 900_000):
        for usage in (Usage(prompt, 0, 0, 99), Usage(0, prompt, 0, 99), Usage(0, 0, prompt, 99)):
            assert price.worst(prompt, 99) >= price.cost(usage)
