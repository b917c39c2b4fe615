"""Loans: the tool's own formulae against numpy-financial."""

from collections.abc import Iterator
from itertools import product

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "loan-and-investment-math"
SECOND = "numpy-financial"
LICENCE = "BSD"

CENT = 0.011
"""Both round to cents."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """Payments and savings over a grid of sums, rates and years."""
    import numpy_financial  # type: ignore[import-untyped]

    for principal, rate, years in product((5_000, 180_000), (1.5, 3.25, 7.9), (4, 25)):
        ours = hub.get(TOOL, "loan", "payment", principal=principal, annual_rate=rate, years=years)
        theirs = -float(numpy_financial.pmt(rate / 1200, years * 12, principal))
        yield Pair(f"{principal} at {rate} % over {years} years", ours["monthly_payment"], theirs, CENT)
    for deposit, rate, years in product((50, 400), (1.5, 6.0), (3, 30)):
        told = {"monthly_deposit": deposit, "annual_rate": rate, "years": years}
        ours = hub.get(TOOL, "invest", "future-value", **told)
        theirs = -float(numpy_financial.fv(rate / 1200, years * 12, deposit, 0))
        yield Pair(f"{deposit} a month at {rate} % for {years} years", ours["future_value"], theirs, CENT)
