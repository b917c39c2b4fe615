"""The catalogue as instruction writing reads it: what can be combined, and documents of the APIs drawn."""

from collections.abc import Sequence

from tasks import tables
from tasks.errors import ConfigurationError
from tasks.instructions.combinations import Shelf, shelf_of
from tasks.records import Api, Collection
from tasks.storage.table import Table


class Catalogue:
    """A finished crawl."""

    def __init__(self, address: str):
        """Read it.

        Raises:
            ConfigurationError: there is none, it is not finished, or it is something else.
        """
        table = Table.open(address)
        if table.manifest.stage != "crawl":
            raise ConfigurationError(
                f"{address} holds the output of '{table.manifest.stage}', not a catalogue; give what crawl "
                "wrote"
            )
        self._apis = table.read(Api, "apis").combine_chunks()  # single rows are taken from it
        named = self._apis.select(["api_id", "tool_id", "category"]).to_pylist()
        self._rows = {row["api_id"]: place for place, row in enumerate(named)}
        collections = table.records(Collection, "collections")
        self.shelf: Shelf = shelf_of(
            [(row["api_id"], row["tool_id"], row["category"]) for row in named],
            {each.collection_id: each.tool_ids for each in collections},
        )

    def documents(self, api_ids: Sequence[str]) -> list[Api]:
        """The records of some APIs, in the order asked for."""
        return tables.from_table(Api, self._apis.take([self._rows[api_id] for api_id in api_ids]))

    def names(self) -> dict[str, str]:
        """Name of every API, by id."""
        columns = self._apis.select(["api_id", "name"]).to_pydict()
        return dict(zip(columns["api_id"], columns["name"], strict=True))
