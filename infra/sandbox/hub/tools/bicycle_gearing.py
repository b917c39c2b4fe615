"""Bicycle Gearing: cogs, wheels and what the legs make of them."""

import math
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Bicycle Gearing",
    category="Transportation",
    description="Mechanics of a bicycle: how far one turn of the pedals carries, speed at a cadence, wheel"
    " sizes of ISO 5775, and the watts that a climb asks of the rider.",
    data_vintage="Formulae.",
    licence="Apache-2.0",
    collections=("vehicles-and-trips", "outdoor-day"),
)

Chainring = Annotated[int, Integer("Teeth in front.", minimum=16, maximum=70, example=50)]
Cog = Annotated[int, Integer("Teeth behind.", minimum=9, maximum=60, example=17)]
Rim = Annotated[
    int, Integer("Rim in millimetres, the second number on the tyre.", minimum=200, maximum=700, example=622)
]
Tyre = Annotated[
    float, Number("Width of the tyre in millimetres, the first number.", minimum=15, maximum=130, example=28)
]


def _development(chainring: int, cog: int, rim_mm: int, tyre_mm: float) -> float:
    """Return the metres that one turn of the pedals carries."""
    return chainring / cog * math.pi * (rim_mm + 2 * tyre_mm) / 1000


@tool.get("/gear", "Gear Ratio")
def gear_ratio(chainring: Chainring, cog: Cog, rim_mm: Rim, tyre_mm: Tyre) -> Answer:
    """How often the wheel turns for one turn of the pedals, the metres gained, and the gear in inches."""
    inches = chainring / cog * (rim_mm + 2 * tyre_mm) / 25.4
    return {
        "ratio": round(chainring / cog, 3),
        "development_m": round(_development(chainring, cog, rim_mm, tyre_mm), 3),
        "gear_inches": round(inches, 1),
    }


@tool.get("/speed", "Speed At Cadence")
def speed_at_cadence(
    chainring: Chainring,
    cog: Cog,
    cadence: Annotated[int, Integer("Turns of the pedals per minute.", minimum=10, maximum=220, example=90)],
    rim_mm: Rim,
    tyre_mm: Tyre,
) -> Answer:
    """How fast a rider goes who pedals at a steady rhythm in one gear."""
    kmh = _development(chainring, cog, rim_mm, tyre_mm) * cadence * 60 / 1000
    return {"km_per_hour": round(kmh, 2), "miles_per_hour": round(kmh / 1.609344, 2)}


@tool.get("/wheel", "Wheel Circumference")
def wheel_circumference(rim_mm: Rim, tyre_mm: Tyre) -> Answer:
    """The number to type into a bicycle computer: millimetres that the wheel rolls in one turn."""
    millimetres = math.pi * (rim_mm + 2 * tyre_mm)
    return {"circumference_mm": round(millimetres), "turns_per_km": round(1e6 / millimetres, 1)}


@tool.get("/climb", "Climbing Power")
def climbing_power(
    mass_kg: Annotated[float, Number("Rider and bicycle in kilograms.", minimum=20, maximum=300, example=82)],
    grade_percent: Annotated[float, Number("Steepness in percent.", minimum=0, maximum=40, example=7)],
    speed_kmh: Annotated[float, Number("Speed in kilometres per hour.", minimum=1, maximum=60, example=12)],
    rolling: Annotated[
        float, Number("Rolling resistance of the tyres.", minimum=0.001, maximum=0.02, example=0.004)
    ] = 0.005,
) -> Answer:
    """The watts it takes to ride uphill, without wind, and the metres of height won in an hour."""
    slope = math.atan(grade_percent / 100)
    force = mass_kg * 9.80665 * (math.sin(slope) + rolling * math.cos(slope))
    return {
        "watts": round(force * speed_kmh / 3.6, 1),
        "climb_m_per_hour": round(speed_kmh * 1000 * math.sin(slope)),
    }


@tool.get("/matching-cog", "Matching Cog")
def matching_cog(
    chainring: Chainring,
    cog: Cog,
    new_chainring: Annotated[int, Integer("Teeth of another chainring.", minimum=16, maximum=70, example=34)],
) -> Answer:
    """Which cog behind comes nearest to the same gear when the chain is on another ring in front."""
    exact = new_chainring * cog / chainring
    nearest = round(exact)
    if not 9 <= nearest <= 60:
        raise BadArgument("new_chainring", f"would need a cog of {nearest} teeth")
    change = (new_chainring / nearest) / (chainring / cog) - 1
    return {"cog": nearest, "exact": round(exact, 2), "change_percent": round(change * 100, 2)}
