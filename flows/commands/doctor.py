"""`foundry doctor`: what is wrong with ports, keys, S3, prices, browser and GPU, one line each."""

from dataclasses import asdict
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from flows.terminal import console

app = App(help="Say in one line each what is wrong with ports, keys, S3, prices, browser and GPU.")
_SHOWN = {"ok": "[green]ok    [/green]", "absent": "--    ", "wrong": "[red]wrong [/red]"}


@app.default
def doctor(
    *,
    json: Annotated[bool, Parameter(negative="", help="The findings as one line of JSON on stdout")] = False,
) -> None:
    """Say in one line each what is wrong with ports, keys, S3, prices, browser and GPU; 1 if anything is."""
    from infra.local.doctor import examine

    findings = examine()
    for each in findings:
        console.print(f"{_SHOWN[each.state]} {each.what:<8} ", end="", highlight=False)
        console.print(each.said, highlight=False, markup=False, soft_wrap=True)
    if json:
        print(orjson.dumps([asdict(each) for each in findings]).decode())
    if any(each.state == "wrong" for each in findings):
        raise SystemExit(1)
