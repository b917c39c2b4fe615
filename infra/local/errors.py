"""What can go wrong on the laptop, said in one sentence."""


class LocalError(Exception):
    """A program of this clone did not start, or something needed is missing; the message says what to do."""
