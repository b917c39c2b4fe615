"""What replies, APIs and solved instructions cost [tokens, USD] (pure)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from tasks.annotation.analysis.aftermath import repeated
from tasks.annotation.analysis.errors import NOT_OFFERED
from tasks.annotation.analysis.sheets import Cell, Share, Sheet, Usd, sheet
from tasks.annotation.analysis.turns import Searched, Turn

OFFERED_STEP = 3
"""Numbers of offered APIs that are counted together."""
CHARS_A_TOKEN = 4
"""Where only text is left to count by."""


@dataclass(frozen=True, slots=True)
class TurnCost:
    """What one reply was billed [tokens]."""

    prompt: float
    completion: float
    measured: bool
    """False: a part of the whole tree's bill, by length of text."""

    @property
    def tokens(self) -> float:
        """Prompt and completion."""
        return self.prompt + self.completion


def turn_costs(searched: Searched) -> dict[int, TurnCost]:
    """Ordinal of a reply to what it cost.

    Where the replies' own bills were not kept, the bill of the tree is shared out among them by the length of
    what each had to read (functions, opening, path) and said; where even that is missing, by length alone, at
    `CHARS_A_TOKEN`.
    """
    if any(node.prompt_tokens or node.completion_tokens for node in searched.nodes):
        return {
            turn.ask: TurnCost(
                sum(node.prompt_tokens for node in turn.nodes),
                sum(node.completion_tokens for node in turn.nodes),
                measured=True,
            )
            for turn in searched.turns
        }
    lengths = {turn.ask: (_read(searched, turn), _said(turn)) for turn in searched.turns}
    whole = sum(read + said for read, said in lengths.values())
    factor = searched.tokens / whole if searched.tokens and whole else 1 / CHARS_A_TOKEN
    return {
        ask: TurnCost(read * factor, said * factor, measured=False) for ask, (read, said) in lengths.items()
    }


def _read(searched: Searched, turn: Turn) -> int:
    """Characters of the prompt of a reply."""
    opening = sum(len(message["content"] or "") for message in orjson.loads(searched.trajectory.opening))
    history = sum(
        _said(each) + sum(len(action.observation) for action in each.actions) for each in turn.path()[:-1]
    )
    return len(searched.trajectory.functions) + (opening or len(searched.trajectory.text)) + history


def _said(turn: Turn) -> int:
    return sum(len(node.description) for node in turn.nodes)


@dataclass(slots=True)
class _ApiCost:
    calls: int = 0
    failed: int = 0
    repeats: int = 0
    searches: int = 0
    replies: float = 0
    """Bills of the replies that call it [tokens]."""
    reading: float = 0
    """What later replies pay to read its answers again [tokens]."""


def costliest(searches: Sequence[Searched], top: int) -> Sheet:
    """The APIs that searches spend most on."""
    apis: dict[str, _ApiCost] = defaultdict(_ApiCost)
    whole = 0.0
    for searched in searches:
        costs = turn_costs(searched)
        whole += sum(cost.tokens for cost in costs.values())
        again = {id(each.action) for each in repeated(searched)}
        touched = set()
        for turn, action in searched.actions():
            api_id = searched.apis.get(action.function, NOT_OFFERED)
            cost = apis[api_id]
            cost.calls += 1
            cost.failed += action.failure is not None
            cost.repeats += id(action) in again
            cost.replies += costs[turn.ask].tokens / len(turn.actions)
            read_again = sum(1 for _ in turn.below()) - 1
            cost.reading += read_again * len(action.observation) / CHARS_A_TOKEN
            touched.add(api_id)
        for api_id in touched:
            apis[api_id].searches += 1
    billed = any(searched.tokens for searched in searches)
    ordered = sorted(
        apis.items(), key=lambda each: (-(each[1].replies if billed else each[1].calls), each[0])
    )
    rows: list[list[Cell]] = []
    for api_id, cost in ordered[:top]:
        repeats = Share(cost.repeats, cost.calls)
        tokens: list[Cell] = [round(cost.replies), Share(cost.replies, whole), round(cost.reading)]
        tokens = tokens if billed else []
        rows.append([api_id, cost.calls, cost.searches, cost.calls / cost.searches, repeats, *tokens])
    note = "Nobody counted tokens here: by calls."
    if billed:
        note = (
            "Tokens: of the replies that make the calls, and of reading their answers again in later replies "
            f"(an estimate, {CHARS_A_TOKEN} characters a token)."
        )
    if len(ordered) > top:
        note += f" The first {top} of {len(ordered)}."
    columns = ["API", "calls", "searches", "calls each", "repeats"]
    columns += ["tokens", "of all tokens", "read again"] if billed else []
    return sheet("costliest", "Costliest APIs", columns, rows, note)


