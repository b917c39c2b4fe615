"""What can go wrong while tasks are made; each message is one sentence for the person at the terminal."""


class TasksError(Exception):
    """Nothing was written: the message says what to do about it."""
