"""Whether a name is one of many that are only listed (pure)."""

import re
from collections.abc import Iterable, Sequence

from tasks.facts.reading import Reading, Span
from tasks.facts.wanted import Wanted

NAMES_LISTED = 3
"""The same for names, which come with places and titles: Seattle, King County, Washington."""

LISTED = 2
"""So many further values side by side with the right one make a list of guesses."""
LONGEST_LIST = 60
"""Of a list that the right value is one place of."""

_UNSURE = frozenset(["maybe", "perhaps", "possibly", "could", "might", "guess"])

_VERB = re.compile(
    r"\b(?:is|are|was|were|be|called|named|namely|bears?|has|have|had|lies? in|belongs? to|it's|that's|as"
    r"|in|of|from|by)\b|[:=]",
    re.I,
)

_EDGE = re.compile(r"[,;\n|•·]|\s/\s|\bor\b|\band\b|(?<=[\w)])[.!?](?=\s|$)", re.I)

_SYMBOLS = 0x2000
"""Signs beyond are pictures as often as punctuation."""

_CODE = re.compile(r"[A-Z0-9-]{2,}")

_IN_BRACKETS = re.compile(r"\([^()]*\)")
_MORE_EDGE = re.compile(r"\s*(?:,|\bor\b|\band\b)")
LONGEST_NAME = 9
"""Words of a name in a list; longer pieces are clauses."""
_HARD = re.compile(r"[()]|[.!?]\s")


def meets(start: int, end: int, spans: Sequence[Span]) -> bool:
    """Whether a stretch overlaps one of the spans."""
    return any(first < end and start < last for first, last in spans)


def place_in_list(want: Wanted) -> int | None:
    """Where the fact, or the first member of it, stands in the list that it comes from."""
    size = len(want.value) if want.kind == "list" and isinstance(want.value, list) else 1
    return None if want.index is None else want.index * size


def among_names(
    want: Wanted, spans: Sequence[Span], answer: Reading, question: Reading, explained: Sequence[Span]
) -> bool:
    """Whether a name stands in bare lists of names only."""
    return all(_in_list_of_names(want, span, answer, question, explained) for span in spans)


