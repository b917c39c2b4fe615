"""Phrasing: the sentences of an instruction, in changing mood, tone, subject and length."""

import itertools
import json
import random
import re
from typing import Any

from infra.sandbox.teacher.documents import Function, Parameter
from infra.sandbox.teacher.knowledge import CODES
from infra.sandbox.teacher.purposes import purpose
from infra.sandbox.teacher.words import humanised, name_words

OPENERS = (
    "",
    "",
    "",
    "I am preparing something for my class.",
    "I am putting together a short report.",
    "My friend asked me a favour and I promised an answer today.",
    "My family wants to settle this over dinner.",
    "My company needs this for a client by noon.",
    "Our team is stuck on a small question.",
    "We are writing a guide for beginners.",
    "My sister and I made a bet about this.",
    "My boss will ask me about this tomorrow, so it has to be right.",
    "Hi there!",
    "Good morning.",
    "Hello, quick one.",
    "Evening!",
    "Hey, I could use a hand.",
    "I am new to all of this, so please be patient with me.",
    "There is a quiz at our club tonight and I am the one who writes the questions.",
    "My neighbour keeps talking about this and I want to be prepared.",
    "I have to fill in a form and one field keeps puzzling me.",
    "Our newsletter goes to print in an hour.",
    "For once I would like to get this right the first time.",
    "My daughter needs this for school and I am no help at all.",
    "We are three colleagues and none of us is sure.",
    "The customer on the other line is waiting, so be quick.",
    "I run a small shop and do everything myself.",
    "Last week somebody told me something else, and now I doubt it.",
    "Two people gave me two answers.",
    "I am planning ahead for once in my life.",
    "My grandfather used to know such things by heart.",
    "This is for a talk that I give on Friday.",
    "I collect facts like these in a notebook.",
    "Our association has a meeting tonight, and this is the last open point on the list.",
)
CLOSERS = (
    "",
    "",
    "",
    "",
    "",
    "Thank you!",
    "Thanks in advance.",
    "Exact figures, please.",
    "I trust you with this one.",
    "Cheers.",
    "No long story, please.",
    "Many thanks for your trouble.",
    "That would make my day.",
    "Take your time.",
    "It is rather urgent.",
    "I would be very grateful.",
)
_LINKS = (
    "Also, ", "In addition, ", "Besides that, ", "After that, ", "On top of that, ", "While you are at it, ",
    "And one more thing: ", "Next, ", "", "",
)  # fmt: skip
_ASK_NP = (
    "please look up {np}",
    "could you tell me {np}?",
    "I would like to know {np}",
    "we need {np}",
    "give me {np}",
    "what I am after is {np}",
    "can you find {np}?",
    "I am curious about {np}",
    "find {np}",
    "tell me {np}",
    "would you find {np} for me?",
    "I am looking for {np}",
    "what is {np}?",
    "show me {np}",
    "my question is about {np}",
    "let me know {np}",
)
_ASK_WH = (
    "please find out {wh}",
    "could you tell me {wh}?",
    "I would like to know {wh}",
    "we need to know {wh}",
    "tell me {wh}",
    "do you know {wh}?",
    "find out {wh}",
    "I wonder {wh}",
    "would you check {wh}?",
    "let me know {wh}",
    "what I want to know is {wh}",
)
_ASK_DO = (
    "please {do}",
    "could you {do}?",
    "I need to {do}",
    "I would like you to {do}",
    "can you {do} for me?",
    "{do}",
    "would you {do}?",
    "we want to {do}",
    "help me {do}",
)
_UNITS = {unit: unit for unit in ("km", "kg", "cm", "m", "g", "percent", "minutes", "hours", "days")} | {
    "c": "degrees Celsius",
    "kmh": "km per hour",
    "pa": "pascals",
}
"""Last word of a parameter's name -> the unit as it is said."""
_NAMED = {meaning: {code: name for name, code in reversed(table.items())} for meaning, table in CODES.items()}


