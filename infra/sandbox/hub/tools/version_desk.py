"""Version Desk: release numbers of software, by the rules of Semantic Versioning."""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Version Desk",
    category="Development",
    description="Release numbers such as 2.1.0-rc.1: which comes later, what the next one is called, and"
    " which releases a dependency range lets in.",
    data_vintage="Semantic Versioning 2.0.0; ranges as npm and Cargo write them.",
    licence="Apache-2.0",
    collections=("developer-bench",),
)

SHAPE = (
    r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}(?:-[0-9A-Za-z.-]{1,40})?(?:\+[0-9A-Za-z.-]{1,40})?"
)


@total_ordering
@dataclass(frozen=True)
class Version:
    """A release number; build notes after + do not count."""

    core: tuple[int, int, int]
    prerelease: tuple[str, ...]

    def __lt__(self, other: "Version") -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        dotted = ".".join(map(str, self.core))
        return f"{dotted}-{'.'.join(self.prerelease)}" if self.prerelease else dotted

    def _key(self) -> tuple[tuple[int, int, int], bool, list[tuple[bool, int, str]]]:
        # A release follows its candidates; among their fields numbers come before words.
        fields = [(not f.isdigit(), int(f) if f.isdigit() else 0, f) for f in self.prerelease]
        return self.core, not self.prerelease, [(word, n, "" if not word else f) for word, n, f in fields]


def _version(parameter: str, text: str) -> Version:
    if not re.fullmatch(SHAPE, text):
        raise BadArgument(parameter, f"is no version such as 1.4.2 or 2.0.0-rc.1: '{text[:60]}'")
    core, _, prerelease = text.split("+")[0].partition("-")
    major, minor, patch = map(int, core.split("."))
    fields = tuple(prerelease.split(".")) if prerelease else ()
    if any(not f or (f.isdigit() and f != "0" and f[0] == "0") for f in fields):
        raise BadArgument(parameter, f"has an empty field or a leading zero: '{text[:60]}'")
    return Version((major, minor, patch), fields)


def _release(*examples: str) -> Text:
    return Text(
        "A release number of three fields.",
        examples=examples,
        pattern=SHAPE,
        pattern_words="a version such as 1.4.2 or 2.0.0-rc.1",
        max_length=60,
    )


Release = Annotated[str, _release("1.4.2", "2.0.0-rc.1", "0.9.12")]


@tool.get("/order", "Compare Versions")
def compare_versions(first: Release, second: Annotated[str, _release("1.10.0", "2.0.0", "0.9.12")]) -> Answer:
    """Which of two releases is the later one, and in which field they begin to differ."""
    one, other = _version("first", first), _version("second", second)
    names = ("major", "minor", "patch")
    field = next((n for n, a, b in zip(names, one.core, other.core, strict=True) if a != b), "prerelease")
    if not one < other and not other < one:
        return {"later": "equal", "differ_in": None}
    return {"later": first if other < one else second, "differ_in": field}


@tool.post("/sorted", "Sort Versions")
def sort_versions(
    versions: Annotated[
        str,
        Text(
            "Up to 100 release numbers, one a line.",
            examples=("1.0.0\n1.0.0-rc.1\n1.0.0-beta.11\n1.0.0-beta.2",),
            max_length=4000,
        ),
    ],
) -> Answer:
    """Releases in the order they came out, and the newest that is not a preview."""
    lines = [line.strip() for line in versions.splitlines() if line.strip()]
    if not 1 <= len(lines) <= 100:
        raise BadArgument("versions", "must be 1 to 100 lines")
    ordered = sorted(_version("versions", line) for line in lines)
    final = [version for version in ordered if not version.prerelease]
    return {"sorted": [str(version) for version in ordered], "newest": str(final[-1]) if final else None}


@tool.get("/next", "Next Version")
def next_version(
    version: Release,
    change: Annotated[
        str,
        Choice(
            "Breaking: major; new feature: minor; mended: patch.",
            members=("major", "minor", "patch"),
            example="minor",
        ),
    ],
) -> Answer:
    """What the following release is called, depending on what changed; a preview becomes final first."""
    now = _version("version", version)
    major, minor, patch = now.core
    raised = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    reached = {"major": minor == patch == 0, "minor": patch == 0, "patch": True}
    core = now.core if now.prerelease and reached[change] else raised[change]
    return {"next": ".".join(map(str, core))}


@tool.get("/ranges", "Version Range")
def version_range(
    requirement: Annotated[
        str,
        Text(
            "^ keeps the first non-zero field, ~ the first two.",
            examples=("^1.4.2", "~0.9.12", "^0.3.1"),
            pattern="[~^](0|[1-9][0-9]{0,8})(\\.(0|[1-9][0-9]{0,8})){2}",
            pattern_words="^ or ~ and a version such as ^1.4.2",
        ),
    ],
    version: Release,
) -> Answer:
    """Borders of a caret or tilde range in a dependency list, and whether a release lies between them."""
    low = _version("requirement", requirement[1:])
    major, minor, patch = low.core
    if requirement[0] == "~" or (major == 0 and minor > 0):
        high = (major, minor + 1, 0)
    elif major == 0:
        high = (0, 0, patch + 1)
    else:
        high = (major + 1, 0, 0)
    asked = _version("version", version)
    admitted = not asked.prerelease and low.core <= asked.core < high
    return {"from": str(low), "below": ".".join(map(str, high)), "admitted": admitted}
