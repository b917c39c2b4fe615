"""Whether an answer stands by a value: denied, doubted, taken back, or only asked (pure).

A denial reaches from its word to the next border: "I doubt that ..." to the end of its sentence, "not" to the
next clause that has a verb of its own, "rather than" to the next comma.
"""

import re

from tasks.facts.reading import Reading, Span

_AUX = r"(?:do|does|did|is|was|are|were|has|have|had|ca|can|could|would|will|wo|should|must)"
_NEGATED = rf"(?:{_AUX}\s?n['o]?t|{_AUX}\s+not|cannot|can't|won't|never)"
_STRONG = re.compile(
    r"\b(?:i|we)\s+(?:\w+\s+){0,2}?(?:doubt|deny|dispute|reject|refute|disagree|disbelieve|question)\b"
    r"|\bdoubt(?:s|ful|ed)?\s+(?:that|whether|if|it)\b|\bit(?:'s| is| was)\s+(?:\w+\s+)?(?:doubtful"
    r"|unlikely|improbable|questionable)\b"
    rf"|\b(?:i|we)\s+(?:\w+\s+)?{_NEGATED}\s+(?:\w+\s+)?(?:think|believe|agree|accept|say|claim|buy|trust"
    rf"|suppose)\b"
    r"|\b(?:is|was|it's|that's)\s*(?:n't|\s+not)\s+(?:\w+\s+)?(?:true|the case|correct|right|so"
    r"|as if)\s+(?:that|to)\b"
    r"|\b(?:untrue|false|wrong|incorrect|a mistake|mistaken|an error|a lie|a myth|nonsense|misleading"
    r"|erroneous)\s+(?:that|to\s+(?:say|claim|think|believe|assume|state|call))\b"
    r"|\bthere(?:'s| is)\s+no\s+(?:way|chance|evidence|reason\s+to\s+(?:think|believe))\b|\bby no means\b"
    r"|\bin no way\b|\bno way\b"
    r"|\bnobody\b|\bno one\b|\bfar from (?:true|the truth|being)\b|\bthe (?:claim|idea|notion|statement"
    r"|rumou?r|assumption) that\b(?=[^.;!?\n]*\b(?:wrong|false|untrue|incorrect|mistaken|not)\b)"
    r"|\b(?:rule[sd]?|ruling) out\b|\bimpossible (?:that|for)\b|\banything (?:but|except)\b"
    r"|\beverything (?:but|except)\b|\bany(?:where)? (?:value|number|time|date) (?:but|except)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"n't\b|\bnot\b|\bnever\b|\bcannot\b|\bneither\b|\bnor\b|\bnone\b|\bhardly\b|\bscarcely\b|\bunlikely\b"
    r"|\bimpossibl[ey]\b|\bfalse(?:ly)?\b"
    r"|\bwrong(?:ly)?\b|\bincorrect(?:ly)?\b|\bmistaken(?:ly)?\b|\bno,? not\b|\bdoubts?\b|\bdoubtful\b"
    r"|\bdoubtfully\b|\brefut\w+|\bdisprov\w+|\bdebunk\w+",
    re.I,
)
_LOCAL = re.compile(
    r"\b(?:rather than|instead of|other than|except(?: for)?|excluding|unlike|as opposed to|contrary to"
    r"|far from|different from|differs from|nowhere near|nothing like"
    r"|in place of|not to be confused with|confused? (?:it )?with|avoid)\b",
    re.I,
)
_HARMLESS = re.compile(
    r"[:=|]\s*[\"']?(?:false|none|no|not [a-z]+)\b(?=[\"']?\s*(?:[,;|}\]\n.]|$))|(?-i:\bNot [A-Z]\w+)"
    r"|(?-i:\b(?:False|None)\b(?=\s*(?:[,;|.\n]|$)))|\b(?:no |without (?:a |any )?|beyond (?:a "
    r"|any )?)doubts?\b|\bdoubtless\b|\bnot (?:only|just|merely|simply|until|till|before|to mention|far"
    r"|including|counting|any (?:more|less|later|earlier) than)\b"
    r"|(?:n't|\bnot|\bno|\bnever) (?:set |rise |end |begin |start |arrive |open |close |leave |go (?:up"
    r"|down) )?(?:until|till|before)\b"
    r"|(?:n't|\bnot|\bno) (?:forget|worry|hesitate|(?:much |far )?(?:more|less|fewer|later|earlier|longer"
    r"|higher|lower|better|worse) than|be (?:more|less|later|earlier|higher|lower) than|exceed\w*)\b"
    r"|\bwhether or not\b|\bif not\b|\bwhy not\b|\bor not\b|\bnot (?:sure|certain|entirely|exactly"
    r"|quite) (?:\w+ )?(?:how|why|what)\b|\bnot bad\b|\bno problem\b|\bnot applicable\b"
    r"|\bwrong (?:way|side)\b|\bcannot be (?:\w+ )?(?:more|less|other than)\b|\bfalse (?:positive|alarm"
    r"|cognate|easting|northing)s?\b",
    re.I,
)
_ASIDE = re.compile(r",\s*as\s[^,.;:]{1,40},", re.I)
_CONTRAST = re.compile(
    r";|\s-\s|\s?[—–]\s?|\bbut\b|\bhowever\b|\bactually\b|\binstead,|\brather,|\bin fact\b|\bin reality\b"
    r"|\bthough\b|\byet\b|\bwhereas\b|\bwhile\b"
    r"|\bso\b(?! far)|\btherefore\b|\bhence\b|\bthus\b|\bbecause\b|\bcorrectly\b",
    re.I,
)
_SOFT = re.compile(r",|:|\(|\band\b|\bor\b|\bwhich\b|\bthen\b|\bwhere\b|\bwith\b", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|comes?|came|equals?|amounts?|makes?|made|gives?|gave|lies?"
    r"|lands?|starts?|begins?|ends?|rises?"
    r"|sets?|costs?|weighs?|pays?|takes?|took|needs?|gets?|got|would|should|ought|must|will|shall|falls?"
    r"|stands?|works|melts?|scores?|holds?"
    r"|runs?|means?|reads?|says?|shows?|leaves?|arrives?|opens?|closes?|it's|that's|there's|they're|you'll"
    r"|i'd|reach(?:es)?|use|try|call|can|totals?"
    r"|belongs?|contains?|counts?|returns?|returned|found|find|measures?|ranks?|begins?|expires?"
    r"|departs?)\b|=|≈",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:this|these|following|true|right|correct|any of|either of|case|answer|below|it)\s*:?\s*$|(?:n't"
    r"|\bnot|never)\s*:?\s*$",
    re.I,
)
_BAD = (
    r"(?:wrong|incorrect|false|untrue|mistaken|erroneous|inaccurate|doubtful|questionable|nonsense"
    r"|impossible|unlikely|out of the question"
    r"|ruled out|a mistake|an error|a lie|a myth|made up|invented|off(?=\s*[.,!?]|$)|too (?:high|low|early"
    r"|late|big|small|much|little|long|short)"
    r"|(?:not|n't|hardly|never)\s+(?:\w+\s+){0,2}?(?:right|correct|true|it\b|the (?:right |correct "
    r"|actual |real )?(?:answer|value|case|one|result|figure|number|date|time)|accurate|possible|what\b"
    r"|so\b))"
)
_AFTER = re.compile(
    rf"^(?:[^.;!?\n,:—–(]{{0,40}}?\b(?:is|was|be|isn't|wasn't|seems?|looks?|sounds?|appears?|being|been)"
    rf"|\W*(?:are|were|aren't))\b[^.;!?\n,:—–(]{{0,25}}?\b{_BAD}"
    r"|^[^.;!?\n,:—–(]{0,25}?\b(?:is|are|was|were|would be|must be|can|could|may|might)(?:n't|\s*not"
    r"|\s+never|\s+hardly)\s+(?:\w+\s+){0,2}?(?:right|correct|true|it\b|be (?:right|correct|true|it)\b"
    r"|the\s+(?:\w+\s+)?(?:answer|value|case|one|result|figure|number|date|time))"
    r"|^[\s\"')\]%°]*(?:,|-|—|–|\(|\?)\s*(?:which\s+)?(?:i\s+(?:very much\s+|strongly\s+"
    r"|seriously\s+)?doubt|no\b(?=\s*[.!,)]|\s*$)|not\s*[.!)]|not\s*$|wrong\b|hardly\b|never\b"
    r"|certainly not|definitely not|of course not|absolutely not|as if\b|is (?:wrong|false|incorrect))"
    r"|^[\s\"')\]%°]*(?:it|that|this)\s+(?:is|was)\s+not\b",
    re.I,
)
_NEXT_SENTENCE = re.compile(
    r"^\s*(?:no[,.!]\s*)?(?:but\s+|and\s+|well,?\s+|actually,?\s+|only\s+)?(?:that|this|it|which|both"
    r"|all of (?:that|this|it|them)|these|those|they|none of (?:that|this|it|these|them)"
    r"|(?:that|this|the) (?:answer|value|figure|number|claim|statement)|everything (?:above|i said)"
    r"|what i (?:just )?said|the above)\s*"
    rf"(?:'s|'re|\s+is|\s+are|\s+was|\s+were|\s+would be|\s+must be|\s+cannot be|\s+can't be"
    rf"|\s+could not be|\s+isn't|\s+aren't|\s+wasn't)?\s+(?:\w+\s+)?(?:{_BAD}|not\s*[.!]"
    rf"|true\b(?=[^.!?\n]*\bnot\b))"
    r"|^\s*none of (?:that|this|it|these|them|the above)\s+(?:is|are|was|were)\s+(?:true|right|correct|the)\b"
    r"|^\s*(?:that|this|it)\s+(?:can(?:no|')t|could(?: not|n't)|can not)\s+be\b"
    r"|^\s*(?:and\s+)?i\s+(?:\w+\s+)?(?:doubt (?:it|that|this)|made (?:that|this|it|them|these) up"
    r"|take (?:that|it) back|was (?:wrong|joking|lying|kidding)|am (?:joking|lying|kidding)|do(?:n't"
    r"| not) (?:believe|think) (?:it|that|this|so))\b"
    r"|^\s*(?:just kidding|not!|not\.|wrong[.!]|no[.!]\s*$|false[.!]|scratch that|ignore (?:that|the above"
    r"|all)|the opposite is true|please disregard|disregard)",
    re.I,
)
_ALL_BELOW = re.compile(
    r"^\W*(?:(?:the following|what follows|all (?:of )?(?:this|that|the following)|everything (?:below"
    r"|that follows|here)|none of (?:the following|this|these|what follows))\b[^.:\n]{0,60}"
    r"\b(?:wrong|false|untrue|incorrect|made up|invented|not (?:true|right|correct)|(?<=none of )\w+"
    r"|is true|are true|is right|are right|is correct|are correct)\b)",
    re.I,
)
_TAKEN_BACK = re.compile(
    r"\b(?:no,? wait|correction|scratch that|i mean(?:t)?,?\s+(?:it|that|[0-9$€£])|let me correct"
    r"|i misspoke|strike that|make that|rather:|on second thoughts?|sorry,? (?:it's|that's|it is"
    r"|that should be))\b",
    re.I,
)


