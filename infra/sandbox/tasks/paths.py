"""Places inside a JSON answer: ``results.0.latitude`` is the latitude of the first of the results."""

from collections.abc import Iterator

from infra.sandbox.tasks.documents import Json


class NoSuchPlace(LookupError):
    """The answer has nothing at that path."""


def value_at(answer: Json, path: str) -> Json:
    """Return what lies at a path of keys and list indices; raises `NoSuchPlace`."""
    value = answer
    for step in path.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise NoSuchPlace(path)
    return value


def leaves(answer: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield path and value of everything in an answer that is neither object nor list."""
    if isinstance(answer, dict):
        children = [(str(key), value) for key, value in answer.items()]
    elif isinstance(answer, list):
        children = [(str(index), value) for index, value in enumerate(answer)]
    else:
        yield path, answer
        return
    for step, value in children:
        yield from leaves(value, f"{path}.{step}" if path else step)
