"""A dry run's forecast, for a terminal."""

from rich.console import Console
from rich.table import Table as Grid

from tasks.annotation.forecast.record import LABELS, MEASURES, Forecast, shown


def print_forecast(forecast: Forecast, console: Console) -> None:
    """What is expected with its interval, whether the cap covers it, and where the pilot came from."""
    level = f"{forecast.level:.0%}"
    grid = Grid(title=f"Dry run: {forecast.address}", title_justify="left")
    for heading in ("", "expected", f"{level} low", f"{level} high"):
        grid.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for measure in MEASURES:
        span = forecast.spans.get(measure)
        if span is not None:
            figures = (shown(measure, value) for value in (span.expected, span.low, span.high))
            grid.add_row(LABELS[measure], *figures)
        elif measure == "hours":
            grid.add_row(LABELS[measure], "not known", "", "")
    console.print(grid)
    for line in said(forecast):
        console.print(line, highlight=False, markup=False)


def said(forecast: Forecast) -> list[str]:
    """The forecast's sentences."""
    left = f"{forecast.instructions:,} instructions are left"
    if forecast.published:
        left += f", {forecast.published:,} are published and not counted"
    if forecast.rejected:
        left += f", {forecast.rejected:,} will be rejected without a call"
    lines = [f"{left}; price: {forecast.price}", f"pilot: {forecast.pilot.said}"]
    if forecast.cap_usd is not None and forecast.covers is not None:
        covers = forecast.covers
        lines.append(
            f"the cap leaves {forecast.cap_usd:,.2f} USD, which covers about {covers.expected:.0%} of it "
            f"({covers.low:.0%} to {covers.high:.0%})"
        )
    if "hours" not in forecast.spans:
        lines.append(
            "hours: the stand-in's latency is not the model's; --reply-s SECONDS says what a reply takes"
        )
    return [*lines, *(f"note: {note}" for note in forecast.notes)]
