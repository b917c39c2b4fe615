"""`foundry sweep ADDRESS`: garbage of a table, shown and with `--remove` removed."""

from dataclasses import asdict
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from flows.terminal import console
from tasks.storage.sweep import SAFE_AGE_S, sweep

app = App(help="Show what killed and losing workers left in a table; --remove removes it.")


@app.default
def sweep_table(
    address: str,
    *,
    remove: Annotated[
        bool, Parameter(negative="", help="Remove it, instead of only saying what it is")
    ] = False,
    older_than_h: Annotated[
        float,
        Parameter(help="Youngest that counts as garbage [hours]; what is younger may still be committed"),
    ] = SAFE_AGE_S / 3600,
    json: Annotated[bool, Parameter(negative="", help="One line of JSON on stdout")] = False,
) -> None:
    """Show what killed and losing workers left in a table, and remove it if so told."""
    swept = sweep(address, remove, older_than_h * 3600)
    act = "removed" if remove else "would remove"
    console.print(
        f"{act} {swept.objects} objects ({swept.size / 1e6:.1f} MB) and {swept.unfinished} unfinished writes;"
        f" {swept.young} objects are too young to tell",
        highlight=False,
        soft_wrap=True,
    )
    if json:
        print(orjson.dumps({"removed": remove, **asdict(swept)}).decode())
