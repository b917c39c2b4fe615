"""Tools that are made up, so that a marketplace can be as large as the real one: ``--size``.

They cost little: things that many tools are about share their forms, and one function answers for all.
"""

from collections.abc import Iterator
from functools import partial

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.collections import COLLECTIONS
from infra.sandbox.hub.draws import one_of, rank, share
from infra.sandbox.hub.errors import DeclarationError
from infra.sandbox.hub.synthetic.answers import invented_answer
from infra.sandbox.hub.synthetic.forms import Form, forms_of
from infra.sandbox.hub.synthetic.subjects import CLOSINGS, OPENINGS, SUBJECTS, plural
from infra.sandbox.hub.tool import Api, Tool, slug_of

TOOLS, APIS = 10_853, 53_190
"""Size of RapidAPI when ToolLLM crawled it; APIs grow with tools in this proportion."""
MAX_SIZE = 100_000
COLLECTED_SHARE = 0.2
"""Invented tools that are in a collection."""

THINGS = [(category, thing) for category, things in SUBJECTS.items() for thing in things]
LOOKS = ("An up-to-date register of", "Quick look-ups of", "Curated records of", "Open figures about")


def enlarged(catalogue: Catalogue, size: int, seed: int) -> Catalogue:
    """Return the catalogue with invented tools until there are `size` tools.

    Raises:
        DeclarationError: there are more than `size` tools already.
    """
    missing = size - len(catalogue.tools)
    if missing < 0:
        raise DeclarationError(f"a size of {size} is less than the {len(catalogue.tools)} tools there are")
    apis = max(missing, round(size * APIS / TOOLS) - catalogue.api_count)
    names = _names(set(catalogue.tools), missing, seed)
    counts = _counts(missing, apis, seed)
    tools = {tool.slug: tool for tool in map(partial(_tool, seed), names, counts)}
    return catalogue.with_tools(tools)


def _names(taken: set[str], count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield name, category and thing of each tool; no two have the same slug."""
    number = 0
    while count:
        number += 1
        category, thing = one_of(THINGS, seed, "thing", str(number))
        brand = one_of(OPENINGS, seed, "opening", str(number)) + one_of(
            CLOSINGS, seed, "closing", str(number)
        )
        name = f"{brand} {plural(thing)}".title()
        if slug_of(name) not in taken:
            taken.add(slug_of(name))
            count -= 1
            yield name, category, thing


def _counts(tools: int, apis: int, seed: int) -> list[int]:
    """Return how many APIs each tool has: one, and its part of the others, which are all given away."""
    most = len(forms_of(THINGS[0][1]))
    weights = [0.4 + 1.2 * share(seed, "weight", str(number)) for number in range(tools)]
    counts, given, reached, total = [], 0, 0.0, sum(weights)
    for weight in weights:
        reached += weight
        due = min(round((apis - tools) * reached / total), given + most - 1)
        counts.append(1 + due - given)
        given = due
    return counts


def _tool(seed: int, named: tuple[str, str, str], count: int) -> Tool:
    name, category, thing = named
    look = one_of(LOOKS, seed, "look", name)
    collected = share(seed, "collected", name) < COLLECTED_SHARE
    forms = sorted(forms_of(thing), key=lambda form: rank(seed, name, form.slug))[:count]
    return Tool(
        name=name,
        category=category,
        description=f"{look} {plural(thing)}, made up for tests of size.",
        licence="Apache-2.0",
        data_vintage="Invented.",
        collections=(one_of(COLLECTIONS, seed, "collection", name).slug,) if collected else (),
        invented=True,
        apis=[_api(slug_of(name), form) for form in forms],
    )


def _api(tool: str, form: Form) -> Api:
    return Api(
        name=form.name,
        slug=form.slug,
        description=form.description,
        method=form.method,
        path=form.path,
        parameters=form.parameters,
        function=partial(invented_answer, tool, form),
    )
