"""Subdivision Registry: states, provinces and cantons by their international codes."""

from collections import Counter
from typing import Annotated, Any

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import country_code

tool = Tool(
    name="Subdivision Registry",
    category="Location",
    description="The parts that countries are divided into, from American states to Swiss cantons, with the"
    " codes of ISO 3166-2 that forms, customs and statistics ask for.",
    packages=("pycountry",),
    data_vintage="ISO 3166-2 as of February 2026, 5,046 subdivisions.",
    licence="LGPL-2.1",
    collections=("office-paperwork", "vehicles-and-trips", "shipping-and-freight"),
)


def _subdivisions(country: str) -> list[Any]:
    import pycountry

    found = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    if not found:
        raise NotFound(f"no subdivisions are registered for {country}")
    return sorted(found, key=lambda subdivision: str(subdivision.code))


@tool.get("/countries/{country}", "List Subdivisions")
def list_subdivisions(
    country: Annotated[str, country_code("AT", "CH", "CA")],
    limit: Annotated[int, Integer("How many to list.", minimum=1, maximum=250, example=5)] = 15,
) -> Answer:
    """The states, provinces or regions of a country with their codes, in the order of the codes."""
    found = _subdivisions(country)
    listed = [{"code": s.code, "name": s.name} for s in found[:limit]]
    return {"country": country, "count": len(found), "subdivisions": listed}


@tool.get("/codes/{code}", "Subdivision By Code")
def subdivision_by_code(
    code: Annotated[
        str,
        Text(
            "International code of a state or province, country first.",
            examples=("ES-CT", "US-TX", "DE-BY"),
            pattern="[A-Za-z]{2}-[A-Za-z0-9]{1,3}",
            pattern_words="a code such as US-TX",
            upper=True,
        ),
    ],
) -> Answer:
    """What a code such as US-TX stands for: name of the region, what kind it is, and what it lies in."""
    import pycountry

    found: Any = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    if found is None:
        raise NotFound(f"no subdivision has the code {code}")
    return {
        "name": found.name,
        "type": found.type,
        "country": found.country_code,
        "parent": found.parent_code,
    }


@tool.get("/search", "Find Subdivision")
def find_subdivision(
    name: Annotated[
        str,
        Text("Name of a region, or a part of it.", examples=("Bayern", "Tirol", "Córdoba"), max_length=60),
    ],
    limit: Annotated[int, Integer("How many to list.", minimum=1, maximum=50, example=5)] = 5,
) -> Answer:
    """Finds the code of a state or province anywhere in the world by its name in the national language."""
    import pycountry

    wanted = name.casefold()
    found = sorted(
        (s.name.casefold() != wanted, s.code, s.name, s.country_code)
        for s in pycountry.subdivisions
        if wanted in s.name.casefold()
    )
    if not found:
        raise NotFound(f"no subdivision is named '{name}'")
    results = [{"code": code, "name": full, "country": country} for _, code, full, country in found[:limit]]
    return {"count": len(found), "results": results}


@tool.get("/countries/{country}/kinds", "Subdivision Kinds")
def subdivision_kinds(country: Annotated[str, country_code("IN", "US", "IT")]) -> Answer:
    """How a country is divided: how many states, territories or provinces there are of each kind."""
    kinds = Counter(str(s.type) for s in _subdivisions(country))
    ordered = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
    return {"total": sum(kinds.values()), "kinds": [{"kind": kind, "count": n} for kind, n in ordered]}
