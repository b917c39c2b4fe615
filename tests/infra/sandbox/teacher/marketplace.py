"""Six small tools with sixteen APIs, written for these tests only: documents, function schemas, answers.

The answers are no facts. They are a fixed function of the arguments, so that a call with wrong arguments
is seen.
"""

import hashlib
import json
from typing import Any

Document = dict[str, Any]


def _parameter(name: str, kind: str, description: str, **more: Any) -> Document:
    return {"name": name, "type": kind, "description": description, **more}


def _api(
    name: str, description: str, required: list[Document], optional: list[Document] | None = None
) -> Document:
    return {
        "name": name,
        "description": description,
        "method": "GET",
        "required_parameters": required,
        "optional_parameters": optional or [],
    }


def _tool(name: str, category: str, description: str, apis: list[Document]) -> Document:
    return {"tool_name": name, "category_name": category, "tool_description": description, "api_list": apis}


def _country(*examples: str) -> Document:
    listed = f" Examples: {'; '.join(examples)}."
    return _parameter(
        "country", "STRING", f"Two-letter country code (ISO 3166-1 alpha-2).{listed}", example=examples[0]
    )


def _currency(name: str, whose: str, *examples: str) -> Document:
    listed = f" Examples: {'; '.join(examples)}."
    text = f"Three-letter currency code of {whose} (ISO 4217).{listed}"
    return _parameter(name, "STRING", text, example=examples[0])


def _zone(name: str, whose: str, *examples: str) -> Document:
    listed = f" Examples: {'; '.join(examples)}."
    return _parameter(name, "STRING", f"Time zone {whose}, by its IANA name.{listed}", example=examples[0])


def _day(name: str, description: str, example: str) -> Document:
    return _parameter(name, "DATE (YYYY-MM-DD)", description, example=example)


def _latitude(example: str) -> Document:
    text = "Latitude in decimal degrees, north positive."
    return _parameter("latitude", "NUMBER", text, example=example, minimum=-90, maximum=90)


def _longitude(example: str) -> Document:
    text = "Longitude in decimal degrees, east positive."
    return _parameter("longitude", "NUMBER", text, example=example, minimum=-180, maximum=180)


