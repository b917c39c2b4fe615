"""Language Directory: codes, names and kinship of the languages of the world."""

from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Language Directory",
    category="Translation",
    description="Tongues by their ISO 639 letters: what they are called, by themselves and by others, which"
    " script they use, and how far apart two of them are.",
    packages=("langcodes", "language-data"),
    extra="sandbox-more",
    data_vintage="CLDR and IANA registry as packed in language-data 1.4.",
    licence="MIT; data: Unicode-3.0",
    collections=("localisation-kit", "travel-planning"),
)


def _code(*examples: str, of: str = "of the language") -> Text:
    return Text(
        f"Two or three letters {of} (ISO 639).",
        examples=examples,
        pattern="[a-z]{2,3}",
        pattern_words="a language code such as sw",
    )


def _language(code: str) -> Any:
    from langcodes import Language

    found = Language.get(code)
    if not found.is_valid():
        raise NotFound(f"no language has the code '{code}'")
    return found


@tool.get("/languages/{code}", "Language Info")
def language_info(code: Annotated[str, _code("sw", "fi", "pt")]) -> Answer:
    """English name, name among its own speakers, and the usual writing system as a four-letter code."""
    found = _language(code)
    return {
        "name": found.display_name(),
        "autonym": found.autonym(),
        "script": found.maximize().script,
    }


@tool.get("/find", "Find Language")
def find_language(
    name: Annotated[str, Text("Name, in English.", examples=("Swahili", "Finnish", "Welsh"))],
) -> Answer:
    """Turns what a tongue is called into its shortest ISO 639 code."""
    import langcodes

    try:
        return {"code": langcodes.find(name).language}
    except LookupError as error:
        raise NotFound(f"no language is called '{name}' in English") from error


@tool.get("/languages/{code}/in", "Language Name In")
def language_name_in(
    code: Annotated[str, _code("pt", "ja")],
    display_language: Annotated[str, _code("de", "fr", of="of the language to answer in")],
) -> Answer:
    """What speakers of one tongue call another."""
    return {"name": _language(code).display_name(_language(display_language).language)}


@tool.get("/distance", "Language Distance")
def language_distance(
    first: Annotated[str, _code("no", "es", of="that somebody wants")],
    second: Annotated[str, _code("da", "pt", of="that is on offer")],
) -> Answer:
    """How ill a reader of one tongue is served with another: 0 is the same, 134 is no use at all."""
    from langcodes import tag_distance

    _language(first), _language(second)
    return {"distance": tag_distance(first, second)}
