"""Door: `python -m infra.sandbox.teacher --port 0 --seed S` serves the rehearsal teacher."""

import argparse
import math
import sys

from infra.sandbox.teacher.pace import Pace
from infra.sandbox.teacher.server import HOST, serve


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.sandbox.teacher",
        description="The rehearsal teacher: OpenAI's chat protocol, answered by rules, by no language model.",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=0, help="server seed; another one gives other replies")
    parser.add_argument(
        "--first-token-s", type=_not_negative, default=0.0, metavar="S",
        help="seconds until a reply begins, as of a hosted model; 0 (default): at once",
    )  # fmt: skip
    parser.add_argument(
        "--tokens-per-s", type=_not_negative, default=0.0, metavar="N",
        help="speed of its tokens from then on; 0 (default): all at once",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        serve(options.port, options.seed, Pace(options.first_token_s, options.tokens_per_s))
    except (OSError, OverflowError) as error:
        print(
            f"The teacher cannot listen on {HOST}:{options.port} ({error}); choose another --port.",
            file=sys.stderr,
        )
        return 1
    return 0


def _not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < math.inf:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main())