def shown(value: Any, quoted: bool = True) -> str:
    """Write a value: strings in double quotes, lists in brackets, yes or no, bare numbers and dates."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d(-\d\d(T[\d:]+\S*)?)?", text):
        return text
    return json.dumps(text, ensure_ascii=False) if quoted else text


def _bare(value: Any) -> bool:
    """Say whether a string may stand without quotes: a code in capitals, a time zone, one or two names."""
    text = str(value)
    return bool(re.fullmatch(r"[A-Z]{2,4}|[A-Z][a-z]+/[A-Z]\w+|[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)?", text))


def _article(word: str) -> str:
    return "an" if word[:1] in "aeiou" else "a"


def _paired(function: Function, arguments: dict[str, Any], rng: random.Random) -> tuple[list[str], set[str]]:
    """Say two values together: `from LIS to JFK`, `between 2026-03-01 and 2026-12-25`.

    Returns:
        the phrases, and the names of the parameters in them.
    """
    given = [parameter for parameter in function.parameters if parameter.name in arguments]
    phrases: list[str] = []
    names: set[str] = set()
    for one, other in itertools.pairwise(given):
        values = [
            shown(arguments[p.name], not (isinstance(arguments[p.name], str) and _bare(arguments[p.name])))
            for p in (one, other)
        ]
        if (one.meaning, other.meaning) == ("latitude", "longitude") and not one.side and rng.random() < 0.6:
            phrases.append("at latitude {} and longitude {}".format(*values))
        elif (
            (one.side, other.side) == (1, 2)
            and (one.kind, one.meaning) == (other.kind, other.meaning)
            and rng.random() < 0.7
        ):
            pattern = "between {} and {}" if one.kind == "date" and rng.random() < 0.5 else "from {} to {}"
            phrases.append(pattern.format(*values))
        else:
            continue
        names |= {one.name, other.name}
    return phrases, names


def _natural(parameter: Parameter, value: Any, rng: random.Random) -> str:
    """One value the way a person would say it."""
    label = humanised(parameter.name)
    words = name_words(parameter.name)
    if isinstance(value, str) and parameter.meaning in _NAMED and rng.random() < 0.5:
        name = _NAMED[parameter.meaning].get(value)
        if name is not None and parameter.meaning in ("country", "language"):
            shown_name = " ".join(
                word.capitalize() if word not in ("of", "and") else word for word in name.split()
            )
            return (
                f"in {shown_name}"
                if parameter.meaning == "country" and not parameter.side
                else f"the {label} {shown_name}"
            )
    if (
        parameter.kind in ("date", "datetime", "month")
        and not parameter.side
        and parameter.name in ("date", "day", "datetime", "month")
    ):
        return rng.choice(
            ("on {v}", "for {v}", "as of {v}") if parameter.kind == "date" else ("at {v}", "for {v}")
        ).format(v=value)
    if parameter.kind in ("date", "datetime") and words[0] in (
        "after",
        "before",
        "from",
        "to",
        "since",
        "until",
    ):
        return f"{words[0]} {shown(value, not _bare(value))}"
    if words[-1] in _UNITS and len(words) > 1 and isinstance(value, int | float):
        thing = " ".join(words[:-1])
        return f"{_article(thing)} {thing} of {value!r} {_UNITS[words[-1]]}"
    if parameter.kind == "enum" and "_" in str(value):
        return f"the {label} {humanised(str(value))}"
    quoted = not (isinstance(value, str) and _bare(value) and rng.random() < 0.6)
    patterns = ["the {l} {v}", "{l} {v}", "{v} as the {l}"]
    if not parameter.side:
        patterns += [f"{_article(label)} {{l}} of {{v}}", "the {l} set to {v}"]
    return rng.choice(patterns).format(l=label, v=shown(value, quoted))


def _labelled(parameter: Parameter, value: Any) -> str:
    return f"{humanised(parameter.name)} {shown(value)}"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def clause(function: Function, arguments: dict[str, Any], form: str, rng: random.Random) -> str:
    """One request: what the API is for, then its values.

    Args:
        function: the API, as the planner would see it.
        arguments: values to put in.
        form: `natural` or `labelled`.
        rng: source of chance.
    """
    found = purpose(function.description)
    kind, phrase = found or ("np", f"the {humanised(function.name.split('_for_')[0])}")
    templates = {"np": _ASK_NP, "wh": _ASK_WH, "do": _ASK_DO}[kind]
    template = rng.choice(templates)
    asks = template.endswith("?")
    body = template.rstrip("?").format(**{kind: phrase})
    by_name = {parameter.name: parameter for parameter in function.parameters}
    if form == "natural":
        pairs, together = _paired(function, arguments, rng)
        parts = pairs + [
            _natural(by_name[name], value, rng) for name, value in arguments.items() if name not in together
        ]
        placed = [
            part
            for part in parts
            if re.match(r"(?:in|on|at|for|as of|after|before|from|to|since|until|between) ", part)
        ]
        rest = [part for part in parts if part not in placed]
        text = body + "".join(f" {part}" for part in placed)
        if rest:
            text += rng.choice((", with ", ", given ", ", using ", " for ")) + _joined(rest)
    else:
        parts = [_labelled(by_name[name], value) for name, value in arguments.items()]
        text = body + (", with " + ", ".join(parts) if parts else "")
    return text + ("?" if asks else ".")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def instruction(clauses: list[str], rng: random.Random, plain: bool) -> str:
    """Put clauses together to one instruction of at least twelve words, plain or with an opening sentence."""
    sentences = [_sentence(clauses[0])]
    for text in clauses[1:]:
        link = rng.choice(_LINKS)
        sentences.append(link + text if link and not text.startswith("I ") else _sentence(link + text))
    opener = "" if plain else rng.choice(OPENERS)
    closer = "" if plain else rng.choice(CLOSERS)
    text = " ".join(part for part in (opener, *sentences, closer) if part)
    if len(text.split()) < 12:
        text = " ".join((rng.choice([line for line in OPENERS if len(line.split()) > 4]), *sentences))
    return text
