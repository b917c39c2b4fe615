"""Trip Costs: what a drive burns, costs and takes."""

from typing import Annotated

from infra.sandbox.hub.parameters import Choice, Integer, Number
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Trip Costs",
    category="Transportation",
    description="Petrol and electricity of a journey by car, its exhaust, how long a charge takes and how far"
    " a car rolls until it stands. Consumption can be given in litres or in miles per gallon.",
    data_vintage="Formulae; kilograms of CO2 per litre: petrol 2.31, diesel 2.68, LPG 1.51.",
    licence="Apache-2.0",
    collections=("vehicles-and-trips", "travel-planning", "household-budget"),
)

# Carbon dioxide of a burnt litre in kilograms.
CO2_PER_LITRE = {"petrol": 2.31, "diesel": 2.68, "lpg": 1.51}
# 235.21... turns miles per US gallon into litres per 100 km and back; 282.48... does so for imperial gallons.
LITRES_TIMES_MILES = {"us": 3.785411784 / 1.609344 * 100, "imperial": 4.54609 / 1.609344 * 100}

Distance = Annotated[
    float, Number("Length of the way in kilometres.", minimum=0.1, maximum=50_000, example=320)
]
Consumption = Annotated[
    float, Number("Fuel in litres per 100 kilometres.", minimum=0.5, maximum=100, example=6.4)
]


@tool.get("/fuel", "Fuel Cost")
def fuel_cost(
    distance_km: Distance,
    consumption: Consumption,
    price_per_litre: Annotated[
        float, Number("Price of a litre.", minimum=0.01, maximum=10_000, example=1.75)
    ],
    people: Annotated[int, Integer("Travellers who share the bill.", minimum=1, maximum=60, example=3)] = 1,
) -> Answer:
    """How much petrol or diesel a drive takes, what it costs, and what each traveller owes."""
    litres = distance_km * consumption / 100
    cost = litres * price_per_litre
    return {"litres": round(litres, 2), "cost": round(cost, 2), "per_person": round(cost / people, 2)}


@tool.get("/electric", "Electric Cost")
def electric_cost(
    distance_km: Distance,
    kwh_per_100_km: Annotated[
        float, Number("Consumption of the car in kilowatt hours.", minimum=5, maximum=200, example=17.5)
    ],
    price_per_kwh: Annotated[
        float, Number("Price of a kilowatt hour.", minimum=0, maximum=1000, example=0.39)
    ],
    loss_percent: Annotated[
        float, Number("Energy lost while charging, in percent.", minimum=0, maximum=50, example=12)
    ] = 10.0,
) -> Answer:
    """The electricity a battery car draws from the socket for a drive, and its price."""
    drawn = distance_km * kwh_per_100_km / 100 / (1 - loss_percent / 100)
    return {"kwh": round(drawn, 2), "cost": round(drawn * price_per_kwh, 2)}


@tool.get("/charging", "Charging Time")
def charging_time(
    battery_kwh: Annotated[
        float, Number("Capacity of the battery in kilowatt hours.", minimum=1, maximum=1000, example=60)
    ],
    from_percent: Annotated[float, Number("Charge at the beginning.", minimum=0, maximum=100, example=20)],
    to_percent: Annotated[float, Number("Charge wanted.", minimum=0, maximum=100, example=80)],
    power_kw: Annotated[
        float, Number("Power of the charging point in kilowatts.", minimum=0.5, maximum=1000, example=11)
    ],
) -> Answer:
    """How many minutes an electric car hangs on the cable at steady power, and what flows in."""
    kwh = max(0.0, battery_kwh * (to_percent - from_percent) / 100)
    return {"minutes": round(kwh / power_kw * 60), "kwh": round(kwh, 2)}


@tool.get("/exhaust", "Exhaust Of Trip")
def exhaust_of_trip(
    distance_km: Distance,
    consumption: Consumption,
    fuel: Annotated[str, Choice("What is burnt.", members=tuple(CO2_PER_LITRE), example="petrol")],
) -> Answer:
    """Kilograms of carbon dioxide that leave the exhaust on a drive, and grams for every kilometre."""
    grams_per_km = consumption * CO2_PER_LITRE[fuel] * 10
    return {"kg": round(grams_per_km * distance_km / 1000, 2), "grams_per_km": round(grams_per_km, 1)}


@tool.get("/consumption", "Miles Per Gallon")
def miles_per_gallon(
    value: Annotated[
        float,
        Number(
            "Litres per 100 km, or miles per gallon: it works both ways.",
            minimum=0.5,
            maximum=500,
            example=30,
        ),
    ],
    gallon: Annotated[str, Choice("Which gallon is meant.", members=("us", "imperial"), example="us")],
) -> Answer:
    """Turns miles per gallon into litres per 100 kilometres; the same sum leads back."""
    return {"converted": round(LITRES_TIMES_MILES[gallon] / value, 2)}


@tool.get("/stopping", "Stopping Distance")
def stopping_distance(
    speed_kmh: Annotated[float, Number("Speed in kilometres per hour.", minimum=1, maximum=400, example=100)],
    reaction_s: Annotated[
        float, Number("Time until the foot is on the brake, in seconds.", minimum=0, maximum=5, example=1)
    ] = 1.0,
    friction: Annotated[
        float, Number("Grip of the tyres: 0.8 dry, 0.4 wet, 0.1 ice.", minimum=0.05, maximum=1.2, example=0.4)
    ] = 0.8,
) -> Answer:
    """How many metres a car needs to come to rest: the way while reacting, and the way while braking."""
    speed = speed_kmh / 3.6
    reacting, braking = speed * reaction_s, speed**2 / (2 * friction * 9.80665)
    return {
        "reaction_m": round(reacting, 1),
        "braking_m": round(braking, 1),
        "total_m": round(reacting + braking, 1),
    }
