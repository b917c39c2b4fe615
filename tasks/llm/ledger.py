"""The ledger: money is reserved before it is spent, over every cap that binds, in one transaction.

`FOUNDRY_LEDGER` says where: a sqlite file for all processes of a host (`.foundry/ledger.sqlite` by default),
or `postgresql://USER@HOST/DATABASE` for many hosts. With a password it may lie in a file, as keys may:
`FOUNDRY_LEDGER_FILE` names it.
"""

import math
import os
import threading
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError
from tasks.llm.accounts import EVERY_DAY
from tasks.llm.accounts import NANO as NANO
from tasks.llm.books import HIGHEST_CAP_TOKENS, HIGHEST_CAP_USD
from tasks.llm.books import Ledger as Ledger
from tasks.llm.stores.postgres import is_postgres
from tasks.storage.keys import key_of
from tasks.storage.state import state_folder

_open: dict[str, Ledger] = {}
_opening = threading.Lock()


def ledger_place(named: str = "") -> Path | str:
    """Where a name or else `FOUNDRY_LEDGER` says: a file, or the address of a Postgres database.

    Raises:
        ConfigurationError: it names a server of another kind, or a file that cannot be read.
    """
    place = named or key_of("FOUNDRY_LEDGER") or str(state_folder() / "ledger.sqlite")
    if is_postgres(place):
        return place
    if "://" in place:
        raise ConfigurationError(
            f"FOUNDRY_LEDGER={place.partition('://')[0]}://... is no ledger; name a local sqlite file or "
            "postgresql://USER@HOST:PORT/DATABASE"
        )
    return Path(place).absolute()


def open_ledger() -> Ledger:
    """This process's ledger, where `FOUNDRY_LEDGER` says.

    Raises:
        ConfigurationError: it names something else than a ledger.
    """
    place = ledger_place()
    key = f"{os.getpid()}:{place}"
    with _opening:
        if key not in _open or _open[key].closed:
            _open[key] = Ledger(place)
        return _open[key]


def caps_of(
    ledger: Ledger, run: str, stage: str, budget_usd: float | None, budget_tokens: int | None = None
) -> None:
    """Write down the caps a run was started with, and whose it is.

    Its stage's caps are given; every day's come from `FOUNDRY_DAY_CAP_USD` and `FOUNDRY_DAY_CAP_TOKENS`, team
    and project from `FOUNDRY_TEAM` and `FOUNDRY_PROJECT`.

    Raises:
        ConfigurationError: one of them is no sum of money, or no number of tokens.
    """
    day_usd = day_cap_usd()
    day_tokens = _from_shell("FOUNDRY_DAY_CAP_TOKENS", "whole number of tokens", HIGHEST_CAP_TOKENS)
    if day_usd is not None:
        ledger.set_cap(EVERY_DAY, day_usd)
    if day_tokens is not None:
        ledger.set_token_cap(EVERY_DAY, int(day_tokens))
    scope = f"run:{run}/{stage}"
    if budget_usd is not None:
        ledger.set_cap(scope, budget_usd)
    if budget_tokens is not None:
        ledger.set_token_cap(scope, budget_tokens)
    team, project = os.environ.get("FOUNDRY_TEAM", ""), os.environ.get("FOUNDRY_PROJECT", "")
    if team or project:
        ledger.set_owner(run, team, project)


def day_cap_usd() -> float | None:
    """Every day's cap as the shell gives it [USD]; None: the ledger's stands.

    Raises:
        ConfigurationError: it is no sum of money.
    """
    return _from_shell("FOUNDRY_DAY_CAP_USD", "number of USD", HIGHEST_CAP_USD)


def _from_shell(name: str, wanted: str, highest: int) -> float | None:
    said = os.environ.get(name)
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = math.nan
    if not 0 <= found <= highest or (wanted.startswith("whole") and not found.is_integer()):
        raise ConfigurationError(f"{name} must be a {wanted}, not '{said}'")
    return found


def summary(ledger: Ledger, run: str) -> list[dict[str, Any]]:
    """Spend of a run by stage and model, for artifacts and reports."""
    names = ("stage", "model", "calls", "repeated", "lost", "uncached", "cached", "cache_write", "output")
    return [
        {**dict(zip(names, row[:-1], strict=True)), "cost_usd": row[-1] / NANO}
        for row in ledger.by_model(run)
    ]
