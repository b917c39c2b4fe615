"""The door of `foundry`: each stage in this process, without a Prefect server.

A stage's `Parameters` model gives the options, so the command line and the Prefect form never differ.
`--json` prints the report as one line on stdout; all else goes to stderr. Exit code 0 only when the work is
done; a mistake of the user is one sentence and exit code 2.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Parameter
from pydantic import ValidationError

from tasks.errors import FactoryError

STAGES = {
    "crawl": "tasks.catalog.stage",
    "instruct": "tasks.instructions.stage",
    "annotate": "tasks.annotation.stage",
    "assemble": "tasks.training.assemble",
    "train-retriever": "tasks.retrieval.stage",
    "finetune": "tasks.training.finetune",
    "tooleval": "tasks.evaluation.stage",
}
"""Command to the module of its stage, in the order of the journey."""

OTHERS = {
    "factory": "flows.commands.factory",
    "show": "flows.commands.show",
    "diff": "flows.commands.diff",
    "retire": "flows.commands.retire",
    "check": "flows.commands.check",
    "analyse": "flows.commands.analyse",
    "export": "flows.commands.export",
    "spend": "flows.commands.spend",
    "serve": "flows.commands.serve",
    "deploy": "flows.commands.deploy",
    "sweep": "flows.commands.sweep",
    "doctor": "flows.commands.doctor",
}

Json = Annotated[bool, Parameter(negative="", help="Print the report as one line of JSON on stdout")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command line and exit with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        door(words[:1])(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        fail(_usage_mistake(error))
    except FactoryError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("stopped; finished work stays, run the same command again to continue", code=130)


def door(first: Sequence[str] = ()) -> App:
    """The command line; only the named command's stage is imported, all of them for `--help`."""
    app = App(
        name="foundry",
        help="From a marketplace of APIs to a model that uses tools. Each command runs one stage in this "
        "process; run it again to continue what was interrupted.",
        version=lambda: version("toolfoundry"),
        version_flags=["--version"],
        suppress_keyboard_interrupt=False,
    )
    names = [name for name in first if name in STAGES or name in OTHERS] or [*STAGES, *OTHERS]
    for place, name in enumerate(names):
        if name in STAGES:
            command = _stage_command(importlib.import_module(STAGES[name]))
            app.command(command, name=name, sort_key=place)
        else:
            group = importlib.import_module(OTHERS[name]).app
            group.sort_key = place
            app.command(group, name=name)
    return app


def fail(sentence: str, code: int = 2) -> None:
    """Say one sentence on stderr and exit."""
    print(f"foundry: {sentence}", file=sys.stderr)
    raise SystemExit(code)


def _stage_command(stage: Any) -> Callable[..., None]:
    def command(*, parameters: Any, json: Json = False) -> None:
        from flows.terminal import TerminalProgress, print_report
        from flows.watched import run_watched

        if getattr(parameters, "dry_run", False):
            _dry_run(parameters, json)
            return
        with TerminalProgress() as progress:
            report = run_watched(stage, parameters, progress)
        print_report(report)
        if json:
            print(report.to_json())

    command.__annotations__["parameters"] = Annotated[stage.Parameters, Parameter(name="*")]
    command.__doc__ = stage.Parameters.__doc__
    return command


def _dry_run(parameters: Any, json: bool) -> None:
    from flows.forecasts import print_forecast
    from flows.terminal import TerminalProgress, console
    from tasks.annotation.forecast.dry_run import forecast  # numpy takes a while, paid by who forecasts

    with TerminalProgress() as progress:
        made = forecast(parameters, progress)
    print_forecast(made, console)
    if json:
        print(made.to_json())


def _usage_mistake(error: CycloptsError) -> str:
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        return "; ".join(
            f"--{'-'.join(map(str, each['loc'])).replace('_', '-')}: {each['msg']}" for each in cause.errors()
        )
    return " ".join(str(error).split()) + " (see --help)"


if __name__ == "__main__":
    main()