def denied(answer: Reading, span: Span) -> bool:
    """Whether the answer says of what stands at `span` that it is not so, or takes it back."""
    text = answer.text
    start, end = answer.sentence_of(span[0])
    if _before(_without_asides(text[start : span[0]])):
        return True
    if _AFTER.match(_without_asides(text[span[1] : max(end, span[1])])):
        return True
    return _elsewhere(answer, span, end)


def _without_asides(text: str) -> str:
    """The text with what denies nothing, and what others say, made illegible; as long as before."""
    text = _HARMLESS.sub(lambda found: "_" * len(found.group()), text)
    return _ASIDE.sub(lambda found: " " * len(found.group()), text)


def only_asked(answer: Reading, span: Span) -> bool:
    """Whether `span` stands in a question, or in a condition that nobody confirms."""
    start, end = answer.sentence_of(span[0])
    sentence = answer.text[start:end].rstrip("\"' )")
    return sentence.endswith("?") and not re.search(r"[;|=]|[\w\"']: ", sentence)


def _before(before: str) -> bool:
    """Whether a denial of the sentence's beginning reaches its end."""
    for found in _STRONG.finditer(before):
        if not _CONTRAST.search(before, found.end()):
            return True
    for found in _LOCAL.finditer(before):
        if not re.search(r"[,;:(]|\b(?:it|is|was|are|and|but)\b", before[found.end() :]):
            return True
    return any(_reaches(before[found.end() :], before[: found.end()]) for found in _CLAUSE.finditer(before))


def _reaches(rest: str, head: str) -> bool:
    """Whether a plain denial reaches over `rest`: no contrast, and no new clause with a verb."""
    if _CONTRAST.search(rest):
        return False
    for border in _SOFT.finditer(rest):
        behind = rest[border.end() :]
        if border.group() in (":", "(") and not _TO_COME.search(head + rest[: border.start()]):
            return False
        if border.group() not in (":", "(") and _VERB.search(behind):
            return False
    return True


def _elsewhere(answer: Reading, span: Span, sentence_end: int) -> bool:
    """Whether the next sentence, or the first of all, denies the lot."""
    text = answer.text
    if _NEXT_SENTENCE.match(text[sentence_end : sentence_end + 160]):
        return True
    right_behind = text[span[1] : span[1] + 160]  # a name may end in what looks like an abbreviation
    if right_behind[:1] == "." and _NEXT_SENTENCE.match(right_behind[1:]):
        return True
    first = text[: min(span[0], 160)]
    if _ALL_BELOW.match(first):
        return True
    later = _TAKEN_BACK.search(text, span[1])
    return later is not None and any(ch.isdigit() for ch in text[later.end() : later.end() + 60])
