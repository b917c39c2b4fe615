"""What a journey starts from that was made before: versions to carry over from, the crawl to go on with.

`--since ADDRESS` names a table of an earlier journey, its samples as a rule: it and the versions that it was
made of are carried over from. `latest` is the newest finished samples of the same marketplace below the root,
of the journey's own making where others write there too; where there are none yet, it begins from nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tasks.catalog.sources.hub import hub_location
from tasks.errors import ConfigurationError
from tasks.storage.addresses import join, normalise
from tasks.storage.addresses import root as default_root
from tasks.storage.table import Table
from tasks.storage.versions import versions_of, with_inputs

LATEST = "latest"
CARRYING = ("crawl", "instruct", "annotate", "assemble")
"""Stages that take an earlier version."""


@dataclass(frozen=True, slots=True)
class Market:
    """A marketplace, and the root below which journeys write what they make of it."""

    source: str
    """Kind of marketplace."""
    location: str
    root: str = ""
    """Empty: `FOUNDRY_ROOT`."""

    def versions(self, folder: str) -> list[Table]:
        """What journeys have written to one folder, oldest first; tables of other names there are not theirs.

        Raises:
            AddressError: a table is damaged.
        """
        return versions_of(join(normalise(self.root or default_root()), folder, "v1"))

    def catalogues(self) -> list[Table]:
        """Those of this marketplace, oldest first."""
        return [table for table in self.versions("catalog") if self.is_of(table)]

    def samples(self) -> Iterator[tuple[Table, Table]]:
        """Finished samples that were made of this marketplace, with their catalogue; the newest first."""
        for table in reversed(self.versions("samples")):
            catalogue = _catalogue_of(table)
            if catalogue is not None and self.is_of(catalogue) and not table.unfinished():
                yield table, catalogue

    def is_of(self, catalogue: Table) -> bool:
        """Whether a catalogue was crawled there.

        Raises:
            ConfigurationError: the location is none.
        """
        place = hub_location(self.location) if self.source == "hub" else normalise(self.location)
        told = catalogue.manifest.parameters
        return (told.get("source"), told.get("location")) == (self.source, place)


@dataclass(frozen=True, slots=True)
class Making:
    """How a journey makes its rows: which of several samples below one root it can go on from."""

    alike: Mapping[str, Mapping[str, Any]]
    """Stage to those of its parameters that must have been the same."""
    groups: str
    count: int
    """Instructions of a group; a list may grow, not shrink."""

    def fit(self, samples: Table) -> int:
        """2: the same list, made alike; 1: another that can become it; 0: one that is refused."""
        told = {each.manifest.stage: each.manifest.parameters for each in with_inputs([samples])}
        alike = all(
            told.get(stage, {}).get(name, value) == value
            for stage, values in self.alike.items()
            for name, value in values.items()
        )
        listed = told.get("instruct", {})
        count, groups = listed.get("count", self.count), listed.get("groups", self.groups)
        if not alike or count > self.count:
            return 0
        return 2 if (count, groups) == (self.count, self.groups) else 1


def resolved(since: str, market: Market, making: Making | None = None) -> str:
    """The address that is meant; empty where there is nothing to carry over from.

    Journeys with other settings may write below the same root. Where none of the samples fit, it is the
    newest all the same: the stage that refuses them says what differs, while to begin from nothing would pay
    for everything again.

    Args:
        since: what was asked for.
        market: of which samples.
        making: what they must fit; None: any do.

    Raises:
        ConfigurationError: `latest` is asked for, and all samples there are of other marketplaces. To begin
            from nothing would pay for everything again where the marketplace has only moved.
    """
    if since != LATEST:
        return normalise(since) if since else ""
    best = _best(market, making)
    if best is not None:
        return best.address
    if any(not table.unfinished() for table in market.versions("samples")):
        raise ConfigurationError(
            f"no samples below {market.root or default_root()} were made of {market.location}; leave out "
            "--since to begin from nothing, or give the address of samples if the marketplace has moved"
        )
    return ""


def _best(market: Market, making: Making | None) -> Table | None:
    """The newest of those samples that fit best."""
    best, best_fit = None, -1
    for table, _ in market.samples():
        fit = making.fit(table) if making is not None else 2
        if fit > best_fit:
            best, best_fit = table, fit
        if fit == 2:
            break
    return best


def versions_behind(since: str) -> dict[str, str]:
    """Verb to the earlier version of its table; empty for an empty address.

    Raises:
        ConfigurationError: the address does not lead back to instructions.
    """
    if not since:
        return {}
    behind = {table.manifest.stage: table.address for table in with_inputs([Table.open(since)])}
    if "instruct" not in behind:
        raise ConfigurationError(
            f"--since {since} leads back to no instructions; give the address of an earlier journey's "
            f"samples, or '{LATEST}'"
        )
    return {verb: behind[verb] for verb in CARRYING if verb in behind}


def edition_at(moment: str, market: Market) -> str:
    """Which crawl a journey that carries over begins with: its edition, empty for one that has none.

    By hand it is the newest crawl. A schedule crawls anew, under the name of when it was due; but where no
    samples were made of the newest crawl yet it goes on with that one: what was paid for it would be lost.
    A crawl without a name is gone on with only where no older one is without: the oldest would be taken up.

    Args:
        moment: when the schedule wanted the journey; empty: a person started it.
        market: whose crawls.
    """
    known = market.catalogues()
    if not known:
        return moment
    *older, newest = known
    name = _edition_of(newest)
    if not moment:
        return name
    used = any(catalogue.address == newest.address for _, catalogue in market.samples())
    confused = not name and any(not _edition_of(table) for table in older)
    return moment if used or confused else name


def _edition_of(catalogue: Table) -> str:
    return str(catalogue.manifest.decides.get("edition") or "")


def _catalogue_of(table: Table) -> Table | None:
    """The catalogue that a table was made of; None where there is none any more."""
    return next((each for each in with_inputs([table]) if each.manifest.stage == "crawl"), None)
