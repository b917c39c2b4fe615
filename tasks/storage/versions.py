"""Tables below a root, and which of them are versions of one another."""

from collections.abc import Iterable

from tasks.errors import ConfigurationError
from tasks.storage.addresses import TABLE_KEY, family_of, is_s3, join, next_version, normalise
from tasks.storage.store import store_of
from tasks.storage.table import Table


def tables_below(root: str) -> list[Table]:
    """Every table that lies below a root, by address.

    Raises:
        ConfigurationError: there is none.
        AddressError: one of them is damaged.
    """
    root = normalise(root)
    places = _places(sorted(store_of(root).keys(""), key=lambda key: (key.count("/"), key)))
    if not places:
        raise ConfigurationError(f"no table lies below {root}; give --root, or the addresses of tables")
    return [Table.open(join(root, place) if place else root) for place in sorted(places)]


def with_inputs(tables: Iterable[Table]) -> list[Table]:
    """Tables and all they were made from that is still there; inputs stand before what was made of them."""
    ordered: dict[str, Table] = {}

    def visit(table: Table, below: frozenset[str]) -> None:
        if table.address in ordered or table.address in below:
            return
        for place in input_addresses(table):
            if place in ordered or Table.exists(place):
                visit(Table.open(place), below | {table.address})
        ordered[table.address] = table

    for table in tables:
        visit(table, frozenset())
    return list(ordered.values())


def input_addresses(table: Table) -> list[str]:
    """Addresses of inputs that may be tables; marketplaces are left out."""
    places = table.manifest.inputs.values()
    return [normalise(place) for place in places if is_s3(place) or "://" not in place]


def versions_of(address: str) -> list[Table]:
    """The tables of an address's family, oldest first, whether or not it holds one; no others are read.

    Raises:
        AddressError: one of them is damaged.
    """
    address = normalise(address)
    head = address.rpartition("/")[0]
    if head == "s3:/":  # a whole bucket has no versions beside it
        return [Table.open(address)] if Table.exists(address) else []
    families = {family_of(address)[0], family_of(next_version(address))[0]}
    places = [join(head, name) for name in store_of(head or "/").folders()]
    ours = [place for place in places if family_of(place)[0] in families and Table.exists(place)]
    return [Table.open(place) for place in sorted(ours, key=lambda place: family_of(place)[1])]


def newest_versions(tables: Iterable[Table]) -> list[Table]:
    """Of tables that differ in the closing number of their address only, the one with the highest."""
    newest: dict[str, tuple[int, Table]] = {}
    for table in tables:
        family, number = family_of(table.address)
        if family not in newest or newest[family][0] < number:
            newest[family] = (number, table)
    return [table for _, table in newest.values()]


def _places(keys: Iterable[str]) -> list[str]:
    """Where the manifests among keys lie; a model's folder inside a table may hold a file of that name."""
    found: list[str] = []
    for key in keys:
        place = key.removesuffix(TABLE_KEY).rstrip("/")
        if key.split("/")[-1] == TABLE_KEY and not any(_inside(place, table) for table in found):
            found.append(place)
    return found


def _inside(place: str, table: str) -> bool:
    return place.startswith(f"{table}/data/" if table else "data/")
