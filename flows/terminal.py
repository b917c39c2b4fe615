"""What a person sees of a stage in a terminal: a bar while it runs, a table when it is done.

All on stderr.
"""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from tasks.storage.stage import Report

console = Console(stderr=True)


class TerminalProgress:
    """One bar for each kind of work that is shown; meets `tasks.storage.stage.Progress`."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = RichProgress(*columns, console=console)
        self._known: dict[str, TaskID] = {}

    def show(self, what: str, done: int, total: int) -> None:
        """Move the bar of `what`."""
        if what not in self._known:
            self._bars.start()  # with the first bar, so that a mistake found while planning stands alone
            self._known[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._known[what], completed=done, total=total)

    def __enter__(self) -> "TerminalProgress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._known:
            self._bars.stop()


def print_report(report: Report) -> None:
    """One stage's report as a small table, its notes below."""
    table = Table(title=f"{report.stage}: {report.address}", title_justify="left", show_header=False)
    for member, rows in report.rows.items():
        table.add_row(member, f"{rows:,} rows")
    for reason, rows in report.rejected.items():
        table.add_row(f"  rejected: {reason}", f"{rows:,}")
    for name, value in report.figures.items():
        table.add_row(name.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else str(value))
    table.add_row("shards", str(report.shards))
    table.add_row("spent", f"{report.cost_usd:.4f} USD")
    table.add_row("worked", f"{report.working_s:.1f} s")
    console.print(table)
    for note in report.notes:
        console.print(f"note: {note}", highlight=False)
