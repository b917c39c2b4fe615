"""Digits with separators: how 1,234.5 and 1.234,5 may be read (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Value:
    """One way to read a number."""

    value: float
    step: float
    """Place value of the last digit shown: 0.01 for 3.14; 0 for what is exact (1/8)."""
    grouped: bool = True
    """False: a thousands separator is read where English has a decimal point."""


_CONTINENTAL = re.compile(
    r"(?<![0-9.,])(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})*|0),[0-9]{1,2}(?![0-9,])|[0-9],[0-9]{4,}"
    r"|(?<![0-9])0,[0-9]|[0-9]\.[0-9]{3},[0-9]"
)

_ENGLISH = re.compile(r"[0-9],[0-9]{3}\.[0-9]|(?<![0-9.,])[0-9]+\.[0-9]{1,2}(?![0-9.,])|[0-9]\.[0-9]{4,}")


def style(text: str) -> bool | None:
    """True: decimal commas are used; False: decimal points; None: nobody can tell."""
    comma, point = _CONTINENTAL.search(text) is not None, _ENGLISH.search(text) is not None
    return comma if comma != point else None


def readings(cluster: str, continental: bool | None) -> Iterator[tuple[int, str, tuple[Value, ...], bool]]:
    """Offset, text and readings of the numbers in digits with separators; weak ones may be none."""
    separators = re.findall(r"[.,'_ ]", cluster)
    groups = re.split(r"[.,'_ ]", cluster)
    if not separators:
        yield 0, cluster, (Value(float(cluster), 1.0),), False
        return
    if cluster[0] == ".":
        yield 0, cluster, (_decimal("0" + cluster, "."),), False
        return
    thousands = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and groups[0][0] != "0"
    kinds = set(separators)
    if len(separators) == 1:
        yield from _one_separator(cluster, separators[0], groups, thousands, continental)
        return
    if len(kinds) == 1 and thousands:
        yield 0, cluster, (Value(float("".join(groups)), 1.0),), False
        return
    if kinds == {","} and len(groups[-1]) == 3 and all(len(group) == 2 for group in groups[1:-1]):
        yield 0, cluster, (Value(float("".join(groups)), 1.0),), False
        return
    last = separators[-1]
    if len(kinds) == 2 and separators.count(last) == 1 and last in ".,":
        head = cluster[: cluster.rindex(last)]
        if all(len(group) == 3 for group in groups[1:-1]) and len(groups[0]) <= 3:
            whole = re.sub(r"[^0-9]", "", head)
            yield 0, cluster, (_decimal(f"{whole}.{groups[-1]}", "."),), False
            return
    if "," in kinds:
        offset = 0
        for part in cluster.split(","):
            for inner, said, values, weak in readings(part, continental) if part else ():
                yield offset + inner, said, values, weak
            offset += len(part) + 1


def _one_separator(
    cluster: str, separator: str, groups: list[str], thousands: bool, continental: bool | None
) -> Iterator[tuple[int, str, tuple[Value, ...], bool]]:
    whole = Value(float("".join(groups)), 1.0)
    if separator in "'_ ":
        if thousands:
            yield 0, cluster, (whole,), False
        return
    decimal = _decimal(cluster, separator)
    if separator == ",":
        if not thousands:
            yield 0, cluster, (decimal,), False
            for offset, group in ((0, groups[0]), (len(groups[0]) + 1, groups[1])):
                yield offset, group, (Value(float(group), 1.0),), True
        elif continental is None:
            yield 0, cluster, (whole,), False
        else:
            yield 0, cluster, (decimal, whole) if continental else (whole,), False
    elif not thousands:
        yield 0, cluster, (decimal,), False
    elif continental:
        yield 0, cluster, (whole, decimal), False
    else:
        yield 0, cluster, (decimal, replace(whole, grouped=False)), False


def _decimal(text: str, separator: str) -> Value:
    head, _, tail = text.partition(separator)
    return Value(float(f"{head}.{tail}"), 10.0 ** -len(tail))
