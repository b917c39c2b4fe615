"""How sure a rate is: Wilson's score interval, which holds for few trials and for rates of 0 and 1 (pure)."""

from math import sqrt

Z_95 = 1.959963984540054
"""Quantile of the standard normal distribution at 97.5 %: 95 % lie within, two-sided."""


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Lower and upper bound of a proportion, without continuity correction.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    Args:
        successes: how often it came true.
        trials: how often it was tried; with none, nothing is known: (0, 1).
        z: quantile of the standard normal distribution.

    Raises:
        ValueError: fewer than no successes, or more than trials.

    >>> wilson(81, 263)
    (0.2552742..., 0.3661681...)
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    scale = 1 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / scale
    half = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials)) / scale
    # The bounds at 0 and at all are exact; rounding would leave 1e-17 there.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return low, high
