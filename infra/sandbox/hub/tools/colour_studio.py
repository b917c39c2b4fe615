"""Colour Studio: colours converted, mixed and compared."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Number, Text
from infra.sandbox.hub.sources.colours import colour, hex_of, named_colours
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import hex_colour

tool = Tool(
    name="Colour Studio",
    category="Design",
    description="For designers of pages and print: other notations of a shade, legible pairs, blends,"
    " matching palettes, and the nearest one that has a name.",
    packages=("coloraide",),
    data_vintage="CSS Color 4, WCAG 2.2, CIEDE2000.",
    licence="MIT",
    collections=("brand-and-print", "developer-bench"),
)

HARMONIES = {
    "complementary": (0, 180),
    "triad": (0, 120, 240),
    "square": (0, 90, 180, 270),
    "analogous": (-30, 0, 30),
    "split": (0, 150, 210),
}
# WCAG 2.2, success criteria 1.4.3 and 1.4.6: least contrast of body text and of large print.
LEVELS = (("AAA", 7.0), ("AA", 4.5), ("AA large", 3.0))

Shade = Annotated[str, hex_colour("#ff8800", "#1e90ff", "2e8b57")]
Other = Annotated[str, hex_colour("#ffffff", "#000080", "ffd700", what="The other colour")]


@tool.get("/notations", "Convert Colour")
def convert_colour(shade: Shade) -> Answer:
    """One shade in the notations of screens and printers: RGB, HSL, HSV, CMYK and CIE Lab."""
    given = colour(shade)
    red, green, blue = (round(255 * level) for level in given.convert("srgb").coords())
    hue, saturation, lightness = (0.0 if x != x else x for x in given.convert("hsl").coords())
    _, strength, value = (0.0 if x != x else x for x in given.convert("hsv").coords())
    most = max(red, green, blue)
    inks = [0 if most == 0 else round(100 * (most - level) / most) for level in (red, green, blue)]
    lab = [round(x, 2) + 0.0 for x in given.convert("lab-d65").coords()]
    return {
        "hex": hex_of(given),
        "rgb": [red, green, blue],
        "hsl": [round(hue) % 360, round(100 * saturation), round(100 * lightness)],
        "hsv": [round(hue) % 360, round(100 * strength), round(100 * value)],
        "cmyk": [*inks, round(100 - 100 * most / 255)],
        "lab": lab,
    }


@tool.get("/contrast", "Contrast Ratio")
def contrast_ratio(first: Shade, second: Other) -> Answer:
    """How well letters of one shade stand out on another, from 1 to 21, and the accessibility level."""
    ratio = round(colour(first).contrast(colour(second), method="wcag21"), 2)
    level = next((name for name, least in LEVELS if ratio >= least), "none")
    return {"ratio": ratio, "level": level}


@tool.get("/mixtures", "Mix Colours")
def mix_colours(
    first: Shade,
    second: Other,
    share: Annotated[
        float, Number("Part of the second one, 0 to 1.", minimum=0, maximum=1, example=0.25)
    ] = 0.5,
) -> Answer:
    """Two shades blended as light on a screen, channel by channel in sRGB."""
    return {"hex": hex_of(colour(first).mix(colour(second), share, space="srgb"))}


@tool.get("/palettes", "Colour Harmony")
def colour_harmony(
    shade: Shade,
    scheme: Annotated[str, Choice("Places on the colour wheel.", members=tuple(HARMONIES), example="triad")],
) -> Answer:
    """Shades that go with a given one, by turning its hue on the HSL wheel."""
    hue, saturation, lightness = (0.0 if x != x else x for x in colour(shade).convert("hsl").coords())
    turned = colour(shade).convert("hsl")
    palette = []
    for angle in HARMONIES[scheme]:
        turned[:3] = [(hue + angle) % 360, saturation, lightness]
        palette.append(hex_of(turned))
    return {"scheme": scheme, "palette": palette}


@tool.get("/distances", "Colour Difference")
def colour_difference(first: Shade, second: Other) -> Answer:
    """How different two shades look to the eye (CIEDE2000): below 1 hardly, 100 like black and white."""
    return {"delta_e": round(colour(first).delta_e(colour(second), method="2000"), 2)}


@tool.get("/names", "Nearest Colour Name")
def nearest_colour_name(shade: Shade) -> Answer:
    """The CSS name that comes closest to a shade for the eye, and how far off it is (CIE76)."""
    lab = colour(shade).convert("lab-d65").coords()
    distances = {}
    for name, code in named_colours().items():
        named = colour(code).convert("lab-d65").coords()
        distances[name] = sum((a - b) ** 2 for a, b in zip(lab, named, strict=True)) ** 0.5
    name = min(distances, key=lambda known: (round(distances[known], 6), known))
    return {"name": name, "hex": named_colours()[name], "delta_e": round(distances[name], 2)}


@tool.get("/named/{name}", "Colour By Name")
def colour_by_name(
    name: Annotated[
        str,
        Text("CSS name, blanks allowed.", examples=("rebeccapurple", "sea green", "tomato"), max_length=30),
    ],
) -> Answer:
    """The code behind a colour word that browsers know."""
    code = named_colours().get(name.lower().replace(" ", ""))
    if code is None:
        raise NotFound(f"CSS knows no colour '{name}'")
    return {"name": name.lower().replace(" ", ""), "hex": code}


@tool.get("/shades", "Tints And Shades")
def tints_and_shades(
    shade: Shade,
    steps: Annotated[int, Integer("How many of each.", minimum=1, maximum=10, example=4)] = 3,
) -> Answer:
    """Equal steps from a shade towards white and towards black, for hover effects and charts."""
    given, parts = colour(shade), [step / (steps + 1) for step in range(1, steps + 1)]
    return {
        "lighter": [hex_of(given.mix(colour("ffffff"), part, space="srgb")) for part in parts],
        "darker": [hex_of(given.mix(colour("000000"), part, space="srgb")) for part in parts],
    }
