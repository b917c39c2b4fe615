"""Network Calculator: blocks of internet addresses, cut and joined."""

import ipaddress
from typing import Annotated

from infra.sandbox.hub.errors import BadArgument
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Network Calculator",
    category="Networking",
    description="Planning of address blocks, IPv4 and IPv6: size and borders of a subnet, how to cut or merge"
    " them, what kind of host a number is.",
    data_vintage="RFC 4632, 1918, 5952 and the IANA special-purpose registries, as in Python 3.11.",
    licence="Apache-2.0",
    collections=("network-operations", "developer-bench"),
)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_SUBNETS = 256

Block = Annotated[
    str,
    Text(
        "Address block in CIDR notation; host bits are ignored.",
        examples=("10.20.30.0/22", "192.168.1.17/26", "2001:db8::/48"),
        pattern="[0-9A-Fa-f.:]{2,45}/[0-9]{1,3}",
        pattern_words="a block such as 10.20.30.0/22",
    ),
]


def _address(*examples: str) -> Text:
    return Text(
        "One internet address, version 4 or 6.",
        examples=examples,
        pattern="[0-9A-Fa-f.:]{2,45}",
        pattern_words="an address such as 192.168.1.17",
    )


def _network(parameter: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise BadArgument(parameter, f"is no address block: '{text}'") from error


def _host(parameter: str, text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise BadArgument(parameter, f"is no internet address: '{text}'") from error


def _count(number: int) -> int | str:
    """Return a size as a number where JSON readers keep it exact, else as digits."""
    return number if number < 2**53 else str(number)


@tool.get("/blocks", "Subnet Info")
def subnet_info(cidr: Block) -> Answer:
    """Borders, mask and number of addresses of a block, and the first and last that hosts can have."""
    network = _network("cidr", cidr)
    plain = network.version == 4 and network.prefixlen < 31
    return {
        "network": str(network),
        "first": str(network[0]),
        "last": str(network[-1]),
        "netmask": str(network.netmask),
        "addresses": _count(network.num_addresses),
        "first_host": str(network[1] if plain else network[0]),
        "last_host": str(network[-2] if plain else network[-1]),
        "usable_hosts": _count(network.num_addresses - 2 if plain else network.num_addresses),
    }


@tool.get("/pieces", "Split Subnet")
def split_subnet(
    cidr: Block,
    new_prefix: Annotated[int, Integer("Prefix length of the pieces.", minimum=1, maximum=128, example=24)],
) -> Answer:
    """A block cut into equal smaller ones, in order; at most 256 pieces."""
    network = _network("cidr", cidr)
    if not network.prefixlen <= new_prefix <= network.max_prefixlen:
        raise BadArgument("new_prefix", f"must lie between {network.prefixlen} and {network.max_prefixlen}")
    if 2 ** (new_prefix - network.prefixlen) > MOST_SUBNETS:
        raise BadArgument("new_prefix", f"would cut it into more than {MOST_SUBNETS} pieces")
    pieces = [str(piece) for piece in network.subnets(new_prefix=new_prefix)]
    return {"count": len(pieces), "subnets": pieces}


@tool.get("/spans", "Range To Blocks")
def range_to_blocks(
    first: Annotated[str, _address("10.0.0.5", "192.168.1.0")],
    last: Annotated[str, _address("10.0.0.20", "192.168.1.191")],
) -> Answer:
    """The fewest blocks that cover every address from one to another and nothing else."""
    start, end = _host("first", first), _host("last", last)
    if start.version != end.version or int(start) > int(end):
        raise BadArgument("last", "must be of the same version as 'first' and not before it")
    found = [str(block) for block in ipaddress.summarize_address_range(start, end)]
    return {"count": len(found), "blocks": found}


@tool.get("/sizes/{hosts}", "Block For Hosts")
def block_for_hosts(
    hosts: Annotated[int, Integer("Machines to number.", minimum=1, maximum=16_000_000, example=500)],
) -> Answer:
    """The smallest version 4 subnet with room for so many machines, and how much of it stays free."""
    bits = max(2, (hosts + 1).bit_length())
    return {
        "prefix": 32 - bits,
        "netmask": str(ipaddress.ip_network(f"0.0.0.0/{32 - bits}").netmask),
        "usable_hosts": 2**bits - 2,
        "free": 2**bits - 2 - hosts,
    }


@tool.get("/hosts", "Address Kind")
def address_kind(address: Annotated[str, _address("192.168.1.17", "2001:db8::1", "8.8.8.8")]) -> Answer:
    """Whether a number is public, private, loopback or otherwise special, and its name for reverse lookup."""
    host = _host("address", address)
    kinds = ("unspecified", "loopback", "link_local", "multicast", "reserved", "private")
    kind = next((kind for kind in kinds if getattr(host, f"is_{kind}")), "public")
    return {
        "version": host.version,
        "kind": kind,
        "compressed": host.compressed,
        "exploded": host.exploded,
        "reverse_name": host.reverse_pointer,
        "integer": str(int(host)),
    }


@tool.get("/membership", "Place In Block")
def place_in_block(address: Annotated[str, _address("10.20.29.17", "192.168.1.17")], cidr: Block) -> Answer:
    """Whether a machine belongs to a block, and at which place after its first address, which is 0."""
    host, network = _host("address", address), _network("cidr", cidr)
    inside = host.version == network.version and host in network
    place = int(host) - int(network.network_address) if inside else None
    return {"inside": inside, "place": place if place is None else _count(place)}


@tool.get("/common", "Common Block")
def common_block(
    first: Block,
    second: Annotated[
        str,
        Text(
            "The other block in CIDR notation.",
            examples=("10.20.40.0/24", "192.168.2.0/24", "2001:db8:1::/48"),
            pattern="[0-9A-Fa-f.:]{2,45}/[0-9]{1,3}",
            pattern_words="a block such as 10.20.40.0/24",
        ),
    ],
) -> Answer:
    """The smallest block that holds two others, for one line in a routing table instead of two."""
    one, other = _network("first", first), _network("second", second)
    if one.version != other.version:
        raise BadArgument("second", "must be of the same version as 'first'")
    wide: Network = one
    while int(wide.network_address) > int(other.network_address) or int(wide[-1]) < int(other[-1]):
        wide = wide.supernet()
    return {"block": str(wide), "addresses": _count(wide.num_addresses)}
