"""License Desk: reads the licence expressions that software packages carry."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.sources.licences import keys_of, licensing, parsed, records
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="License Desk",
    category="Business",
    description="Understands SPDX expressions such as MIT AND (Apache-2.0 OR GPL-2.0-only): which licences"
    " they name, whether two mean the same, and what remains when repetitions are taken out.",
    packages=("license-expression",),
    data_vintage="List of licences of 2025 (ScanCode, CC-BY-4.0).",
    licence="Apache-2.0; list of licences: ScanCode LicenseDB, CC-BY-4.0",
    collections=("publishing-house", "office-paperwork"),
)


def _expression(*examples: str, what: str = "Licence expression of a package.") -> Text:
    return Text(what, examples=examples, max_length=200)


Expression = Annotated[
    str, _expression("MIT AND (Apache-2.0 OR MIT)", "GPL-2.0-or-later OR MIT", "BSD-3-Clause AND MIT AND MIT")
]


@tool.get("/simplify", "Simplify Expression")
def simplify_expression(expression: Expression) -> Answer:
    """The shortest form of a package's terms of use that means the same, and the licences it names."""
    tree = parsed("expression", expression)
    return {"simplified": str(tree.simplify()), "licenses": keys_of(tree)}


@tool.get("/check", "Check Expression")
def check_expression(
    expression: Annotated[str, _expression("MIT AND Foo-1.0", "Apache-2.0 OR Bar", "ISC")],
) -> Answer:
    """Finds names that are on no official list of licences in the terms of a package."""
    tree = parsed("expression", expression)
    unknown = sorted(set(licensing().unknown_license_keys(tree)))
    known = [key for key in keys_of(tree) if key not in unknown]
    return {"valid": not unknown, "unknown": unknown, "known": known}


@tool.get("/compare", "Compare Expressions")
def compare_expressions(
    first: Annotated[str, _expression("MIT OR Apache-2.0", "ISC AND MIT", what="One expression.")],
    second: Annotated[str, _expression("Apache-2.0 OR MIT", "MIT", what="The other expression.")],
) -> Answer:
    """Whether two packages come under the same terms, and which licences only one of them names."""
    left, right = parsed("first", first), parsed("second", second)
    names, others = keys_of(left), keys_of(right)
    return {
        "same": bool(licensing().is_equivalent(left, right)),
        "only_first": [key for key in names if key not in others],
        "only_second": [key for key in others if key not in names],
    }


@tool.get("/licenses/{key}", "License Record")
def license_record(
    key: Annotated[
        str,
        Text(
            "Short identifier of a licence on the SPDX list, or an older name of it.",
            examples=("GPL-2.0", "MIT", "Apache-2.0", "Classpath-exception-2.0"),
            pattern="[A-Za-z0-9.+\\-]{2,60}",
            pattern_words="an identifier such as Apache-2.0",
        ),
    ],
) -> Answer:
    """The present identifier of a licence, and the kind of terms it sets: permissive, copyleft or other."""
    found = records().get(key.casefold())
    if found is None:
        raise NotFound(f"the list has no licence {key}")
    return {"key": found.key, "kind": found.kind, "exception": found.exception, "other_names": found.others}
