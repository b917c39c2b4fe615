"""Fitting: the value that a place of the text would give a parameter, and how well its looks fit."""

import re
from typing import Any

from infra.sandbox.teacher.documents import Parameter, pattern_of, shape_of
from infra.sandbox.teacher.knowledge import CODES, MONTHS
from infra.sandbox.teacher.spans import Span, read_text
from infra.sandbox.teacher.values import read_number

_Fit = tuple[Any, float] | None
"""A value brought to a parameter's type, and how well it looks, about -0.6 to 1.3; None: it cannot be."""
_FORMS = {
    "date": {"date": 1.2, "datetime": 0.6},
    "datetime": {"datetime": 1.2, "date": -0.6},
    "month": {"month": 1.2, "date": -0.5},
    "clock": {"clock": 1.2, "datetime": 0.5},
}
_MEANING_KINDS = {
    "timezone": "timezone",
    "email": "email",
    "url": "url",
    "ip": "ip",
    "cidr": "ip",
    "phone": "phone",
    "hex": "hex",
}
_STRING_KINDS = {
    "quoted": 0.6,
    "code": 0.4,
    "caps": 0.35,
    "name": 0.25,
    "number": 0.05,
    "date": -0.6,
    "month": -0.6,
    "datetime": -0.6,
    "clock": -0.6,
    "timezone": -0.4,
    "email": -0.1,
    "url": -0.1,
    "phone": -0.1,
}
"""How readily a kind of value is taken for a free string; other kinds 0.2."""


def _number_for(parameter: Parameter, span: Span) -> _Fit:
    """Fit a value to a numeric parameter; the second number is how well it fits."""
    value = span.value
    if span.kind == "quoted":
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            month = MONTHS.get(value.lower()) if parameter.meaning == "month" else None
            return (month, 0.2) if month else None
        value, fit = read_number(value), -0.1
    elif span.kind == "number":
        fit = 0.4
    elif (
        span.kind in ("date", "month")
        and parameter.meaning in ("year", "month", "date")
        and parameter.kind == "integer"
    ):
        parts = [int(part) for part in value.split("-")]
        place = ("year", "month", "date").index(parameter.meaning)
        return (parts[place], -0.1) if place < len(parts) else None
    elif span.kind == "name" and parameter.meaning == "month" and value.lower() in MONTHS:
        return MONTHS[value.lower()], 0.5
    else:
        return None
    if parameter.minimum is not None and value < parameter.minimum:
        return None
    if parameter.maximum is not None and value > parameter.maximum:
        return None
    if parameter.kind == "integer":
        if isinstance(value, float) and value == int(value) and "." not in span.raw:
            value = int(value)
        elif isinstance(value, float):
            fit -= 0.5
        year = 1500 <= value <= 2600 and len(span.raw) == 4
        if parameter.meaning == "year":
            fit += 0.6 if year else -0.8
        elif year and span.before[:1] == ("in",):
            fit -= 0.5
    if span.paired:
        fit += 0.6 if parameter.meaning in ("latitude", "longitude") else -0.5
    elif parameter.meaning in ("latitude", "longitude") and isinstance(value, int) and span.after:
        fit -= 1.0  # `6 characters`
    if span.kind == "number" and not any(sign.isdigit() for sign in span.raw):
        fit -= 0.35  # `two friends` seldom means the value
    if (parameter.meaning == "latitude" and abs(value) > 90) or (
        parameter.meaning == "longitude" and abs(value) > 180
    ):
        return None
    return value, fit


def _array_for(parameter: Parameter, span: Span) -> _Fit:
    if span.kind == "array":
        return span.value, 0.8
    return None


def _string_for(parameter: Parameter, span: Span) -> _Fit:
    """Fit a value to a parameter of type string; the second number is how well it fits."""
    if span.kind in ("array", "word") and parameter.meaning not in CODES:
        return None
    text = span.raw if span.kind in ("number", "quoted", "clock", "code") else str(span.value)
    if parameter.kind in _FORMS:
        inner = read_text(text).spans if span.kind == "quoted" else ()
        kind, value = (inner[0].kind, inner[0].value) if len(inner) == 1 else (span.kind, span.value)
        if kind not in _FORMS[parameter.kind]:
            return None
        if parameter.kind == "date" and kind == "datetime":
            value = value[:10]
        elif parameter.kind == "month" and kind == "date":
            value = value[:7]
        elif parameter.kind == "clock":
            long = parameter.shape.count(":") == 2
            value = value.partition("T")[2] if kind == "datetime" else value
            value = value[:8] if long else value[:5]
        elif parameter.kind == "datetime" and kind == "date":
            value = f"{value}T00:00:00"
        return value, _FORMS[parameter.kind][kind]
    if parameter.meaning in CODES and (named := CODES[parameter.meaning].get(text.lower())):
        wants_code = parameter.is_code or bool(parameter.note_stems & {"code", "letter"})
        return (named, 1.0) if wants_code else (text, 0.5)
    if span.kind == "word":
        return None
    if parameter.is_code and shape_of(text) != parameter.shape:
        # A quoted value is passed on, right or wrong; anything else of another shape is no such code.
        return (text, -0.2) if span.kind == "quoted" and text.isalpha() else None
    if parameter.meaning == "timezone" and span.kind not in ("timezone", "quoted", "caps"):
        return None
    if parameter.holds_digits and span.kind != "quoted" and not any(sign.isdigit() for sign in text):
        return None
    if span.kind == "number" and not (
        text[-1:].isdigit() and (not parameter.shape or "9" in parameter.shape)
    ):
        return None
    fit = _STRING_KINDS.get(span.kind, 0.2)
    if parameter.meaning in _MEANING_KINDS:
        fit += 1.2 if span.kind == _MEANING_KINDS[parameter.meaning] else 0.0
    if parameter.shape and shape_of(text) == parameter.shape:
        fit += 0.7
    if parameter.patterns and any(sign.isdigit() for sign in text):
        fit += 0.4 if pattern_of(text) in parameter.patterns else -0.2
    return text, fit


def fitted(parameter: Parameter, span: Span) -> _Fit:
    """The value that a span would give a parameter, and how well its looks fit; None where they do not."""
    if parameter.kind in ("integer", "number"):
        return _number_for(parameter, span)
    if parameter.kind == "array":
        return _array_for(parameter, span)
    if parameter.kind in ("enum", "boolean", "object"):
        return None
    return _string_for(parameter, span)
