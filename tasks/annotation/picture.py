"""A search tree as a picture (SVG), made here: nothing is fetched, and nothing runs in it.

From left to right, a card a reply: what it said, what it called with which arguments, what came back, what it
cost. A path goes on to the right at one height, so the first chain is the top row; a further child stands
below. The path to the answer that counts is green, what was left is dashed and pale, failures are red. A
branch can be folded to one line that says what is in it. Hovering shows the texts in full.
"""

import html
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from tasks.annotation.analysis.costs import TurnCost, turn_costs
from tasks.annotation.analysis.failures import envelope
from tasks.annotation.analysis.turns import DEPTH_LIMIT, Action, Searched, Turn
from tasks.search.codes import GAVE_UP
from tasks.search.finish import read_finish
from tasks.search.kept import kept_answer

CARD, GAP, LINE, PAD = 270, 34, 15, 7
"""Width of a card, space between columns, height of a line, inner margin [px]."""
_COLUMNS = 38.5
"""Letters of middling width that fit into a card's line; what is wider than thought is clipped."""
_NARROW, _BROAD = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMW@%")
_INSTRUCTION_LINES = 8
_THOUGHT_LINES = 2
_ANSWER_LINES = 3
_HOVER_CHARS = 3_000
_STYLE = """
.tree{background:#fff;font:11.5px system-ui,"Segoe UI","DejaVu Sans",sans-serif}
.tree text{fill:#222;white-space:pre}
.tree rect{fill:#fff;stroke:#8a94a0;stroke-width:1}
.tree .root rect{fill:#eef2f7}
.tree .won rect{stroke:#1a7f37;stroke-width:2.5;fill:#f1faf3}
.tree .left rect{stroke-dasharray:4 3;fill:#fafafa}
.tree .left text{opacity:.85}
.tree .folded rect{fill:#f3f3f3;stroke-dasharray:2 3}
.tree path{fill:none;stroke:#b4bcc6;stroke-width:1.2}
.tree path.won{stroke:#1a7f37;stroke-width:3}
.tree .head{fill:#57606a;font-size:10px}
.tree .thought{font-style:italic;fill:#555}
.tree .call{font-weight:600;fill:#1f4e8c}
.tree .arguments{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:10px;fill:#444}
.tree .good{fill:#116329}.tree .bad{fill:#b42318}.tree .end{font-weight:600}
"""


@dataclass(frozen=True, slots=True)
class _Text:
    kind: str
    """Class of the style sheet."""
    text: str


@dataclass(slots=True)
class _Card:
    """A box of the picture, and the boxes right of it."""

    classes: str
    head: tuple[str, str]
    """Left and right of its first line."""
    lines: list[_Text]
    hover: str
    turn: Turn | None = None
    after: list["_Card"] = field(default_factory=list)
    x: int = 0
    y: int = 0

    @property
    def height(self) -> int:
        return (1 + len(self.lines)) * LINE + 2 * PAD


