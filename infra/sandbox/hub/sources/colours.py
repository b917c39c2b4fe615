"""Colours: hexadecimal codes, and the names that CSS gives to some of them."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coloraide import Color


def colour(code: str) -> "Color":
    """Return the colour of six hexadecimal digits, with or without #."""
    from coloraide import Color

    return Color("#" + code.removeprefix("#"))


def hex_of(given: "Color") -> str:
    """Return ``#rrggbb`` in lower case; what a screen cannot show is brought to its edge."""
    return given.convert("srgb").clip().to_string(hex=True)


@lru_cache(maxsize=1)
def named_colours() -> dict[str, str]:
    """Return the code of each CSS colour name, in alphabetical order."""
    from coloraide.css.color_names import name2val_map

    return {
        name: "#" + "".join(f"{round(level):02x}" for level in levels[:3])
        for name, levels in sorted(name2val_map.items())
        if levels[3] == 255
    }
