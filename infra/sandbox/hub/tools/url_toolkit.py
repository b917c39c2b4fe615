"""URL Toolkit: web addresses, taken apart and put together."""

from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode, urljoin, urlsplit, urlunsplit

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="URL Toolkit",
    category="Networking",
    description="For links: their pieces, relative ones resolved, letters escaped for a query, tracking marks"
    " removed, and two spellings of one target made equal.",
    data_vintage="RFC 3986.",
    licence="Apache-2.0",
    collections=("network-operations", "developer-bench", "writing-desk"),
)

DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}
TRACKING_PREFIXES = ("utm_", "mc_")
TRACKING_NAMES = frozenset({"fbclid", "gclid", "msclkid", "igshid", "yclid"})

SHOP = "https://shop.example.org:8443/find/red%20shoes?size=42&utm_source=mail#top"
Link = Annotated[str, Text("A web address with its scheme.", examples=(SHOP,), max_length=1000)]


def _split(parameter: str, url: str) -> tuple[str, str, int | None, str, str, str]:
    """Return scheme, host, port, path, query and fragment; raises `BadArgument`."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise BadArgument(parameter, "is no web address") from error
    if not parts.scheme or not parts.hostname:
        raise BadArgument(parameter, "must have a scheme and a host, as in https://example.org/")
    return parts.scheme, parts.hostname, port, parts.path, parts.query, parts.fragment


def _place(host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def _without_dots(path: str) -> str:
    """Return an absolute path without its ``.`` and ``..``, as RFC 3986 removes them (section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


@tool.post("/pieces", "Split URL")
def split_url(url: Link) -> Answer:
    """Scheme, host, port, path, question part and anchor of a link, each by itself."""
    scheme, host, port, path, query, fragment = _split("url", url)
    return {
        "scheme": scheme,
        "host": host,
        "port": port or DEFAULT_PORTS.get(scheme),
        "path": path,
        "arguments": [{"name": name, "value": value} for name, value in _pairs(query)],
        "fragment": fragment or None,
    }


@tool.post("/resolved", "Resolve Link")
def resolve_link(
    base: Annotated[str, Text("Address of the page.", examples=("http://a/b/c/d;p?q",), max_length=1000)],
    link: Annotated[str, Text("Link on that page.", examples=("../g",), max_length=1000)],
) -> Answer:
    """Where a relative reference on a page leads, as a browser works it out."""
    _split("base", base)
    try:
        return {"url": urljoin(base, link)}
    except ValueError as error:
        raise BadArgument("link", "is no reference") from error


@tool.post("/clean", "Remove Tracking")
def remove_tracking(url: Link) -> Answer:
    """A link without the marks that newsletters and adverts add to follow readers, and which those were."""
    scheme, host, port, path, query, fragment = _split("url", url)
    kept, dropped = [], []
    for name, value in _pairs(query):
        tracks = name.startswith(TRACKING_PREFIXES) or name in TRACKING_NAMES
        dropped.append(name) if tracks else kept.append((name, value))
    place = _place(host, port)
    return {"url": urlunsplit((scheme, place, path, urlencode(kept), fragment)), "removed": dropped}


@tool.post("/escaped", "Percent Encode")
def percent_encode(
    text: Annotated[
        str, Text("What to put into a link.", examples=("50% off & more: café",), max_length=1000)
    ],
) -> Answer:
    """Text made safe for the question part of a link: blanks, umlauts and signs as percent codes."""
    return {"encoded": quote(text, safe="")}


@tool.post("/unescaped", "Percent Decode")
def percent_decode(
    encoded: Annotated[
        str, Text("Part of a link.", examples=("50%25%20off+%26%20more%3A%20caf%C3%A9",), max_length=2000)
    ],
) -> Answer:
    """What percent codes and plus signs in a link stand for."""
    return {"text": unquote_plus(encoded)}


@tool.post("/canonical", "Normalise URL")
def normalise_url(url: Link) -> Answer:
    """One spelling for links that mean the same: case, default port, dots, order of arguments, no anchor."""
    scheme, host, port, path, query, _ = _split("url", url)
    place = _place(host, None if port == DEFAULT_PORTS.get(scheme) else port)
    return {"url": urlunsplit((scheme, place, _without_dots(path), urlencode(sorted(_pairs(query))), ""))}
