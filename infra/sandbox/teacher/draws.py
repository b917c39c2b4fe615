"""Draws: all chance of a reply comes from generators that are seeded from the request alone."""

import hashlib
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from infra.sandbox.teacher.skills import Skill

_SPAN = float(1 << 64)


def digest_of(*parts: bytes) -> bytes:
    """16 bytes that stand for the parts and their order, on any machine and in any process."""
    hashed = hashlib.blake2b(digest_size=16)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def generator(digest: bytes) -> random.Random:
    """A generator of its own for one reply."""
    return random.Random(int.from_bytes(digest, "big"))


def weighted(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw one of the names by weight; the names must not be empty."""
    return rng.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True, slots=True)
class Mind:
    """Where the mistakes of one reply come from: what this model thinks of the instruction, and the moment.

    A wrong belief is drawn from one of two sources. The *standing* one knows model and instruction, but not
    the conversation nor the request's seed, so that siblings, later steps and restarts find the same belief
    there. The *passing* one knows the whole request. Each reply turns to the standing source with probability
    sqrt(stubborn), so that two replies share their belief with probability `stubborn`; how often a belief is
    wrong is the same in both.
    """

    skill: Skill
    standing: bytes
    """Stands for server seed, skill and instruction."""
    passing: bytes
    """Stands for the whole request."""

    def wrong(self, subject: str, rate: float) -> random.Random | None:
        """Draw whether something wrong is believed about a subject.

        Args:
            subject: what the belief is about, equal in all replies that it concerns.
            rate: share of wrong beliefs, whatever the stubbornness.

        Returns:
            a generator from which the belief itself is drawn, or None where nothing is wrong.
        """
        if not rate:
            return None
        about = subject.encode()
        source = digest_of(self.passing, about)
        stubborn = self.skill.stubborn
        if stubborn and int.from_bytes(source[:8], "big") / _SPAN < math.sqrt(stubborn):
            source = digest_of(self.standing, about)
        return generator(source) if int.from_bytes(source[8:], "big") / _SPAN < rate else None

    def happens(self, subject: str, rate: float) -> bool:
        """Draw a thing of the moment, which nothing persists of."""
        return int.from_bytes(digest_of(self.passing, subject.encode())[8:], "big") / _SPAN < rate


def mind_of(skill: Skill, server_seed: int, instruction: str, passing: bytes) -> Mind:
    """The mind of a model about an instruction, at one request."""
    standing = digest_of(str(server_seed).encode(), skill.name.encode(), instruction.encode())
    return Mind(skill, standing, passing)
