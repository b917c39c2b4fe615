"""Energy Desk: kilowatt-hours, what they cost, and where those of Iowa came from."""

from functools import lru_cache
from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.sources.tables import read_csv_table
from infra.sandbox.hub.sources.units import converted, significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Energy Desk",
    category="Energy",
    description="Heat and electricity in other measures, bills of appliances, sunshine on a roof, hours"
    " on a battery, and the power stations of one American state.",
    packages=("Pint",),
    tables=("iowa_electricity.csv",),
    data_vintage="Definitions; Iowa from 2001 to 2017 (US Energy Information Administration).",
    licence="BSD-3-Clause; public domain (EIA), table: MIT, (c) 2018 Jake Vanderplas (vega_datasets)",
    collections=("household-budget", "workshop-and-studio", "us-regional-desk", "moving-house"),
)

UNITS = {
    "joule": "joule",
    "kilowatt_hour": "kilowatt_hour",
    "kilocalorie": "kilocalorie",
    "british_thermal_unit": "international_british_thermal_unit",
    "therm": "therm",
    "tonne_of_oil": "tonne_of_oil_equivalent",
}
SOURCES = {
    "fossil": "Fossil Fuels",
    "nuclear": "Nuclear Energy",
    "renewable": "Renewables",
}

Year = Annotated[int, Integer("Calendar year.", minimum=2001, maximum=2017, example=2017)]
Source = Annotated[
    str, Choice("What the power stations ran on.", members=tuple(SOURCES), example="renewable")
]
Watts = Annotated[float, Number("Power drawn [W].", minimum=0.1, maximum=1e6, example=1500)]


@lru_cache(maxsize=1)
def _iowa() -> dict[tuple[int, str], int]:
    """Return gigawatt-hours by year and source."""
    return {
        (int(row["year"]), row["source"]): int(row["gwh"]) for row in read_csv_table("iowa_electricity.csv")
    }


@tool.get("/convert", "Convert Energy")
def convert_energy(
    value: Annotated[float, Number("Amount to express anew.", minimum=0, maximum=1e12, example=5)],
    from_unit: Annotated[str, Choice("Measure it is in.", members=tuple(UNITS), example="kilowatt_hour")],
    to_unit: Annotated[str, Choice("Measure wanted.", members=tuple(UNITS), example="british_thermal_unit")],
) -> Answer:
    """Work or heat in the measure of another trade, to seven digits."""
    return {"value": significant(converted(value, UNITS[from_unit], UNITS[to_unit]), 7), "unit": to_unit}


@tool.get("/cost", "Running Cost")
def running_cost(
    watts: Watts,
    hours_per_day: Annotated[
        float, Number("How long it is on each day [h].", minimum=0, maximum=24, example=3)
    ],
    price_per_kwh: Annotated[
        float, Number("Tariff, in any currency, per kilowatt-hour.", minimum=0, maximum=1000, example=0.25)
    ],
    days: Annotated[int, Integer("Days on the bill.", minimum=1, maximum=366, example=30)] = 30,
) -> Answer:
    """What an appliance adds to the electricity bill of a month, or of so many days."""
    kwh = watts * hours_per_day * days / 1000
    return {"kwh": round(kwh, 3), "cost": round(kwh * price_per_kwh, 2)}


@tool.get("/battery", "Battery Hours")
def battery_hours(
    capacity_wh: Annotated[float, Number("What it stores [Wh].", minimum=0.1, maximum=1e9, example=500)],
    watts: Annotated[float, Number("Power drawn [W].", minimum=0.1, maximum=1e6, example=60)],
    efficiency: Annotated[
        float, Number("Share that reaches the device, in percent.", minimum=1, maximum=100, example=90)
    ] = 90.0,
) -> Answer:
    """How long a full accumulator keeps something going, losses deducted."""
    return {"hours": round(capacity_wh * efficiency / 100 / watts, 2)}


@tool.get("/solar", "Solar Yield")
def solar_yield(
    peak_kw: Annotated[
        float, Number("Rated power of the modules [kW].", minimum=0.01, maximum=1e5, example=6)
    ],
    sun_hours: Annotated[
        float, Number("Hours of full sun a day, on average.", minimum=0, maximum=12, example=3.5)
    ],
    ratio: Annotated[
        float, Number("Share left after all losses, in percent.", minimum=10, maximum=100, example=80)
    ] = 80.0,
) -> Answer:
    """What panels on a roof bring in, in kilowatt-hours a day and in a year of 365."""
    daily = peak_kw * sun_hours * ratio / 100
    return {"kwh_per_day": round(daily, 2), "kwh_per_year": round(daily * 365, 1)}


@tool.get("/iowa/{year}/{source}", "Iowa Generation")
def iowa_generation(year: Year, source: Source) -> Answer:
    """Net output of the plants of the state from one kind of fuel, in gigawatt-hours."""
    return {"year": year, "source": source, "gwh": _iowa()[year, SOURCES[source]]}


@tool.get("/iowa/{year}/{source}/share", "Iowa Share")
def iowa_share(year: Year, source: Source) -> Answer:
    """How many percent of the state's electricity came from one kind of fuel."""
    total = sum(_iowa()[year, name] for name in SOURCES.values())
    return {"percent": round(100 * _iowa()[year, SOURCES[source]] / total, 2)}