def yields(searches: Sequence[Searched]) -> list[Sheet]:
    """What was answered, and solved, and at what cost: by searcher, group, relevant APIs, APIs offered."""

    def relevant(searched: Searched) -> str:
        return "unknown" if searched.known.relevant is None else f"{len(searched.known.relevant):2d}"

    def offered(searched: Searched) -> str:
        low = (len(searched.apis) - 1) // OFFERED_STEP * OFFERED_STEP + 1
        return f"{low:2d} to {low + OFFERED_STEP - 1}"

    sheets = [
        _yield("searcher", "", searches, lambda _: ""),
        _yield("group", "group", searches, lambda each: each.trajectory.group),
    ]
    if any(searched.known.relevant for searched in searches):
        sheets.append(_yield("relevant APIs", "relevant APIs", searches, relevant))
    return [*sheets, _yield("APIs offered", "APIs offered", searches, offered)]


def _yield(by: str, column: str, searches: Sequence[Searched], group: Callable[[Searched], str]) -> Sheet:
    teachers = {searched.trajectory.teacher for searched in searches}
    grouped: dict[tuple[str, str], list[Searched]] = defaultdict(list)
    for searched in searches:
        row = searched.trajectory
        searcher = f"{row.method}, {row.teacher}" if len(teachers) > 1 else row.method
        grouped[searcher, group(searched)].append(searched)
    measures = _measures(searches)
    rows: list[list[Cell]] = []
    for (searcher, key), members in sorted(grouped.items()):
        named: list[Cell] = [searcher, key.strip()] if column else [searcher]
        rows.append([*named, *(measure(members) for measure in measures.values())])
    columns = ["searcher", *([column] if column else []), *measures]
    note = "What unsolved searches cost is counted in the figures for one answer, and for a right one."
    name = f"yield_by_{by.replace(' ', '_')}"
    return sheet(name, f"Yield by {by}", columns, rows, note if "tokens each" in measures else "")


Measure = Callable[[Sequence[Searched]], Cell]


def _measures(searches: Sequence[Searched]) -> dict[str, Measure]:
    """What is said of searches, as far as it is known of any of them."""

    def mean(count: Callable[[Searched], float]) -> Measure:
        return lambda members: sum(map(count, members)) / len(members)

    def share(holds: Callable[[Searched], bool]) -> Measure:
        return lambda members: Share(sum(map(holds, members)), len(members))

    def right(searched: Searched) -> bool:
        return bool(searched.known.correct)

    def answered(searched: Searched) -> bool:
        return searched.trajectory.win

    def tokens_for(holds: Callable[[Searched], bool]) -> Measure:
        def measure(members: Sequence[Searched]) -> Cell:
            count = sum(map(holds, members))
            return round(sum(each.tokens for each in members) / count) if count else None

        return measure

    def usd_for(holds: Callable[[Searched], bool]) -> Measure:
        def measure(members: Sequence[Searched]) -> Cell:
            count = sum(map(holds, members))
            return Usd(sum(each.known.usd or 0.0 for each in members) / count) if count else None

        return measure

    billed = any(each.tokens for each in searches)
    checked = any(each.known.correct is not None for each in searches)
    priced = any(each.known.usd is not None for each in searches)
    measures: dict[str, Measure] = {
        "searches": len,
        "answered": share(answered),
        "gave up": share(lambda each: each.trajectory.finish_type == "give_up"),
        "replies each": mean(lambda each: each.trajectory.query_count),
        "calls each": mean(lambda each: sum(1 for _ in each.actions())),
    }
    if checked:
        measures["right"] = lambda members: Share(
            sum(map(right, members)), sum(each.known.correct is not None for each in members)
        )
    if billed:
        measures["tokens each"] = lambda members: round(sum(each.tokens for each in members) / len(members))
        measures["tokens an answer"] = tokens_for(answered)
    if billed and checked:
        measures["tokens a right one"] = tokens_for(right)
    if priced:
        measures["USD an answer"] = usd_for(answered)
    if priced and checked:
        measures["USD a right one"] = usd_for(right)
    return measures
