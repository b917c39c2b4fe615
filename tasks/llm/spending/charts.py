"""Charts made here (SVG and boxes): nothing is fetched, nothing runs in them, all text is escaped (pure).

What must keep its shape on a phone, letters and names, is HTML around the drawing; only areas and lines are
stretched to the width there is.
"""

import html
from collections.abc import Sequence
from datetime import datetime, timedelta

from tasks.llm.spending.figures import BurnDown, TimeLine, in_units, usd

COLOURS = ("#2f6fb3", "#d9822b", "#3a9a5c", "#8e5bb5", "#c2413b", "#8a94a0")
_HEIGHT, _WIDTH = 100.0, 1000.0
_LINE = 'stroke-width="2" vector-effect="non-scaling-stroke"'


def bars(rows: Sequence[tuple[str, int]], most: int = 8) -> str:
    """A bar a name, the length its amount [nano-USD]; what is beyond `most` is added up."""
    shown = list(rows[:most])
    rest = rows[most:]
    if rest:
        shown.append((f"{len(rest)} others", sum(amount for _, amount in rest)))
    whole = max([amount for _, amount in shown], default=0) or 1
    return "".join(
        f'<div class="bar"><span class="name">{html.escape(name) or "(none)"}</span><span class="track">'
        f'<i style="width:{100 * max(amount, 0) / whole:.2f}%;background:{COLOURS[0]}"></i></span>'
        f'<span class="amount">{usd(amount)}</span></div>'
        for name, amount in shown
    )


def stacked(line: TimeLine, title: str) -> str:
    """Spend a step, the series on top of each other."""
    if not line.starts:
        return '<p class="note">no calls</p>'
    most = max(line.totals)
    highest = most or 1
    width = _WIDTH / len(line.starts)
    drawn, below = [], [0] * len(line.starts)
    for number, amounts in enumerate(line.series.values()):
        boxes = []
        for place, amount in enumerate(amounts):
            if amount > 0:
                height = _HEIGHT * amount / highest
                low = _HEIGHT * below[place] / highest
                across = f"{width * 0.86:.2f}"
                boxes.append(f"M{place * width:.2f} {_HEIGHT - low:.2f}h{across}v{-height:.2f}h-{across}z")
                below[place] += amount
        drawn.append(f'<path d="{"".join(boxes)}" fill="{COLOURS[number % len(COLOURS)]}"/>')
    legend = _legend([(name, sum(amounts)) for name, amounts in line.series.items()])
    end = line.starts[-1] + line.step
    peak = f"highest {usd(most)} in {_length(line.step)}" if most else "nothing of it cost anything"
    return _chart(title, drawn, line.starts[0], end, peak) + legend


def burning(found: BurnDown, now: datetime, title: str) -> str:
    """What was left of a cap, and in dashes where that leads."""
    if not found.left_after:
        return '<p class="note">no calls under this cap yet</p>'
    first = found.left_after[0][0]
    last = max(found.left_after[-1][0], now)
    end = min(found.reached, last + max(last - first, timedelta(minutes=10))) if found.reached else last
    whole = max((end - first).total_seconds(), 1.0)

    def x(time: datetime) -> float:
        return min(_WIDTH, max(0.0, _WIDTH * (time - first).total_seconds() / whole))

    def y(left: float) -> float:
        return _HEIGHT * (1 - min(1.0, max(0.0, left / max(found.cap, 1))))

    points = [(x(time), y(left)) for time, left in found.left_after]
    points.append((x(last), y(found.left)))
    path = "L".join(f"{across:.2f} {down:.2f}" for across, down in points)
    area = f"M{points[0][0]:.2f} {_HEIGHT}L{path}L{points[-1][0]:.2f} {_HEIGHT}z"
    drawn = [
        f'<path d="{area}" fill="{COLOURS[0]}" opacity=".16"/>',
        f'<path d="M{path}" fill="none" stroke="{COLOURS[0]}" {_LINE}/>',
    ]
    if found.reached:
        lowest = found.left - found.rate * (end - last).total_seconds() / 3600
        drawn.append(
            f'<path d="M{x(last):.2f} {y(found.left):.2f}L{_WIDTH:.2f} {y(lowest):.2f}" '
            f'fill="none" stroke="{COLOURS[4]}" stroke-dasharray="6 4" {_LINE}/>'
        )
    return _chart(title, drawn, first, end, f"top: cap {in_units(found.cap, found.unit)}")


def _chart(title: str, drawn: Sequence[str], start: datetime, end: datetime, scale: str) -> str:
    return (
        f'<div class="chart"><div class="axis"><span>{html.escape(scale)}</span></div>'
        f'<svg role="img" aria-label="{html.escape(title, quote=True)}" preserveAspectRatio="none" '
        f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}">{"".join(drawn)}</svg>'
        f'<div class="axis"><span>{start:%d %b %H:%M}</span><span>{end:%d %b %H:%M} UTC</span></div></div>'
    )


def _legend(names: Sequence[tuple[str, int]]) -> str:
    drawn = "".join(
        f'<span><i style="background:{COLOURS[number % len(COLOURS)]}"></i>'
        f"{html.escape(name)} {usd(amount)}</span>"
        for number, (name, amount) in enumerate(names)
    )
    return f'<div class="legend">{drawn}</div>'


def _length(step: timedelta) -> str:
    minutes = round(step.total_seconds() / 60)
    return {1: "a minute", 10: "ten minutes", 60: "an hour", 1440: "a day"}[minutes]
