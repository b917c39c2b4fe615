"""Units of measurement, from Pint's registry."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import BadArgument

if TYPE_CHECKING:
    from pint import UnitRegistry


@lru_cache(maxsize=1)
def registry() -> "UnitRegistry[float]":
    """Return the registry that all conversions share."""
    from pint import UnitRegistry

    return UnitRegistry()


def check_unit(parameter: str, name: str) -> None:
    """Refuse what the registry does not know: Pint would read ``3*meter`` or ``a`` (year) just as well."""
    from pint import UndefinedUnitError

    try:
        known = bool(registry().get_name(name))
    except UndefinedUnitError:
        known = False
    if not known:
        raise BadArgument(parameter, f"names no unit: '{name}'; units look like kilometer, degC, pound")


def converted(amount: float, from_unit: str, to_unit: str) -> float:
    """Return an amount in another unit; raises `BadArgument` where the two measure different things."""
    from pint import DimensionalityError

    check_unit("from_unit", from_unit)
    check_unit("to_unit", to_unit)
    try:
        value = float(registry().Quantity(amount, from_unit).to(to_unit).magnitude)
    except DimensionalityError as error:
        raise BadArgument("to_unit", f"must measure the same as {from_unit}") from error
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise BadArgument("value", f"cannot be expressed in {to_unit}") from error
    if not math.isfinite(value):
        raise BadArgument("value", f"cannot be expressed in {to_unit}")
    return value


def significant(value: float, digits: int = 8) -> float:
    """Return a value rounded to significant digits: what remains is equal on every machine."""
    return float(f"{value:.{digits - 1}e}")
