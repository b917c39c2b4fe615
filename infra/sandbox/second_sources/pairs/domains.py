"""Registrable domains: publicsuffixlist against tldextract's own snapshot of the list."""

from collections.abc import Iterator

from infra.sandbox.second_sources.comparison import Pair
from infra.sandbox.second_sources.hub import Hub

TOOL = "domain-parts"
SECOND = "tldextract"
LICENCE = "BSD"

DOMAINS = (
    "www.shop.example.co.uk", "mail.example.com", "a.b.example.com.au", "example.gov.br", "x.example.ne.jp",
    "foo.bar.kobe.jp", "www.city.kobe.jp", "shop.example.de", "news.example.org", "example.ac.nz", "www.ck",
    "b.example.firm.in", "www.example.museum", "test.example.k12.ca.us", "me.example.id.au", "example.io",
    "deep.down.example.edu.pl", "www.example.com.sg", "www.example.bd", "sub.example.ck", "x.example.or.at",
    "example.asso.fr", "office.example.gouv.fr", "a.example.priv.no", "example.oslo.no", "a.example.in",
)  # fmt: skip


def pairs(hub: Hub) -> Iterator[Pair]:
    """The part that somebody registered, for endings of one, two and three labels."""
    from tldextract import TLDExtract

    extract = TLDExtract(suffix_list_urls=(), cache_dir=None)
    for domain in DOMAINS:
        ours = hub.ask(TOOL, "parts", domain=domain).get("registrable")
        yield Pair(domain, ours, extract(domain).top_domain_under_public_suffix or None)