TOOLS: list[Document] = [
    _tool(
        "Harbour Almanac",
        "Weather",
        "Tides of Atlantic harbours.",
        [
            _api(
                "High Water",
                "The times at which the tide is highest in a harbour on one day.",
                [
                    _parameter(
                        "port",
                        "STRING",
                        "Name of the harbour. Examples: Brest; Cork; Lagos.",
                        example="Brest",
                    ),
                    _day("date", "The day in question.", "2026-03-08"),
                ],
                [
                    _parameter(
                        "unit",
                        "ENUM",
                        "Unit of the heights.",
                        enum=["metre", "foot"],
                        default="metre",
                        example="metre",
                    )
                ],
            ),
            _api(
                "Tide Range",
                "How far high and low tide lie apart in a month, as a mean of all days.",
                [
                    _parameter(
                        "port", "STRING", "Name of the harbour. Examples: Brest; Cork; Lagos.", example="Cork"
                    ),
                    _parameter("month", "STRING", "Month as YYYY-MM.", example="2026-04"),
                ],
            ),
        ],
    ),
    _tool(
        "Parcel Desk",
        "Logistics",
        "What parcels weigh and cost.",
        [
            _api(
                "Volume Weight",
                "The weight that carriers charge for a bulky box, from its three edges.",
                [
                    _parameter(
                        "length_cm", "NUMBER", "Longest edge [cm].", example="60", minimum=1, maximum=300
                    ),
                    _parameter(
                        "width_cm", "NUMBER", "Middle edge [cm].", example="40", minimum=1, maximum=300
                    ),
                    _parameter(
                        "height_cm", "NUMBER", "Shortest edge [cm].", example="30", minimum=1, maximum=300
                    ),
                ],
            ),
            _api(
                "Postage Price",
                "What it costs to send a parcel abroad.",
                [
                    _parameter(
                        "weight_kg",
                        "NUMBER",
                        "Mass of the parcel [kg].",
                        example="2.5",
                        minimum=0.1,
                        maximum=30,
                    ),
                    _country("PT", "CH", "NO"),
                ],
                [
                    _parameter(
                        "express", "BOOLEAN", "Whether it travels by air.", default="false", example="true"
                    )
                ],
            ),
        ],
    ),
    _tool(
        "Library Shelf",
        "Education",
        "Books and loans of a town library.",
        [
            _api(
                "Search Books",
                "Looks books up by words of their title.",
                [
                    _parameter(
                        "title",
                        "STRING",
                        "Words of the title. Examples: The Sea; Winter Tales; A Guide to Bees.",
                        example="The Sea",
                    )
                ],
                [
                    _parameter(
                        "limit",
                        "INTEGER",
                        "At most so many results.",
                        default="5",
                        example="5",
                        minimum=1,
                        maximum=20,
                    )
                ],
            ),
            _api(
                "Book By Number",
                "One volume by the thirteen digits printed on its back cover.",
                [
                    _parameter(
                        "isbn",
                        "STRING",
                        "ISBN with 13 digits. Examples: 9780306406157; 9783161484100.",
                        example="9780306406157",
                    )
                ],
            ),
            _api(
                "Loan Due Date",
                "The day by which a borrowed volume has to be back.",
                [
                    _day("borrowed", "Day on which it was taken home.", "2026-05-04"),
                    _parameter(
                        "days", "INTEGER", "Length of the loan in days.", example="28", minimum=1, maximum=90
                    ),
                ],
            ),
        ],
    ),
    _tool(
        "Coin Cabinet",
        "Finance",
        "Money of the world and what it buys.",
        [
            _api(
                "Exchange Sum",
                "What an amount of one currency is worth in another on a given day.",
                [
                    _parameter(
                        "amount", "NUMBER", "Sum to exchange.", example="250", minimum=0.01, maximum=1000000
                    ),
                    _currency("from_currency", "the sum", "EUR", "USD", "SEK"),
                    _currency("to_currency", "the result", "JPY", "CHF", "NOK"),
                    _day("date", "Day of the rate.", "2026-01-02"),
                ],
            ),
            _api("Money Of Country", "The legal tender that a country uses.", [_country("NO", "KE", "JP")]),
        ],
    ),
    _tool(
        "Town Register",
        "Location",
        "Towns with their position and inhabitants.",
        [
            _api(
                "Find Town",
                "Finds a town by its name: country, latitude, longitude and time zone.",
                [
                    _parameter(
                        "name", "STRING", "Name of the town. Examples: Porto; Bergen; Kyoto.", example="Porto"
                    )
                ],
            ),
            _api(
                "Largest Towns",
                "The most populous towns of a country, biggest first.",
                [_country("FR", "VN", "PE")],
                [
                    _parameter(
                        "limit",
                        "INTEGER",
                        "At most so many results.",
                        default="5",
                        example="3",
                        minimum=1,
                        maximum=50,
                    )
                ],
            ),
            _api(
                "Towns Around",
                "All towns within a circle around a point on the map.",
                [
                    _latitude("48.2"),
                    _longitude("7.6"),
                    _parameter(
                        "radius_km",
                        "NUMBER",
                        "Radius of the circle [km].",
                        example="60",
                        minimum=1,
                        maximum=500,
                    ),
                ],
            ),
            _api(
                "Daylight Hours",
                "How many hours the sun is up at a place on one day.",
                [_latitude("59.33"), _longitude("18.06"), _day("date", "The day in question.", "2026-12-21")],
            ),
        ],
    ),
    _tool(
        "Work Calendar",
        "Events",
        "Days off, working days and meetings.",
        [
            _api(
                "Next Day Off",
                "The first public holiday of a country after a given day.",
                [_country("FR", "BR", "KR"), _day("after", "Day to look ahead from.", "2026-07-01")],
            ),
            _api(
                "Count Working Days",
                "How many business days lie between two days, both included.",
                [
                    _country("DE", "ES", "NL"),
                    _day("start", "First day counted.", "2026-07-01"),
                    _day("end", "Last day counted.", "2026-07-31"),
                ],
            ),
            _api(
                "Shift Meeting",
                "The local time of an appointment when it is moved to another time zone.",
                [
                    _parameter(
                        "datetime",
                        "STRING",
                        "Date and time, as YYYY-MM-DDTHH:MM:SS.",
                        example="2026-03-03T15:00:00",
                    ),
                    _zone("from_timezone", "it is given in", "Europe/Lisbon", "Asia/Tokyo"),
                    _zone("to_timezone", "it is wanted in", "America/Bogota", "Asia/Kathmandu"),
                ],
            ),
        ],
    ),
]
BY_NAME = {tool["tool_name"]: tool for tool in TOOLS}
_TYPES = {"NUMBER": "number", "INTEGER": "integer", "BOOLEAN": "boolean"}
FINISH: Document = {
    "name": "Finish",
    "description": "Ends the task.",
    "parameters": {
        "type": "object",
        "properties": {
            "return_type": {"type": "string", "enum": ["give_answer", "give_up_and_restart"]},
            "final_answer": {"type": "string"},
        },
        "required": ["return_type"],
    },
}


