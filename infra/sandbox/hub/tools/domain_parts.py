"""Domain Parts: who owns which part of a host name."""

from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.sources.domains import parts_of
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import domain_name

tool = Tool(
    name="Domain Parts",
    category="Networking",
    description="Cuts host names where their owner's part begins, which no count of dots can tell, and moves"
    " names with foreign letters to DNS spelling and back.",
    packages=("publicsuffixlist", "idna"),
    data_vintage="Public Suffix List of October 2026.",
    licence="MPL-2.0 (Public Suffix List); BSD-3-Clause (idna)",
    collections=("network-operations", "account-safety"),
)

HostName = Annotated[str, domain_name("www.shop.example.co.uk", "maps.google.com", "foo.github.io")]


@tool.get("/parts", "Split Domain")
def split_domain(domain: HostName) -> Answer:
    """Subdomain, registered name and public ending of a host, for example to count visitors by owner."""
    parts = parts_of(domain)
    return {
        "subdomain": parts.subdomain or None,
        "registrable": parts.registrable or None,
        "suffix": parts.suffix,
        "labels": domain.strip(".").count(".") + 1,
    }


@tool.get("/suffixes", "Public Suffix")
def public_suffix(domain: HostName) -> Answer:
    """The ending under which anybody can register, such as com.br, and its country where it is one's own."""
    suffix = parts_of(domain).suffix
    top = suffix.rsplit(".", 1)[-1]
    return {"suffix": suffix, "top_level": top, "is_country_ending": len(top) == 2}


@tool.get("/owners", "Same Owner")
def same_owner(
    first: HostName,
    second: Annotated[str, domain_name("img.example.co.uk", "mail.google.com", "bar.github.io")],
) -> Answer:
    """Whether two hosts share one registration, as browsers decide about cookies; with both registrations."""
    one, other = parts_of(first).registrable, parts_of(second).registrable
    return {"same": bool(one) and one == other, "first": one or None, "second": other or None}


@tool.get("/ascii", "To Punycode")
def to_punycode(
    domain: Annotated[
        str,
        Text("Name in its own letters.", examples=("bücher.example", "españa.es", "例え.jp"), max_length=100),
    ],
) -> Answer:
    """The spelling of an internationalised name that DNS servers understand, each label beginning xn--."""
    import idna

    try:
        return {"ascii": idna.encode(domain.lower(), uts46=True).decode()}
    except (idna.IDNAError, UnicodeError) as error:
        raise BadArgument("domain", "is no name that can be registered") from error


@tool.get("/unicode", "From Punycode")
def from_punycode(
    domain: Annotated[str, domain_name("xn--bcher-kva.example", "xn--espaa-rta.es")],
) -> Answer:
    """What a reader sees in the place of labels that begin xn--."""
    import idna

    try:
        return {"unicode": idna.decode(domain.lower())}
    except (idna.IDNAError, UnicodeError) as error:
        raise BadArgument("domain", "is no name that can be registered") from error
