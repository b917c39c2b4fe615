"""From sentences to the text of a person: values put in, sentences joined, a word before and after."""

import re
from collections.abc import Mapping, Sequence
from random import Random

from infra.sandbox.tasks.asks import SLOT

_QUOTES = "\"'“”‘’«»`"
_OPENERS = (
    *("Hello!", "Hi there.", "Quick question.", "I need a hand with something.", "A favour, please."),
    *("This is for a report that is due tonight.", "My colleague wants to know, and so do I."),
    *("I am settling a bet.", "I am preparing a talk.", "Somebody asked me and I had no answer."),
    *("I would rather not look this up by hand.", "For my notes:", "Here is what I am after:"),
)
_OPENERS_OF_MANY = (
    *("There are a few things I need.", "Several things at once, sorry.", "I have some questions."),
    *("Let me go through my list.", "More than one thing today."),
)
_CLOSERS = (
    *("Thanks!", "Thank you.", "Plain figures are fine.", "No long explanation needed, just the facts."),
    *("Much appreciated.", "Short and exact, please.", "That would settle it."),
)
_ORDERED = ("order words", "numbers")
_MANNERS = ("plain", "adverbs", "lines", *_ORDERED)
_NEXT = (
    "Also, ",
    "And ",
    "Besides, ",
    "Then ",
    "On top of that, ",
    "While you are at it: ",
    "Another thing: ",
)
_FIRST = ("First, ", "To begin with, ", "First of all: ")
_THEN = ("Then ", "After that, ", "Next, ")
_LAST = ("Finally, ", "Last, ", "And lastly, ", "In the end, ")
# Words whose capital is only the sentence's: names and "I" keep theirs.
_LOWERED = (
    "a add an and are at by calculate can check compare compute convert could count decode "
    "describe did do does encode estimate fetch figure find for from get give given guide has "
    "have help here how if in into is let list look make may might move my name need on one our "
    "pick please put read remove say score show sort spell split take tell that the there these "
    "this to translate turn under using was we were what what's when where which who whose why "
    "will with work would write you"
)


def filled(sentence: str, phrases: Mapping[str, str], quoted: frozenset[str]) -> str:
    """Put phrases in the slots of a sentence.

    Args:
        sentence: with ``{slots}``.
        phrases: text by slot.
        quoted: slots whose text gets quotes, unless the sentence has them already.
    """

    def phrase(match: re.Match[str]) -> str:
        text, before, after = phrases[match[1]], sentence[: match.start()], sentence[match.end() :]
        bare = before[-1:] not in tuple(_QUOTES) or after[:1] not in tuple(_QUOTES)
        if match[1] in quoted and bare:
            text = f'"{text}"' if '"' not in text else f"“{text}”"
        if re.search(r"\b(the|a|an) $", before, re.IGNORECASE) and text.startswith(("the ", "The ")):
            text = text[4:]
        noun = re.match(r"the (\w+) ", text)
        if noun and before.lower().endswith(f"{noun[1]} "):  # not: account the account 4711
            text = text[noun.end() :]
        return text

    return SLOT.sub(phrase, sentence).strip()


def joined(sentences: Sequence[str], rng: Random, in_order: bool) -> str:
    """Return the instruction that the sentences make.

    Args:
        sentences: one wish each.
        rng: source of chance.
        in_order: whether the order of the wishes matters, so that words must say it.
    """
    manner = rng.choice(
        ("order words", "numbers") if in_order else ("plain", "adverbs", "order words", "numbers", "lines")
    )
    if len(sentences) == 1:
        body = sentences[0]
    elif manner == "numbers":
        body = " ".join(f"{number}) {sentence}" for number, sentence in enumerate(sentences, 1))
    elif manner == "lines":
        body = "\n".join(f"- {sentence}" for sentence in sentences)
    elif manner == "order words":
        leads = [rng.choice(_FIRST), *(rng.choice(_THEN) for _ in sentences[2:]), rng.choice(_LAST)]
        body = " ".join(led(lead, sentence) for lead, sentence in zip(leads, sentences, strict=True))
    elif manner == "adverbs":
        leads = rng.sample(_NEXT, len(sentences) - 1)
        later = [led(lead, sentence) for lead, sentence in zip(leads, sentences[1:], strict=True)]
        body = " ".join([sentences[0], *later])
    else:
        body = " ".join(sentences)
    before = (
        rng.choice(_OPENERS + (_OPENERS_OF_MANY * 2 if len(sentences) > 1 else ()))
        if rng.random() < 0.4
        else ""
    )
    after = rng.choice(_CLOSERS) if rng.random() < 0.25 else ""
    line = "\n" if manner == "lines" and len(sentences) > 1 else " "
    return line.join(part for part in (before, body, after) if part)


def begun(sentence: str) -> str:
    """Return a sentence that begins with a capital where a phrase made it begin with ``the``."""
    return f"T{sentence[1:]}" if sentence.startswith("the ") else sentence


def led(lead: str, sentence: str) -> str:
    """Put a lead such as ``Also,`` before a sentence, whose first letter then may become small."""
    first, _, rest = sentence.partition(" ")
    if first.lower().rstrip(",") not in _LOWERED.split():
        return f"{lead.rstrip(', :')}: {sentence}"
    return f"{lead}{first[0].lower()}{first[1:]} {rest}"
