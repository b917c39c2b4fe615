"""Math Box: school arithmetic."""

import math
import statistics
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Number, Numbers, Text
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Math Box",
    category="Education",
    description="Calculations from the classroom: divisibility, equations, averages, percentages and"
    " number bases.",
    data_vintage="Arithmetic.",
    licence="Apache-2.0",
    collections=("science-homework", "household-budget"),
)

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
Coefficient = Number("Coefficient of the equation.", minimum=-1e6, maximum=1e6, example=-5)


@tool.get("/factors/{number}", "Prime Factors")
def prime_factors(
    number: Annotated[int, Integer("Number to take apart.", minimum=2, maximum=10**9, example=360360)],
) -> Answer:
    """The primes whose product a whole number is, in ascending order, and whether it is a prime itself."""
    factors, rest, divisor = [], number, 2
    while divisor * divisor <= rest:
        while rest % divisor == 0:
            factors.append(divisor)
            rest //= divisor
        divisor += 1 if divisor == 2 else 2
    if rest > 1:
        factors.append(rest)
    return {"number": number, "factors": factors, "is_prime": len(factors) == 1}


@tool.get("/divisors", "GCD And LCM")
def gcd_and_lcm(
    a: Annotated[int, Integer("One number.", minimum=1, maximum=10**12, example=84)],
    b: Annotated[int, Integer("The other number.", minimum=1, maximum=10**12, example=126)],
) -> Answer:
    """The largest whole number that divides two others, and the smallest that both divide."""
    return {"gcd": math.gcd(a, b), "lcm": str(math.lcm(a, b)) if math.lcm(a, b) >= 2**53 else math.lcm(a, b)}


@tool.post("/statistics", "Statistics")
def describe_numbers(
    values: Annotated[
        tuple[float, ...],
        Numbers(
            "The sample.",
            minimum=-1e12,
            maximum=1e12,
            min_length=2,
            max_length=500,
            example=(4, 8, 15, 16, 23, 42),
        ),
    ],
) -> Answer:
    """Mean, median, sample standard deviation and range of a list."""
    return {
        "count": len(values),
        "mean": significant(statistics.fmean(values)),
        "median": significant(statistics.median(values)),
        "stdev": significant(statistics.stdev(values), 6),
        "minimum": min(values),
        "maximum": max(values),
    }


@tool.get("/quadratic", "Quadratic Roots")
def quadratic_roots(
    a: Annotated[float, Number("Coefficient of x squared, not 0.", minimum=-1e6, maximum=1e6, example=1)],
    b: Annotated[float, Coefficient],
    c: Annotated[float, Number("Constant term.", minimum=-1e6, maximum=1e6, example=6)],
) -> Answer:
    """Where the parabola a x^2 + b x + c crosses zero; an empty list where it never does."""
    if a == 0:
        raise BadArgument("a", "must not be 0, or the equation is not quadratic")
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return {"discriminant": significant(discriminant), "roots": []}
    # The root far from zero first: subtracting nearly equal numbers would lose digits.
    far = -(b + math.copysign(math.sqrt(discriminant), b)) / 2
    roots = {0.0} if far == 0 else {far / a, c / far}
    return {
        "discriminant": significant(discriminant),
        "roots": sorted(significant(root) + 0.0 for root in roots),
    }


@tool.get("/bases", "Base Convert")
def base_convert(
    number: Annotated[
        str,
        Text(
            "Digits and letters of a whole number.",
            examples=("ff", "1010", "777"),
            pattern="[0-9A-Za-z]+",
            pattern_words="digits and letters",
            max_length=40,
        ),
    ],
    from_base: Annotated[int, Integer("Base it is written in.", minimum=2, maximum=36, example=16)],
    to_base: Annotated[int, Integer("Base wanted.", minimum=2, maximum=36, example=2)],
) -> Answer:
    """A whole number in another positional system, for example hexadecimal in binary."""
    try:
        rest = int(number, from_base)
    except ValueError as error:
        raise BadArgument("number", f"has digits that base {from_base} does not have") from error
    digits = ""
    while rest:
        rest, digit = divmod(rest, to_base)
        digits = DIGITS[digit] + digits
    return {"error": None, "result": digits or "0"}


@tool.get("/percent-change", "Percent Change")
def percent_change(
    before: Annotated[float, Number("Value at first.", minimum=0.000001, maximum=1e12, example=80)],
    after: Annotated[float, Number("Value later.", minimum=0, maximum=1e12, example=92)],
) -> Answer:
    """By how many percent a value rose or fell."""
    return {"percent": significant((after / before - 1) * 100, 6)}
