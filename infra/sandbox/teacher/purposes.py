"""Purposes: what an API is for, taken from its description in words that fit into a sentence."""

import re

from infra.sandbox.teacher.lexicon import word_set

_PLAIN_VERBS = word_set(
    """
    return give get list show provide retrieve fetch find obtain look tell deliver produce
    """
)
_VERBS = (
    word_set(
        """
    add analyse analyze break build calculate change check classify clean compare compute convert
    count create decode describe detect determine draw encode estimate evaluate expand explain
    extract format generate guess identify measure mix move name normalise normalize parse pick
    predict rank read recognise replace resolve reverse roll round scale score search shift shorten
    simulate sort spell split suggest sum test tidy transform translate transpose turn validate
    verify weigh work write
    """
    )
    | _PLAIN_VERBS
)
_ASKING = ("how", "whether", "which", "what", "where", "when", "who", "why", "if")
_DETERMINERS = word_set(
    """
    a an the one all every each any some its whether how what which two up at by for from text
    """
)
_TAIL = word_set(
    """
    a an the of in on at by for from with and or to its their that which as per than is are
    """
)


def _base_form(verb: str) -> str:
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("shes", "ches", "sses", "xes")):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def purpose(description: str) -> tuple[str, str] | None:
    """What an API is for, in words that fit into a sentence.

    Returns:
        `np` and a noun phrase, `wh` and an indirect question, or `do` and a verb phrase; None for a bare
        description.
    """
    text = re.sub(r"\([^)]*\)", "", description).strip()
    text = re.split(r"(?<=[\w)])[.!?](?:\s|$)|[:;\n]|\s[–—-]\s", text, maxsplit=1)[0].strip()
    words = text.split()
    if len(words) > 16:
        cut = next((place + 1 for place in range(15, 5, -1) if words[place].endswith(",")), 16)
        words = words[:cut]
        while words and words[-1].lower().strip(",") in _TAIL:
            words.pop()
    if len(words) < 2:
        return None
    first = words[0].lower().strip(",")
    rest = " ".join(words[1:]).rstrip(",")
    whole = " ".join(words).rstrip(",")
    whole = whole if words[0].isupper() and len(words[0]) > 1 else whole[0].lower() + whole[1:]
    if first in _ASKING:
        return "wh", whole
    base = _base_form(first)
    is_verb = base in _VERBS or (base != first and words[1].lower() in _DETERMINERS)
    if not is_verb:
        return "np", whole
    if base in _PLAIN_VERBS - {"look"}:
        second = words[1].lower()
        return ("wh", rest) if second in _ASKING else ("np", rest)
    return "do", f"{base} {rest}"
