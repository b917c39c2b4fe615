"""Password Meter: how long a password would withstand guessing."""

import math
from typing import TYPE_CHECKING, Annotated, Any

from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.sources.units import significant
from infra.sandbox.hub.tool import Answer, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping

tool = Tool(
    name="Password Meter",
    category="Cybersecurity",
    description="Estimates the work of somebody who guesses secrets cleverly, with word lists, dates and"
    " keyboard walks, and says where a login is weak.",
    packages=("zxcvbn",),
    data_vintage="zxcvbn 4.5 with word lists of leaked passwords.",
    licence="MIT",
    collections=("account-safety",),
)

GUESSES_PER_SECOND = {
    "online_throttled": 100 / 3600,
    "online": 10.0,
    "offline_slow_hash": 1e4,
    "offline_fast_hash": 1e10,
}
ALPHABETS = {"digits": 10, "lower_case": 26, "letters": 52, "letters_and_digits": 62, "printable": 94}

# Matching takes time that grows with the square of the length.
Secret = Annotated[
    str, Text("The login to rate; use no real one.", examples=("correcthorse", "P@ssw0rd!"), max_length=50)
]


def _estimate(password: str, personal: str | None = None) -> "Mapping[str, Any]":
    from zxcvbn import zxcvbn

    estimate: Mapping[str, Any] = zxcvbn(password, user_inputs=(personal or "").split())
    return estimate


@tool.post("/scores", "Password Strength")
def password_strength(
    password: Secret,
    personal: Annotated[
        str | None, Text("Words an attacker would try first: names, towns.", examples=("Anna Lisboa",))
    ] = None,
) -> Answer:
    """A grade from 0 (hopeless) to 4 (strong), how many guesses it takes, and what to do better."""
    estimate = _estimate(password, personal)
    return {
        "score": estimate["score"],
        "guesses_log10": round(float(estimate["guesses_log10"]), 2),
        "warning": estimate["feedback"]["warning"],
        "suggestions": list(estimate["feedback"]["suggestions"]),
    }


@tool.post("/times", "Crack Time")
def crack_time(
    password: Secret,
    attack: Annotated[
        str,
        Choice(
            "Online against a web form, or offline against a stolen file.",
            members=tuple(GUESSES_PER_SECOND),
            example="offline_slow_hash",
        ),
    ],
) -> Answer:
    """How long a guesser needs under one of four conditions, in seconds and in everyday words."""
    estimate = _estimate(password)
    seconds = float(estimate["guesses"]) / GUESSES_PER_SECOND[attack]
    return {"attack": attack, "seconds": significant(seconds, 6), "words": _duration(seconds)}


@tool.post("/patterns", "Weak Spots")
def weak_spots(password: Secret) -> Answer:
    """The pieces a clever guesser would cut a login into: dictionary entries, sequences, repeats, dates."""
    pieces = [
        {"piece": match["token"], "pattern": match["pattern"]} for match in _estimate(password)["sequence"]
    ]
    return {"pieces": pieces, "count": len(pieces)}


@tool.get("/entropy", "Random Password Entropy")
def random_password_entropy(
    length: Annotated[int, Integer("Number of signs.", minimum=1, maximum=128, example=12)],
    alphabet: Annotated[
        str, Choice("What each sign is drawn from.", members=tuple(ALPHABETS), example="printable")
    ],
) -> Answer:
    """Bits of surprise in a secret drawn sign by sign at random, and the size of the alphabet."""
    size = ALPHABETS[alphabet]
    return {"alphabet_size": size, "bits": round(length * math.log2(size), 2)}


@tool.get("/passphrases", "Passphrase Entropy")
def passphrase_entropy(
    words: Annotated[int, Integer("How many are drawn.", minimum=1, maximum=30, example=6)],
    list_size: Annotated[int, Integer("How many to draw from.", minimum=2, maximum=1_000_000, example=7776)],
) -> Answer:
    """Bits of surprise in dictionary entries drawn by dice, and how many random letters equal it."""
    bits = words * math.log2(list_size)
    return {"bits": round(bits, 2), "equal_letters_and_digits": math.ceil(bits / math.log2(62))}


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    for unit, size in (("century", 3_155_760_000), ("year", 31_557_600), ("day", 86_400), ("hour", 3600),
                       ("minute", 60)):  # fmt: skip
        if seconds >= size:
            count = int(seconds // size)
            if unit == "century":
                return "centuries"
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{int(seconds)} second{'s' if int(seconds) > 1 else ''}"