def picture_of(searched: Searched, folded: Collection[int] = (), zoom: float = 1.0) -> str:
    """The tree of a search as an SVG element.

    Args:
        searched: whose tree.
        folded: ordinals of the replies that are shown as one line with all that follows them.
        zoom: 1 is the size at which the text is meant to be read.
    """
    costs = turn_costs(searched)
    won = winning_turns(searched)
    root = _root_card(searched, costs)
    root.after = [_card(turn, won, folded, costs) for turn in searched.first]
    height = _place(root, 0, PAD) + PAD
    cards = list(_all(root))
    width = max(card.x for card in cards) + CARD + PAD
    edges = [_edge(before, after) for before in cards for after in before.after]
    drawn = "".join([*edges, *map(_drawn, cards)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tree" role="img" '
        f'aria-label="Search tree with {len(searched.nodes)} nodes" viewBox="0 0 {width} {height}" '
        f'width="{round(width * zoom)}" height="{round(height * zoom)}"><style>{_STYLE}</style>{drawn}</svg>'
    )


def winning_turns(searched: Searched) -> set[int]:
    """Ordinals of the replies on the path to the answer that counts; empty without one."""
    answer = kept_answer(searched.nodes)
    found = next((turn for turn in searched.turns if answer in turn.nodes), None) if answer else None
    return {turn.ask for turn in found.path()} if found else set()


def failed_branches(searched: Searched) -> set[int]:
    """Where to fold: the replies at which branches leave the winning path, else those of the second level.

    A single reply is not folded: the line would be as long as the card.
    """
    won = winning_turns(searched)
    if won:
        tops = [turn for turn in searched.turns if turn.ask not in won]
        tops = [turn for turn in tops if turn.before is None or turn.before.ask in won]
    else:
        tops = [turn for turn in searched.turns if len(turn.path()) == 2]
    return {turn.ask for turn in tops if sum(1 for _ in turn.below()) > 1}


def _root_card(searched: Searched, costs: dict[int, TurnCost]) -> _Card:
    row = searched.trajectory
    lines = [_Text("", each) for each in _wrapped(row.text, _INSTRUCTION_LINES)]
    ending = {"give_answer": "answered", "give_up": "gave up", None: "no finish"}[row.finish_type]
    cost = sum(each.tokens for each in costs.values())
    about = "" if all(each.measured for each in costs.values()) else "≈ "
    lines.append(_Text("end", f"{ending}: {len(searched.turns)} replies, {about}{cost:,.0f} tokens"))
    return _Card("root", (f"{row.method}", row.source_id or row.instruction_id), lines, row.text)


def _card(turn: Turn, won: set[int], folded: Collection[int], costs: dict[int, TurnCost]) -> _Card:
    if turn.ask in folded:
        return _folded(turn, costs)
    lines = [_Text("thought", each) for each in _wrapped(turn.thought, _THOUGHT_LINES)]
    for action in turn.actions:
        lines += _of_action(action)
    if turn.unusable:
        lines.append(_Text("bad", "no usable reply"))
    elif not turn.actions and not turn.thought:
        lines.append(_Text("bad", "(empty reply)"))
    if turn.closed and not turn.gives_up and not turn.unusable:
        lines.append(_Text("end", _why_left(turn)))
    classes = "won" if turn.ask in won else "left" if _was_left(turn) else ""
    card = _Card(classes, (f"reply {turn.ask + 1}", _tokens(costs[turn.ask])), lines, _hover(turn), turn)
    card.after = [_card(each, won, folded, costs) for each in turn.after]
    return card


def _of_action(action: Action) -> list[_Text]:
    if action.is_finish:
        return [_Text("call", "Finish"), *_of_finish(action)]
    lines = [_Text("call", _cut(action.function, _COLUMNS - 4))]
    lines.append(_Text("arguments", _cut(action.arguments, _COLUMNS - 3)))
    if action.failure is not None:
        lines.append(_Text("bad", _cut(f"{action.failure.kind}: {_response(action)}")))
    elif action.known:
        lines.append(_Text("good", _cut(_response(action))))
    else:
        lines.append(_Text("head", "(observation not kept)"))
    return lines


def _of_finish(action: Action) -> list[_Text]:
    if action.node.observation_code == GAVE_UP:
        return [_Text("bad", "gives up")]
    if not action.node.terminal:
        return [_Text("bad", _cut(f"cannot be read: {action.arguments}"))]
    answer = read_finish(action.arguments).answer or action.arguments
    return [_Text("good", each) for each in _wrapped(answer, _ANSWER_LINES)]


def _folded(turn: Turn, costs: dict[int, TurnCost]) -> _Card:
    inside = list(turn.below())
    give_ups = sum(each.gives_up for each in inside)
    answers = sum(each.answers for each in inside)
    said = [f"{len(inside)} replies", *([f"{give_ups} give-ups"] if give_ups else [])]
    said += [f"{answers} answers"] if answers else []
    tokens = sum(costs[each.ask].tokens for each in inside)
    head = (f"reply {turn.ask + 1} and on", f"{tokens:,.0f} tokens")
    return _Card("folded", head, [_Text("end", f"folded: {', '.join(said)}")], _hover(turn), turn)


def _why_left(turn: Turn) -> str:
    if turn.end.depth >= DEPTH_LIMIT:
        return "left: depth limit"
    return "left: made before" if any(each.node.repeats >= 0 for each in turn.actions) else "left"


def _was_left(turn: Turn) -> bool:
    """Every path through it ended without an answer."""
    return not any(each.answers for each in turn.below())


def _tokens(cost: TurnCost) -> str:
    return f"{'' if cost.measured else '≈ '}{cost.tokens:,.0f} tokens"


def _response(action: Action) -> str:
    """What came back, without the envelope."""
    error, response, _ = envelope(action.observation)
    return response.strip() or error or "(nothing)"


def _hover(turn: Turn) -> str:
    parts = [turn.thought] if turn.thought else []
    for action in turn.actions:
        parts.append(f"{action.function} {action.arguments}\n-> {action.observation}")
    return "\n\n".join(parts)[:_HOVER_CHARS]


def _place(card: _Card, depth: int, top: int) -> int:
    """Give a card and all right of it their places; returns where the next sibling may begin [px]."""
    card.x, card.y = PAD + depth * (CARD + GAP), top
    bottom = top
    for each in card.after:
        bottom = _place(each, depth + 1, bottom)
    return max(bottom, top + card.height + PAD)


def _all(card: _Card) -> list[_Card]:
    return [card, *(each for after in card.after for each in _all(after))]


def _edge(before: _Card, after: _Card) -> str:
    start, end = before.x + CARD, after.x
    middle = end - GAP // 2
    from_y, to_y = before.y + LINE, after.y + LINE
    won = ' class="won"' if "won" in after.classes else ""
    return f'<path{won} d="M{start} {from_y}H{middle}V{to_y}H{end}"/>'


def _drawn(card: _Card) -> str:
    x, right, baseline = PAD, CARD - PAD, PAD + LINE - 4
    parts = [
        f'<g class="card {card.classes}" data-reply="{card.turn.ask if card.turn else ""}">',
        f"<title>{_escaped(card.hover)}</title>",
        f'<rect x="{card.x}" y="{card.y}" width="{CARD}" height="{card.height}" rx="5"/>',
        # A picture within the picture: what is longer than thought ends at the card's edge.
        f'<svg x="{card.x}" y="{card.y}" width="{CARD - 3}" height="{card.height}">',
        f'<text class="head" x="{x}" y="{baseline}">{_escaped(_cut(card.head[0], 26))}</text>',
        f'<text class="head" x="{right}" y="{baseline}" text-anchor="end">{_escaped(card.head[1])}</text>',
    ]
    for number, line in enumerate(card.lines, 1):
        y = baseline + number * LINE
        parts.append(f'<text class="{line.kind}" x="{x}" y="{y}">{_escaped(line.text)}</text>')
    return "".join([*parts, "</svg></g>"])


def _wrapped(text: str, limit: int) -> list[str]:
    """The beginning of a text in lines that fit; the last one says with dots that there is more."""
    lines: list[str] = []
    line = ""
    words = text.split()
    for place, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if _columns(longer) <= _COLUMNS:
            line = longer
            continue
        if len(lines) == limit - 1:
            return [*lines, _cut(" ".join([line, *words[place:]]))]
        lines += [line] if line else []
        line = _cut(word)
    return [*lines, line] if line else lines


def _cut(text: str, columns: float = _COLUMNS) -> str:
    """One line of a text, cut where it no longer fits."""
    line = " ".join(text.split())
    if _columns(line) <= columns:
        return line
    width = 0.0
    for place, letter in enumerate(line):
        width += _columns(letter)
        if width > columns - 1:
            return line[:place] + "…"
    return line


def _columns(text: str) -> float:
    return sum(map(_column, text))


def _column(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 2.0
    if letter in _NARROW:
        return 0.6
    return 1.5 if letter in _BROAD else 1.15 if letter.isupper() or letter.isdigit() else 1.0


def _escaped(text: str) -> str:
    """Text that can stand in SVG: markup is text, and control characters are gone."""
    kept = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter)[0] != "C")
    return html.escape(kept)
