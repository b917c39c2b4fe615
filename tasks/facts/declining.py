"""Whether an answer declines a task that cannot be solved, and invents nothing beside (pure)."""

import re

from tasks.facts.characters import folded
from tasks.facts.reading import Reading, Span

_DECLINE = re.compile(
    r"\b(?:can(?:no|')t|cannot|can not|could(?: not|n't)|unable|not able|won't be able|impossible"
    r"|not possible|isn't possible|not feasible)\b"
    r"|\bgiv(?:e|ing|en) up\b|\bgave up\b|\bno (?:\w+[\s-]){0,3}?(?:tool|function|api|service|way|access"
    r"|data|information|answer|result|record|entry|endpoint|source|such|"
    r"solution|value|option|means|method|luck|match|provider|function)\b|\bnone of (?:the|my|these|those"
    r"|what)\b|\bnothing (?:here|available|that|i|in|among|can)\b"
    r"|\b(?:do(?:es)?|did|have|has|had)(?: not|n't) (?:\w+ )?(?:have|offer|provide|support|exist|cover"
    r"|include|know|work|respond|answer|return|contain|find|"
    r"seem|specif\w+|say|tell|give|mention|allow|accept|got|get|a|any|access|see|been|succeed|help|apply"
    r"|make|possess|think)\b"
    r"|\b(?:is|are|was|were|'s)(?: not|n't) (?:\w+ ){0,3}?(?:available|possible|valid|supported|allowed"
    r"|accepted|offered|provided|known|given|specified|included|covered|a|an|"
    r"among|one|in|there|working|reachable|something|enough|clear|defined|sufficient|any|real|meaningful"
    r"|within|accessible|permitted|legal|responding|part|stated|mentioned)\b"
    r"|\b(?:missing|unavailable|not available|unsupported|invalid|unspecified|unknown|incomplete"
    r"|insufficient|inaccessible|unreachable|nonexistent|out of range|out of service"
    r"|undefined|ambiguous|unclear|outside (?:my|the)|beyond (?:my|the|what)|refus\w+|reject\w+|declin\w+"
    r"|lack\w*|absent|broken|failing|failed|down|offline|dead)\b"
    r"|\bmust (?:be|lie|have|not)\b|\bhas to be\b|\bhave to be\b|\bneeds? to be\b|\bought to be\b"
    r"|\bonly (?:accepts?|takes?|allows?|goes|runs?|covers?|works?|exists?)\b|\bcan only\b"
    r"|\b(?:please|could you|can you|would you|kindly|you(?:'d| would)? need to)\b[^.?!\n]{0,60}\b(?:tell"
    r"|provide|specify|give|send|share|let me know|clarify|confirm|check|say|supply|paste|correct|name"
    r"|state|repeat|"
    r"look|choose)\b|\blet me know\b|\b(?:which|what|where)\b[^.!\n]{0,80}\?|\bi(?:'d"
    r"| would)? (?:still )?need\b|\bi(?:'m| am) (?:missing|afraid|lacking)\b"
    r"|\bthere (?:is|are|was|were)(?: no|n't| not)\b|\bthere's (?:no|nothing)\b|\bdoes not make sense\b"
    r"|\bdoesn't make sense\b|\bmakes no sense\b|\bnot (?:a|an) (?:\w+ )?(?:real|valid|possible|existing"
    r"|actual)\b"
    r"|\bnegative\b[^.\n]{0,40}\b(?:not|no|cannot|can't|makes?|impossible|isn't)\b|\b(?:404|500|502|503"
    r"|401|403|429)\b|\b(?:error|timed? ?out|timeout)\b|\bnot (?:found|known|supported|covered|offered"
    r"|listed)\b",
    re.I,
)
_FIRM = re.compile(
    r"\b(?:my best guess|best guess|i(?:'d| would) (?:guess|estimate|say|assume)|i(?:'m| am) (?:guessing"
    r"|assuming|estimating)|i (?:guess|estimate|assume|think|believe|reckon) (?:it|that|the|you)"
    r"|i (?:have |'ve )?assumed|assuming|(?:probably|presumably|likely|most likely|roughly|approximately"
    r"|typically|usually|generally|should be|would be about|is about|from memory|off the top of my head"
    r"|as far as i (?:know|remember|recall)"
    r"|in general|i recall|i remember|based on (?:my|general)|according to my (?:knowledge|memory))"
    r"|so i used|i used .{0,30}instead|i took)\b",
    re.I,
)
_BUT_IS = re.compile(
    r"\b(?:but|however|still|nevertheless|nonetheless|that said|though|yet|anyway"
    r"|instead)\b[^.?!\n]*?\b(?:is|are|was|were|equals?|=|comes? to|amounts? to|would be|rises?|sets?"
    r"|costs?|called|lies|stands)\b(?P<rest>[^.?!\n]*)",
    re.I,
)
_EXPLAINING = re.compile(
    r"\b(?:\w+n't|returned|answered|respon\w+|server|gateway|rejected|error|status|code|http|must|between"
    r"|range|at least|at most|minimum|maximum|limit\w*|valid|invalid|supports?|accepts?|allow\w*|only"
    r"|from .{1,30} (?:to|until|through|up to)|"
    r"up to|e\.g\.|for example|for instance|such as|like|say|example|times|twice|attempts?|tries|tried"
    r"|retr\w+|need\w*|required?|should|has to|have to|ought|positive|negative|cannot|can't|"
    r"no such|not|n't|never|without|missing|out of|greater|less|above|below|zero|exists?|months?|days? of"
    r"|hours? of|has (?:only )?\d+|digits?|characters?|letters?|functions?|tools?|apis?|"
    r"format|yyyy|hh|please|which|what|could|would|unless|if|instead)\b|\?",
    re.I,
)
_SMALL = frozenset(
    {0.0, 1.0, 2.0, 3.0, 12.0, 24.0, 60.0, 100.0, 31.0, 30.0, 28.0, 29.0, 7.0, 23.0, 59.0, 90.0, 180.0}
)
"""Numbers of any explanation: hours of a day, days of a month, the first and the second part."""
_CAPITAL = re.compile(r"(?<![.!?:]\s)(?<!^)(?<!\n)\b[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)*")
_COMMON_WORDS = """
i api apis iban url http json utc id iso eur usd gmt error sorry unfortunately finish please let the a
an could however this that function tool tools spdx unicode european american january february march
april may june july august september october november december monday tuesday wednesday thursday friday
saturday sunday english i'm i'd i've i'll
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def declines(answer: Reading, question: Reading) -> bool:
    """Whether the answer says that the task, or a part of it, cannot be done.

    Sentences of the question, said again, say nothing.
    """
    asked = folded(question.text)
    return any(
        _DECLINE.search(answer.text, start, end) is not None
        and folded(answer.text[start:end]).strip(" .!?-") not in asked
        for start, end in answer.sentences
    )


def invention(answer: Reading, question: Reading, known: list[Span]) -> str:
    """Something that the answer tells as a result although the task has none; empty where there is nothing.

    Values of the question, limits and error codes that explain the refusal are no results.

    Args:
        answer: what is judged.
        question: the instruction.
        known: where facts of a solvable part are told.
    """
    text = answer.text
    if guess := _FIRM.search(text):
        start, end = answer.sentence_of(guess.start())
        if _values(answer, question, known, start, end, strict=True):
            return text[start:end].strip()
    for start, end in answer.sentences:
        explaining = _EXPLAINING.search(text, start, end) is not None and not _BUT_IS.search(text, start, end)
        if (found := _values(answer, question, known, start, end, strict=not explaining)) and not explaining:
            return found
        if told := _BUT_IS.search(text, start, end):
            rest = _values(answer, question, known, told.start("rest"), told.end("rest"), strict=True)
            if rest or (rest := _name(answer, question, told.start("rest"), told.end("rest"))):
                return rest
    return ""


def _values(
    answer: Reading, question: Reading, known: list[Span], start: int, end: int, *, strict: bool
) -> str:
    """A number, day, time or code between two places that the question does not hold."""

    def mine(first: int, last: int) -> bool:
        return start <= first < end and not any(first < b and a < last for a, b in known)

    asked = {round(abs(value.value), 9) for each in question.quantities for value in each.values}
    for each in answer.quantities:
        free = round(abs(each.value), 9) in asked or (abs(each.value) in _SMALL and not each.units)
        if mine(each.start, each.end) and not each.weak and not free and strict:
            return answer.text[each.start : each.end]
    told = {reading[1:] for each in question.days for reading in each.readings}
    for day in answer.days:
        if (
            mine(day.start, day.end)
            and not day.weak
            and not any(reading[1:] in told for reading in day.readings)
        ):
            return answer.text[day.start : day.end]
    hours = {reading for each in question.clocks for reading in each.readings()}
    for clock in answer.clocks:
        said = answer.text[clock.start : clock.end]
        digits = any(sign.isdigit() for sign in said)
        if mine(clock.start, clock.end) and digits and not hours & set(clock.readings()):
            return said
    for token in answer.tokens:
        code = any(sign.isdigit() for sign in token.written) and any(sign.isalpha() for sign in token.written)
        strange = token.written.lower() not in question.text.lower()
        if code and strange and len(token.written) >= 5 and mine(token.start, token.end):
            return token.written
    return ""


def _name(answer: Reading, question: Reading, start: int, end: int) -> str:
    """A proper name between two places that the question does not hold."""
    for found in _CAPITAL.finditer(answer.text, max(0, start - 1), end):
        words = {
            each.word for each in answer.tokens if found.start() <= each.start and each.end <= found.end()
        }
        if found.start() >= start and words - question.words - _COMMON:
            return found.group()
    return ""
