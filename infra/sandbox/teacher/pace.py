"""How long a reply takes: a hosted model's seconds, for rehearsals of load. By default it comes at once.

A reply takes the time to its first token and then its tokens, both stretched by one draw. The draw comes from
the reply's own bytes: an equal reply takes equally long, and the teacher stays without memory.
"""

from dataclasses import dataclass

import orjson

from infra.sandbox.teacher.draws import digest_of, generator

SPREAD = 0.25
"""Standard deviation of the logarithm of the stretch: nine replies in ten take 0.66 to 1.5 times as long."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A model server's speed."""

    first_token_s: float = 0.0
    tokens_per_s: float = 0.0
    """0: all tokens come with the first."""

    def takes_s(self, reply: bytes) -> float:
        """Seconds that a reply takes."""
        if not (self.first_token_s or self.tokens_per_s):
            return 0.0
        tokens = int(orjson.loads(reply)["usage"]["completion_tokens"])
        writing_s = tokens / self.tokens_per_s if self.tokens_per_s else 0.0
        return (self.first_token_s + writing_s) * generator(digest_of(reply)).lognormvariate(0.0, SPREAD)


AT_ONCE = Pace()
