"""Instructions of the kind that is wanted, written for the prompt; three are shown at a time.

ToolLLM shows three of 12 (single tool) or 36 (several tools) that its authors wrote; these are ours.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """One instruction for tools that are described by their names only."""

    apis: tuple[tuple[str, str], ...]
    """Tool and API names that were there to choose from."""
    instruction: str
    relevant: tuple[tuple[str, str], ...]

    def shown(self) -> dict[str, Any]:
        """As the prompt shows it."""
        return {
            "available": [{"tool": tool, "api": api} for tool, api in self.apis],
            "instruction": self.instruction,
            "relevant_apis": [{"tool": tool, "api": api} for tool, api in self.relevant],
        }


def examples_for(several_tools: bool) -> tuple[Example, ...]:
    """The examples for one tool, or for several."""
    return SEVERAL_TOOLS if several_tools else ONE_TOOL


_TRAINS = tuple(("Rail Times", api) for api in ("Departures", "Journey", "Station Search", "Disruptions"))
_LIBRARY = tuple(("City Library", api) for api in ("Search Titles", "Availability", "Opening Hours", "Renew"))
_AIR = tuple(("Air Quality Now", api) for api in ("By Coordinates", "Forecast", "Pollen"))
_PARCELS = tuple(("Parcel Desk", api) for api in ("Quote", "Track", "Drop-off Points"))
_RECIPES = tuple(("Recipe Shelf", api) for api in ("Find By Ingredients", "Nutrition", "Wine Match"))
_STARS = tuple(("Night Sky", api) for api in ("Visible Planets", "Moon Phase", "Meteor Showers"))
_MONEY = tuple(("Rates Board", api) for api in ("Convert", "History"))
_LODGING = tuple(("Guesthouse Finder", api) for api in ("Search", "Reviews"))
_TRANSLATE = tuple(("Phrase Translator", api) for api in ("Translate", "Detect Language"))
_JOBS = tuple(("Vacancies", api) for api in ("Search Vacancies", "Company Profile", "Salary Range"))

ONE_TOOL: tuple[Example, ...] = (
    Example(
        _TRAINS,
        "I have to be at a wedding in Ghent on Saturday 14 March 2026 by 11:00 and I am starting from "
        "Liège. Which train gets me there in time with one change at most, and is anything disrupted on "
        "that line that day? My knees are bad, so please do not send me running between platforms.",
        (("Rail Times", "Journey"), ("Rail Times", "Disruptions")),
    ),
    Example(
        _LIBRARY,
        "My daughter needs 'The Wind in the Willows' for school by Thursday. Look whether any copy is on "
        "the shelf right now, tell me which branch has it, and until when that branch is open on "
        "Wednesday evenings so that I can stop there after work.",
        (
            ("City Library", "Search Titles"),
            ("City Library", "Availability"),
            ("City Library", "Opening Hours"),
        ),
    ),
    Example(
        _AIR,
        "We are planning a school sports day near latitude 45.46 and longitude 9.19 this Friday. Check "
        "how clean the air is there today and what is expected for Friday, and warn me if birch pollen "
        "will be high, because two of the children take medication for it.",
        (
            ("Air Quality Now", "By Coordinates"),
            ("Air Quality Now", "Forecast"),
            ("Air Quality Now", "Pollen"),
        ),
    ),
    Example(
        _PARCELS,
        "Our shop in Lyon ships a 4.2 kg box measuring 40 by 30 by 25 cm to 10115 Berlin tomorrow. Get me "
        "a price for it, and the three places nearest to our postal code 69003 where it can be handed in "
        "after six.",
        (("Parcel Desk", "Quote"), ("Parcel Desk", "Drop-off Points")),
    ),
    Example(
        _RECIPES,
        "There are six eggs, a bunch of spinach and some feta left in the fridge. Suggest something for "
        "four people that takes less than half an hour, and give me calories and protein per portion, "
        "since I am counting both.",
        (("Recipe Shelf", "Find By Ingredients"), ("Recipe Shelf", "Nutrition")),
    ),
    Example(
        _STARS,
        "On 12 August 2026 my astronomy club meets on a hill at 52.1 north, 11.6 east. Which planets can "
        "we see around 23:00, how bright will the Moon be, and is any meteor shower near its peak that "
        "night?",
        (("Night Sky", "Visible Planets"), ("Night Sky", "Moon Phase"), ("Night Sky", "Meteor Showers")),
    ),
)

SEVERAL_TOOLS: tuple[Example, ...] = (
    Example(
        _TRAINS + _AIR,
        "My father has asthma and wants to visit me in Milan, latitude 45.46 and longitude 9.19, next "
        "Tuesday. Find him a morning connection from Turin, and tell me whether the air will be good "
        "enough for a long walk when he arrives.",
        (("Rail Times", "Journey"), ("Air Quality Now", "Forecast")),
    ),
    Example(
        _LODGING + _MONEY,
        "I have 600 US dollars for four nights in Kraków from 3 May 2026. See what that is in złoty, then "
        "look for guesthouses for two that stay below it in total and have been reviewed well by "
        "families.",
        (
            ("Rates Board", "Convert"),
            ("Guesthouse Finder", "Search"),
            ("Guesthouse Finder", "Reviews"),
        ),
    ),
    Example(
        _RECIPES + _TRANSLATE,
        "A friend from Lisbon is coming for dinner and I would like to surprise her. Find a dish with "
        "cod, potatoes and olives, and put 'I hope it tastes a little like home' into Portuguese so that "
        "I can write it on a card.",
        (("Recipe Shelf", "Find By Ingredients"), ("Phrase Translator", "Translate")),
    ),
    Example(
        _JOBS + _TRAINS,
        "Our graduate wants to work as a data analyst in Rotterdam but will go on living in Utrecht. "
        "Which vacancies are open there, what do such positions pay on average, and how long would the "
        "first train after 7:00 on a Monday take?",
        (
            ("Vacancies", "Search Vacancies"),
            ("Vacancies", "Salary Range"),
            ("Rail Times", "Journey"),
        ),
    ),
    Example(
        _PARCELS + _MONEY,
        "The company bought a lens for 48,900 yen and it will be sent on to 1010 Vienna; it weighs 1.3 kg "
        "in a box of 25 by 20 by 20 cm. Work out in euros what the lens and the shipping cost together.",
        (("Rates Board", "Convert"), ("Parcel Desk", "Quote")),
    ),
    Example(
        _STARS + _LODGING,
        "For our anniversary I want a dark sky and a quiet bed. Pick a night in October 2026 close to new "
        "moon, then search a room for two near La Palma for that night and the next one.",
        (("Night Sky", "Moon Phase"), ("Guesthouse Finder", "Search")),
    ),
)
