"""Electricity Bench: volts, ohms and coloured rings."""

import math
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Number, Numbers, Text
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Electricity Bench",
    category="Energy",
    description="Simple circuits for hobbyists and physics lessons: currents, rings on components,"
    " charging times, the right part before a light-emitting diode, parallel and dividing"
    " chains.",
    data_vintage="Formulae; colour code of IEC 60062, E12 series of IEC 60063.",
    licence="Apache-2.0",
    collections=("workshop-and-studio", "science-homework"),
)

COLOURS = ("black", "brown", "red", "orange", "yellow", "green", "blue", "violet", "grey", "white")
MULTIPLIERS = {colour: float(10**power) for power, colour in enumerate(COLOURS)} | {
    "gold": 0.1,
    "silver": 0.01,
}
TOLERANCES = {
    "brown": 1.0,
    "red": 2.0,
    "green": 0.5,
    "blue": 0.25,
    "violet": 0.1,
    "gold": 5.0,
    "silver": 10.0,
}
E12 = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2, 10.0)

Volts = Annotated[float, Number("Voltage of the source [V].", minimum=0.001, maximum=1e6, example=12)]
Ohms = Annotated[float, Number("Resistance [ohm].", minimum=0.001, maximum=1e9, example=470)]


@tool.get("/current", "Current And Power")
def current_and_power(volts: Volts, ohms: Ohms) -> Answer:
    """How many amperes flow through a load, and how many watts it turns into heat."""
    return {"amperes": significant(volts / ohms, 5), "watts": significant(volts**2 / ohms, 5)}


@tool.get("/resistance", "Resistance Needed")
def resistance_needed(
    volts: Volts,
    amperes: Annotated[float, Number("Current wanted [A].", minimum=1e-6, maximum=1e4, example=0.05)],
) -> Answer:
    """How many ohms let just so much through, and the heat they must stand in watts."""
    return {"ohms": significant(volts / amperes, 5), "watts": significant(volts * amperes, 5)}


@tool.get("/rings", "Read Colour Rings")
def read_colour_rings(
    rings: Annotated[
        str,
        Text(
            "Four or five colours from the end where they crowd, separated by spaces.",
            examples=("yellow violet red gold", "brown black black orange brown", "red red brown gold"),
            pattern="[a-z]{3,6}( [a-z]{3,6}){3,4}",
            pattern_words="four or five colours separated by spaces",
        ),
    ],
) -> Answer:
    """What a component with painted bands is worth in ohms, and its tolerance in percent."""
    *digits, multiplier, tolerance = rings.split()
    for colour, known in ((digits[0], COLOURS), (multiplier, MULTIPLIERS), (tolerance, TOLERANCES)):
        if colour not in known:
            raise BadArgument("rings", f"has no meaning there: {colour}")
    if not set(digits) <= set(COLOURS):
        raise BadArgument("rings", "must begin with colours that stand for digits")
    value = int("".join(str(COLOURS.index(colour)) for colour in digits)) * MULTIPLIERS[multiplier]
    return {"ohms": significant(value, 5), "tolerance_percent": TOLERANCES[tolerance]}


@tool.get("/rings/for", "Rings For Value")
def rings_for_value(
    ohms: Annotated[float, Number("Resistance [ohm].", minimum=1, maximum=9.9e9, example=4700)],
) -> Answer:
    """The first three of four bands that are painted on a part of this size, rounded to two digits."""
    mantissa, _, power = f"{ohms:.1e}".partition("e")
    exponent = int(power) - 1
    multiplier = COLOURS[exponent] if exponent >= 0 else "gold"
    digits = [COLOURS[int(digit)] for digit in mantissa.replace(".", "")]
    return {"rings": [*digits, multiplier]}


@tool.get("/charging", "RC Charging Time")
def rc_charging_time(
    ohms: Ohms,
    microfarads: Annotated[float, Number("Capacity [uF].", minimum=1e-6, maximum=1e6, example=100)],
    percent: Annotated[
        float, Number("How full it shall be, in percent.", minimum=0.1, maximum=99.9, example=90)
    ],
) -> Answer:
    """Seconds until a capacitor behind a resistor holds some share of the voltage, and the time constant."""
    constant = ohms * microfarads * 1e-6
    return {
        "seconds": significant(-constant * math.log(1 - percent / 100), 5),
        "time_constant_s": significant(constant, 5),
    }


@tool.get("/led", "LED Resistor")
def led_resistor(
    volts: Annotated[float, Number("Voltage of the source [V].", minimum=1, maximum=400, example=12)],
    led_volts: Annotated[float, Number("Drop over the diode [V].", minimum=0.5, maximum=40, example=2)],
    milliamperes: Annotated[
        float, Number("Current of the diode [mA].", minimum=0.1, maximum=3000, example=20)
    ],
) -> Answer:
    """Which part to solder before a small lamp: exact ohms, the next larger one on sale (E12), its heat."""
    if led_volts >= volts:
        raise BadArgument("led_volts", "must be below the voltage of the source")
    exact = significant((volts - led_volts) / milliamperes * 1000, 5)
    decade = 10.0 ** math.floor(math.log10(exact))
    sold = next(step for step in E12 if step * decade >= exact * (1 - 1e-9)) * decade
    return {
        "exact_ohms": exact,
        "e12_ohms": significant(sold, 3),
        "watts": significant((volts - led_volts) ** 2 / sold, 4),
    }


@tool.get("/parallel", "Parallel Resistors")
def parallel_resistors(
    ohms: Annotated[
        tuple[float, ...],
        Numbers(
            "Resistances side by side [ohm].",
            minimum=0.001,
            maximum=1e9,
            min_length=2,
            max_length=20,
            example=(100, 220, 470),
        ),
    ],
) -> Answer:
    """What several loads abreast amount to, and what they would in a row, in ohms."""
    return {
        "parallel_ohms": significant(1 / sum(1 / each for each in ohms), 5),
        "series_ohms": significant(sum(ohms), 5),
    }


@tool.get("/divider", "Voltage Divider")
def voltage_divider(
    volts: Volts,
    upper_ohms: Annotated[
        float, Number("Part at the source [ohm].", minimum=0.001, maximum=1e9, example=10_000)
    ],
    lower_ohms: Annotated[float, Number("Part at ground [ohm].", minimum=0.001, maximum=1e9, example=4_700)],
) -> Answer:
    """What can be tapped between two parts in a row, in volts, without load."""
    return {"volts": significant(volts * lower_ohms / (upper_ohms + lower_ohms), 5)}