def _in_list_of_names(
    want: Wanted, span: Span, answer: Reading, question: Reading, explained: Sequence[Span]
) -> bool:
    run = _name_run(span, answer, question, explained)
    others = {name for name, mine in run if not mine and _could_be(name, want)}
    if _labelled(answer.text[_piece(answer.text, span)[0] : span[0]], others):
        return False
    place = next((number for number, (_, mine) in enumerate(run) if mine), 0)
    if len(run) <= LONGEST_LIST and place == place_in_list(want):
        return False
    if want.kind == "list":
        return len(others) > max(2, len(want.value) // 2)
    if others and _or_around(span, answer):
        return True
    code = _CODE.fullmatch(answer.text[span[0] : span[1]]) is not None
    alike = sum(_CODE.fullmatch(name) is not None for name in others) if code else 0
    return len(others) >= NAMES_LISTED or alike >= LISTED


def _labelled(before: str, others: Iterable[str]) -> bool:
    """Whether the pieces begin with a name for what follows: "city Boise, state ID"."""
    pieces = [each.split() for each in others]
    named = sum(len(words) > 1 and words[0].islower() and words[0] not in _UNSURE for words in pieces)
    return before.strip()[:1].islower() and 2 * named > len(pieces)


def _could_be(name: str, want: Wanted) -> bool:
    """Whether a piece may be meant as the fact's name: a number with its unit is not."""
    if not any(sign.isdigit() for sign in name) or any(sign.isdigit() for sign in str(want.value)):
        return True
    return " " not in name


def _or_around(span: Span, answer: Reading) -> bool:
    """Whether `or` stands right before or behind the name's place in its list."""
    start, end = answer.sentence_of(span[0])
    before, after = answer.text[start : span[0]], answer.text[span[1] : end]
    return (
        re.search(r"\bor\s+(?:\w+\s+)?[\"'(]?$", before) is not None
        or re.match(r"[\"')]?,?\s+or\b(?! (?:more|less|so)\b)", after) is not None
        or re.search(r"\b(?:either|one of|guess(?:es)?|maybe|perhaps)\b", before, re.I) is not None
    )


def _name_run(
    span: Span, answer: Reading, question: Reading, explained: Sequence[Span]
) -> list[tuple[str, bool]]:
    """Short pieces side by side around a name, in order: the text, and whether it is the name itself."""
    text = answer.text
    first, last = _piece(text, span)
    if len(text[first:last].split()) > len(text[span[0] : span[1]].split()) + 3:
        return [(text[span[0] : span[1]], True)]
    run = [(text[span[0] : span[1]], True)]
    place = first
    while (left := _left(text, place)) is not None:
        piece = text[left[0] : left[1]]
        cut = max((found.end() for found in _VERB.finditer(piece)), default=0)
        if not _bare(piece[cut:]):
            break
        _insert(run, 0, (left[0] + cut, left[1]), text, answer, question, explained)
        if cut:
            break
        place = left[0]
    place = last
    while (right := _right(text, place)) is not None:
        if not _bare(text[right[0] : right[1]]):
            break
        _insert(run, len(run), right, text, answer, question, explained)
        place = right[1]
    return run


def _piece(text: str, span: Span) -> Span:
    """The piece between two edges that holds the name, cut at a verb before it."""
    edges = [found for found in _EDGE.finditer(text, max(0, span[0] - 120), span[0])]
    first = edges[-1].end() if edges else max(0, span[0] - 120)
    verb = max((found.end() for found in _VERB.finditer(text, first, span[0])), default=first)
    following = _EDGE.search(text, span[1])
    return verb, following.start() if following else len(text)


def _left(text: str, place: int) -> Span | None:
    """The piece before the edge that ends at `place`."""
    edge = None
    for found in _EDGE.finditer(text, max(0, place - 8), place):
        edge = found
    if edge is None or text[edge.end() : place].strip(" \"'") or edge.group() in ".!?":
        return None
    edges = list(_EDGE.finditer(text, max(0, edge.start() - 120), edge.start()))
    first = edges[-1].end() if edges else max(0, edge.start() - 120)
    if _HARD.search(_IN_BRACKETS.sub("", text[first : edge.start()])):
        return None
    return first, edge.start()


def _right(text: str, place: int) -> Span | None:
    """The piece behind the edge that begins at `place`."""
    edge = _EDGE.match(text, place) or _EDGE.match(text, place + 1)
    if edge is None or edge.group() in ".!?":
        return None
    start = edge.end()
    while (more := _MORE_EDGE.match(text, start)) is not None:
        start = more.end()
    following = _EDGE.search(text, start)
    end = following.start() if following else len(text)
    hard = _HARD.search(_IN_BRACKETS.sub("", text[start:end]))
    return None if start >= len(text) or hard else (start, end)


def _bare(piece: str) -> bool:
    """Whether a piece is a name and no clause."""
    words = piece.strip(" \"'.()").split()
    return (
        0 < len(words) <= LONGEST_NAME
        and not re.search(r"\b(?:is|are|was|has|which|that|with|it|you|we|i|at|on)\b|:\s|=", piece, re.I)
        and (len(words) <= 4 or not re.search(r"\bthe\b", piece, re.I))
        and any(each.isalnum() or ord(each) > _SYMBOLS for each in piece)
    )


def _insert(
    run: list[tuple[str, bool]],
    place: int,
    span: Span,
    text: str,
    answer: Reading,
    question: Reading,
    explained: Sequence[Span],
) -> None:
    """Put a piece into the run, unless the question or a fact knows it."""
    words = {each.word for each in answer.tokens if span[0] <= each.start and each.end <= span[1]}
    asked = words <= question.words if words else text[span[0] : span[1]].strip() in question.text
    if not asked and not meets(span[0], span[1], explained):
        run.insert(place, (text[span[0] : span[1]].strip(" \"'."), False))


def repeated(want: Wanted, spans: Sequence[Span], answer: Reading, explained: Sequence[Span]) -> bool:
    """Whether sentences side by side begin with the same words and end with other names."""
    found = [_is_repeated(want, span, answer, explained) for span in spans]
    return any(found) if want.kind == "list" else all(found)


def _is_repeated(want: Wanted, span: Span, answer: Reading, explained: Sequence[Span]) -> bool:
    start, _ = answer.sentence_of(span[0])
    prefix = _said(answer, start, span[0])
    if not prefix:
        return False
    place = next((number for number, each in enumerate(answer.sentences) if each[0] == start), 0)
    alike = before = 0
    for neighbours in (answer.sentences[place + 1 :], answer.sentences[:place][::-1]):
        before = 0
        for first, last in neighbours:
            words = _said(answer, first, last)
            if words[: len(prefix)] != prefix or len(words) > len(prefix) + LONGEST_NAME:
                break
            before += 1
            alike += not meets(first, last, explained)
    if before == place_in_list(want) and not set(prefix) & _UNSURE:
        return False
    return alike >= (1 if set(prefix) & _UNSURE else LISTED)


def _said(answer: Reading, first: int, last: int) -> list[str]:
    """All words between two places."""
    return [each.word for each in answer.tokens_between(first, last)]
