"""The frontier as a picture (SVG): share solved over tokens a task, intervals as bars (pure)."""

import html
import math
from collections.abc import Mapping, Sequence

from tests.bench.search.cells import OURS, OURS_SINGLE, Outcome
from tests.bench.search.figures import figures_of
from tests.bench.search.sheets import NAMES

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 860, 520, 70, 60, 50, 190
_TICKS = (2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
LINE = 15
"""Least distance of two labels [px]."""


def drawn(model: str, found: Mapping[str, Sequence[Outcome]]) -> str:
    """The picture; cheap is left, right is up."""
    figures = {method: figures_of(outcomes) for method, outcomes in found.items()}
    tokens = [each.tokens for each in figures.values()]
    low, high = math.log(min(tokens) * 0.85), math.log(max(tokens) * 1.15)
    most = math.ceil(10 * max(each.solved.high for each in figures.values()) + 0.2) / 10

    def x(of: float) -> float:
        return LEFT + (math.log(of) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(of: float) -> float:
        return HEIGHT - BOTTOM - of / most * (HEIGHT - BOTTOM - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'font-family="system-ui,DejaVu Sans,sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 24, f"Solved correctly over what it costs: {model}", size=15),
        _text(LEFT, 40, "mean billed tokens a task (log scale); bars: 95 % intervals; up and left is better"),
    ]
    for tick in range(round(most * 10) + 1):
        at = y(tick / 10)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#e3e6ea"/>')
        parts.append(_text(LEFT - 8, at + 4, f"{10 * tick} %", anchor="end"))
    for tick in (each for each in _TICKS if low <= math.log(each) <= high):
        parts.append(f'<path d="M{x(tick):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e3e6ea"/>')
        parts.append(_text(x(tick), HEIGHT - BOTTOM + 18, f"{tick:,}", anchor="middle"))
    taken: list[tuple[float, float]] = []
    for method, each in sorted(figures.items(), key=lambda pair: -pair[1].solved.value):
        at_x, at_y = x(each.tokens), y(each.solved.value)
        colour = "#1a7f37" if method in (OURS, OURS_SINGLE) else "#57606a"
        bar = f"M{at_x:.1f} {y(each.solved.low):.1f}V{y(each.solved.high):.1f}"
        parts.append(f'<path d="{bar}" stroke="{colour}" opacity=".45"/>')
        parts.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="4.5" fill="{colour}"/>')
        label = at_y
        while any(abs(label - other) < LINE and abs(at_x - beside) < 150 for beside, other in taken):
            label += LINE
        taken.append((at_x, label))
        if label != at_y:
            parts.append(f'<path d="M{at_x:.1f} {at_y:.1f}L{at_x + 9:.1f} {label:.1f}" stroke="#b4bcc6"/>')
        parts.append(_text(at_x + 11, label + 4, NAMES.get(method, method), colour))
    return "\n".join([*parts, "</svg>"])


def _text(x: float, y: float, said: str, fill: str = "#24292f", anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}" font-size="{size}">'
        f"{html.escape(said)}</text>"
    )
