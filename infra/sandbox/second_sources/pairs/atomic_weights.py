"""Masses of elements: molmass against IUPAC's abridged standard atomic weights of 2021, written down here."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "periodic-table"
SECOND = "IUPAC 2021, abridged (table)"
LICENCE = "facts"

WEIGHTS = {
    "H": 1.008, "He": 4.0026, "Li": 6.94, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Na": 22.990,
    "Mg": 24.305, "Al": 26.982, "Si": 28.085, "P": 30.974, "S": 32.06, "Cl": 35.45, "K": 39.098, "Ca": 40.078,
    "Ti": 47.867, "Fe": 55.845, "Cu": 63.546, "Zn": 65.38, "Br": 79.904, "Ag": 107.87, "Sn": 118.71,
    "I": 126.90,    "Pt": 195.08, "Au": 196.97, "Hg": 200.59, "Pb": 207.2, "U": 238.03,
}  # fmt: skip
RELATIVE = 2e-4
"""The abridged weights have five digits; lead's varies with where it was mined."""


def pairs(hub: Hub) -> Iterator[Pair]:
    """Twenty-nine common elements."""
    for symbol, weight in WEIGHTS.items():
        yield Pair(symbol, hub.get(TOOL, "elements", symbol)["mass"], weight, weight * RELATIVE)