def function_name(tool: str, api: str) -> str:
    """Name under which an API is offered."""
    return f"{api}_for_{tool}".lower().replace(" ", "_")[-64:]


def _typed(kind: str, value: Any) -> Any:
    return json.loads(value) if kind in ("number", "integer", "boolean") and isinstance(value, str) else value


def _property(parameter: Document) -> Document:
    kind = _TYPES.get(parameter["type"], "string")
    schema: Document = {
        "type": kind,
        "description": parameter["description"],
        "example_value": parameter["example"],
    }
    if "default" in parameter:
        schema["default"] = _typed(kind, parameter["default"])
    return schema | {key: parameter[key] for key in ("enum", "minimum", "maximum") if key in parameter}


def functions(*tools: str) -> list[Document]:
    """Function schemas of all APIs of the named tools (of all tools where none is named), Finish last."""
    schemas = []
    for tool in tools or BY_NAME:
        for api in BY_NAME[tool]["api_list"]:
            both = api["required_parameters"] + api["optional_parameters"]
            said = f' The description of this function is: "{api["description"]}"'
            schemas.append(
                {
                    "name": function_name(tool, api["name"]),
                    "description": f'This is the subfunction for tool "{tool}", you can use this tool.{said}',
                    "parameters": {
                        "type": "object",
                        "properties": {parameter["name"]: _property(parameter) for parameter in both},
                        "required": [parameter["name"] for parameter in api["required_parameters"]],
                        "optional": [parameter["name"] for parameter in api["optional_parameters"]],
                    },
                }
            )
    return [*schemas, FINISH]


_TOWNS: dict[str, Document] = {
    "Porto": {
        "name": "Porto",
        "country": "PT",
        "latitude": 41.15,
        "longitude": -8.61,
        "timezone": "Europe/Lisbon",
    },
    "Bergen": {
        "name": "Bergen",
        "country": "NO",
        "latitude": 60.39,
        "longitude": 5.32,
        "timezone": "Europe/Oslo",
    },
    "Kyoto": {
        "name": "Kyoto",
        "country": "JP",
        "latitude": 35.01,
        "longitude": 135.77,
        "timezone": "Asia/Tokyo",
    },
}


def answer(function: str, arguments: Document) -> Document:
    """What an API answers: towns and moneys that exist, else a number that depends on every argument."""
    if function == "find_town_for_town_register" and arguments.get("name") in _TOWNS:
        return _TOWNS[arguments["name"]]
    if function == "money_of_country_for_coin_cabinet":
        known = {"NO": "NOK", "PT": "EUR", "JP": "JPY", "KE": "KES"}
        return {"country": arguments["country"], "currency": known.get(arguments["country"], "XAF")}
    text = json.dumps([function, arguments], sort_keys=True)
    if function == "loan_due_date_for_library_shelf" and "borrowed" in arguments:
        return {"due": f"{arguments['borrowed'][:8]}28"}
    return {"result": int(hashlib.sha256(text.encode()).hexdigest()[:6], 16)}


def observation(function: str, arguments: Document) -> str:
    """The tool message of a call that went well."""
    return json.dumps({"error": "", "response": json.dumps(answer(function, arguments))})
