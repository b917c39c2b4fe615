"""User Agent Parser: what browsers say of themselves."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="User Agent Parser",
    category="Devices",
    description="Makes sense of the long line that browsers, phones and crawlers send along with each request"
    " in web server logs.",
    packages=("ua-parser",),
    data_vintage="uap-core patterns of late 2026.",
    licence="Apache-2.0",
    collections=("account-safety", "network-operations", "developer-bench"),
)

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.2 Mobile/15E148 Safari/604.1"
)
# Some of the patterns backtrack: the length is what keeps them quick.
Line = Annotated[str, Text("The User-Agent header.", examples=(IPHONE,), max_length=400)]


def _version(*parts: str | None) -> str | None:
    return ".".join(part for part in parts if part) or None


@tool.post("/browsers", "Browser")
def browser(user_agent: Line) -> Answer:
    """Which program asked for a page, for example Firefox or a search engine's crawler, and its version."""
    from ua_parser import parse

    found = parse(user_agent).user_agent
    if found is None:
        raise NotFound("no browser is recognised in this line")
    return {
        "family": found.family,
        "major": found.major,
        "version": _version(found.major, found.minor, found.patch),
    }


@tool.post("/systems", "Operating System")
def operating_system(user_agent: Line) -> Answer:
    """What the visitor's machine runs under, such as Android or Windows, and which release."""
    from ua_parser import parse

    found = parse(user_agent).os
    if found is None:
        raise NotFound("no operating system is recognised in this line")
    return {
        "family": found.family,
        "major": found.major,
        "version": _version(found.major, found.minor, found.patch),
    }


@tool.post("/devices", "Device")
def device(user_agent: Line) -> Answer:
    """Maker and model of the visitor's phone, tablet or robot, where the line gives it away."""
    from ua_parser import parse

    found = parse(user_agent).device
    if found is None:
        raise NotFound("no device is recognised in this line")
    return {"family": found.family, "brand": found.brand, "model": found.model}


@tool.post("/visitors", "Visitor Kind")
def visitor_kind(user_agent: Line) -> Answer:
    """Whether a phone, tablet, desktop or robot came by, with a short sentence for a log report."""
    from ua_parser import parse

    found = parse(user_agent)
    family = found.device.family if found.device else ""
    if family == "Spider":
        kind = "robot"
    elif family in ("iPad", "Kindle") or "Tablet" in user_agent or "Tab" in family.split():
        kind = "tablet"
    elif "Mobi" in user_agent or family == "iPhone":
        kind = "phone"
    else:
        kind = "desktop"
    program = found.user_agent.family if found.user_agent else "an unknown program"
    system = found.os.family if found.os else "an unknown system"
    return {"kind": kind, "summary": f"{program} on {system}"}
