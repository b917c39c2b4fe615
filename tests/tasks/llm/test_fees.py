"""API calls, machine time and requests to a store are money too."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.fees import fee_of, fees_of, machine_nano_usd_per_hour, storage_nano_usd_per_1000
from tasks.llm.pricing import price_of, prices_listed
from tasks.records import Api

WEATHER = Api(
    "rapidapi/weather/now", "rapidapi/weather", "rapidapi", "Weather", "Weather", "weather", "", "Now", "now",
    "", "GET", "https://weather.p.rapidapi.com/now", (),
)  # fmt: skip


STORAGE = {"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0.0004}


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def write(**entries: Any) -> None:
        path = tmp_path / "prices.json"
        path.write_text(json.dumps(entries))
        monkeypatch.setenv("FOUNDRY_PRICES", str(path))

    return write


def test_an_api_goes_by_itself_its_tool_its_source_or_all(priced: Any) -> None:
    names = ("rapidapi/weather/now", "rapidapi/weather", "rapidapi", "*")
    for place in range(len(names)):
        priced(apis={name: {"usd_per_call": 0.001 * (each + 1)} for each, name in enumerate(names[place:])})
        assert fee_of(WEATHER, "PAID").nano_usd == 1_000_000
    priced(apis={"rapidapi/weather": {"usd_per_call": 0.002, "free_calls_a_day": 500}})
    fee = fee_of(WEATHER)
    assert (fee.nano_usd, fee.free_a_day, fee.quota) == (2_000_000, 500, "rapidapi/weather")
    assert fee.source.startswith("file prices.json of 20")


def test_of_a_whole_catalogue_the_file_is_read_once(priced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    priced(apis={"rapidapi": {"usd_per_call": 0.001}})
    read: list[Path] = []

    def counted(path: Path) -> dict[str, Any]:
        read.append(path)
        return prices_listed(path)

    monkeypatch.setattr("tasks.llm.fees.prices_listed", counted)
    apis = [replace(WEATHER, api_id=f"rapidapi/weather/{number}") for number in range(50)]
    assert len(fees_of("live", apis, {})) == 50 and len(read) == 1


def test_only_free_is_a_price_by_itself_and_what_nobody_knows_is_refused() -> None:
    assert fee_of(WEATHER, "FREE").is_nothing
    assert fee_of(replace(WEATHER, url="http://127.0.0.1:9/now")).is_nothing
    for pricing in ("", "FREEMIUM", "PAID"):
        with pytest.raises(ConfigurationError, match="nobody knows what a call of rapidapi/"):
            fees_of("live", [WEATHER], {"rapidapi/weather": pricing})
    assert fees_of("proxy", [WEATHER], {}) == {}


@pytest.mark.parametrize("amount", [-1, "much", None, True, 1e300, []])
def test_what_is_no_amount_is_said(amount: Any, priced: Any) -> None:
    priced(apis={"*": {"usd_per_call": amount}}, machine={"usd_per_hour": amount})
    with pytest.raises(ConfigurationError, match=r"'apis.\*' in .* needs a number 'usd_per_call'"):
        fee_of(WEATHER)
    with pytest.raises(ConfigurationError, match=r"'machine' in .* needs a number 'usd_per_hour'"):
        machine_nano_usd_per_hour()


def test_machines_and_stores_cost_what_the_file_or_the_shell_says(
    priced: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (machine_nano_usd_per_hour(), storage_nano_usd_per_1000()) == (0, (0, 0))
    priced(
        machine={"usd_per_hour": 2.5}, storage={"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0.0004}
    )
    assert machine_nano_usd_per_hour() == 2_500_000_000
    assert storage_nano_usd_per_1000() == (5_000_000, 400_000)
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3")
    assert machine_nano_usd_per_hour() == 3_000_000_000
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "nan")
    with pytest.raises(ConfigurationError, match="must be a number of USD, not 'nan'"):
        machine_nano_usd_per_hour()


def test_an_entry_that_is_no_model_gives_no_model_a_price(priced: Any) -> None:
    priced(storage={"input": 1, "output": 1})
    with pytest.raises(ConfigurationError, match="no price is known for 'storage'"):
        price_of("storage", "https://example.org/v1")
