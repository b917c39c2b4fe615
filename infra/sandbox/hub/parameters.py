"""The kinds of parameter an API can declare: how each is documented, read and limited.

Every kind is bounded (length, range, members), so that no argument can make a call hang. A kind reads an
argument from text (path and query) or from a JSON value (body) and hands the function a Python value:

kind        documented type          the function receives
Text        STRING                   str
Number      NUMBER                   float
Integer     INTEGER                  int
YesNo       BOOLEAN                  bool
Choice      ENUM                     str
Day         DATE (YYYY-MM-DD)        datetime.date
TimeOfDay   TIME (24-hour HH:MM)     datetime.time
Numbers     ARRAY                    tuple of float
"""

import datetime
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from infra.sandbox.hub.errors import BadValue

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Kind(ABC):
    """What every kind of parameter has: a description, and a value that shows how it is used."""

    type_name: ClassVar[str]
    python_type: ClassVar[object]

    description: str

    @abstractmethod
    def from_text(self, text: str) -> object:
        """Read an argument of a path or query; raises `BadValue`."""

    @abstractmethod
    def from_json(self, value: object) -> object:
        """Read an argument of a JSON body, or an example of the documentation; raises `BadValue`."""

    def shown_example(self) -> object:
        """Return the documented example as JSON, None where the kind shows itself otherwise."""
        return getattr(self, "example", None)

    def shown(self, value: object) -> object:
        """Return a Python value of this kind as JSON, as in defaults."""
        return value

    def shown_description(self) -> str:
        """Return the description with what else a reader needs to choose a value."""
        return self.description

    def constraints(self) -> dict[str, object]:
        """Return the machine-readable limits: ``enum``, ``minimum``, ``maximum``."""
        return {}


@dataclass(frozen=True)
class Text(Kind):
    """A string; the documentation lists example values, the first of them is *the* example."""

    type_name: ClassVar[str] = "STRING"
    python_type: ClassVar[object] = str

    _: KW_ONLY
    examples: tuple[str, ...]
    pattern: str | None = None
    pattern_words: str = ""
    upper: bool = False
    max_length: int = 100

    def from_text(self, text: str) -> object:
        """Check length, characters and pattern; upper-case it where the kind says so."""
        if not 1 <= len(text) <= self.max_length:
            raise BadValue(f"must have 1 to {self.max_length} characters")
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise BadValue("must be printable text")
        if self.pattern is not None and not re.fullmatch(self.pattern, text, re.ASCII):
            raise BadValue(f"must be {self.pattern_words or f'of the form {self.pattern}'}")
        return text.upper() if self.upper else text

    def from_json(self, value: object) -> object:
        """Read a JSON string."""
        if not isinstance(value, str):
            raise BadValue("must be a string")
        return self.from_text(value)

    def shown_example(self) -> object:
        """Return the first example."""
        return self.examples[0]

    def shown_description(self) -> str:
        """List the examples, where there are several: a reader cannot guess free strings."""
        listed = f" Examples: {'; '.join(self.examples)}." if len(self.examples) > 1 else ""
        return self.description + listed


@dataclass(frozen=True)
class Number(Kind):
    """A finite decimal number within bounds."""

    type_name: ClassVar[str] = "NUMBER"
    python_type: ClassVar[object] = float

    _: KW_ONLY
    minimum: float
    maximum: float
    example: float

    def from_text(self, text: str) -> object:
        """Read a decimal number with a point."""
        if not _NUMBER.fullmatch(text):
            raise BadValue(self._rule())
        return self._bounded(float(text))

    def from_json(self, value: object) -> object:
        """Read a JSON number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadValue(self._rule())
        try:
            return self._bounded(float(value))
        except OverflowError as error:
            raise BadValue(self._rule()) from error

    def constraints(self) -> dict[str, object]:
        """Return the range."""
        return {"minimum": self.minimum, "maximum": self.maximum}

    def _bounded(self, value: float) -> float:
        if not math.isfinite(value) or not self.minimum <= value <= self.maximum:
            raise BadValue(self._rule())
        return value + 0.0  # -0.0 would be printed as such

    def _rule(self) -> str:
        return f"must be a number between {self.minimum:g} and {self.maximum:g}"


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number within bounds."""

    type_name: ClassVar[str] = "INTEGER"
    python_type: ClassVar[object] = int

    _: KW_ONLY
    minimum: int
    maximum: int
    example: int

    def from_text(self, text: str) -> int:
        """Read decimal digits."""
        if not _INTEGER.fullmatch(text):
            raise BadValue(self._rule())
        return self._bounded(int(text))

    def from_json(self, value: object) -> int:
        """Read a JSON number without fraction."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadValue(self._rule())
        return self._bounded(value)

    def constraints(self) -> dict[str, object]:
        """Return the range."""
        return {"minimum": self.minimum, "maximum": self.maximum}

    def _bounded(self, value: int) -> int:
        if not self.minimum <= value <= self.maximum:
            raise BadValue(self._rule())
        return value

    def _rule(self) -> str:
        return f"must be a whole number between {self.minimum} and {self.maximum}"


@dataclass(frozen=True)
class YesNo(Kind):
    """True or false."""

    type_name: ClassVar[str] = "BOOLEAN"
    python_type: ClassVar[object] = bool

    _: KW_ONLY
    example: bool

    def from_text(self, text: str) -> object:
        """Read ``true`` or ``false``."""
        if text.lower() not in ("true", "false"):
            raise BadValue("must be true or false")
        return text.lower() == "true"

    def from_json(self, value: object) -> object:
        """Read a JSON boolean."""
        if not isinstance(value, bool):
            raise BadValue("must be true or false")
        return value


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few strings, spelt as documented."""

    type_name: ClassVar[str] = "ENUM"
    python_type: ClassVar[object] = str

    _: KW_ONLY
    members: tuple[str, ...]
    example: str

    def from_text(self, text: str) -> object:
        """Read one of the members."""
        if text not in self.members:
            raise BadValue(f"must be one of {', '.join(self.members)}")
        return text

    def from_json(self, value: object) -> object:
        """Read one of the members."""
        if not isinstance(value, str):
            raise BadValue(f"must be one of {', '.join(self.members)}")
        return self.from_text(value)

    def constraints(self) -> dict[str, object]:
        """Return the members."""
        return {"enum": list(self.members)}


@dataclass(frozen=True)
class Day(Kind):
    """A date of the Gregorian calendar, in ISO form, within bounds."""

    type_name: ClassVar[str] = "DATE (YYYY-MM-DD)"
    python_type: ClassVar[object] = datetime.date

    _: KW_ONLY
    example: str
    earliest: str = "1900-01-01"
    latest: str = "2100-12-31"

    def from_text(self, text: str) -> object:
        """Read an ISO date."""
        if not _DAY.fullmatch(text) or not self.earliest <= text <= self.latest:
            raise BadValue(self._rule())
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise BadValue(self._rule()) from error

    def from_json(self, value: object) -> object:
        """Read an ISO date."""
        if not isinstance(value, str):
            raise BadValue(self._rule())
        return self.from_text(value)

    def shown(self, value: object) -> object:
        """Return the ISO form."""
        return str(value)

    def shown_description(self) -> str:
        """Name the range: the documentation's minimum and maximum are for numbers."""
        return f"{self.description} From {self.earliest} to {self.latest}."

    def _rule(self) -> str:
        return f"must be a date YYYY-MM-DD between {self.earliest} and {self.latest}"


@dataclass(frozen=True)
class TimeOfDay(Kind):
    """Hours and minutes of a 24-hour clock."""

    type_name: ClassVar[str] = "TIME (24-hour HH:MM)"
    python_type: ClassVar[object] = datetime.time

    _: KW_ONLY
    example: str

    def from_text(self, text: str) -> object:
        """Read ``HH:MM``."""
        if not _TIME.fullmatch(text):
            raise BadValue("must be a time HH:MM between 00:00 and 23:59")
        return datetime.time.fromisoformat(text)

    def from_json(self, value: object) -> object:
        """Read ``HH:MM``."""
        if not isinstance(value, str):
            raise BadValue("must be a time HH:MM between 00:00 and 23:59")
        return self.from_text(value)

    def shown(self, value: object) -> object:
        """Return ``HH:MM``."""
        return str(value)[:5]


@dataclass(frozen=True)
class Numbers(Kind):
    """A list of numbers, each within bounds; in a query they are separated by commas."""

    type_name: ClassVar[str] = "ARRAY"
    python_type: ClassVar[object] = tuple[float, ...]

    _: KW_ONLY
    minimum: float
    maximum: float
    min_length: int
    max_length: int
    example: tuple[float, ...]

    def from_text(self, text: str) -> object:
        """Read numbers separated by commas."""
        parts = text.split(",", self.max_length)
        self._check_length(parts)
        return tuple(self._member().from_text(part) for part in parts)

    def from_json(self, value: object) -> object:
        """Read a JSON list of numbers."""
        if not isinstance(value, list | tuple):
            raise BadValue(self._rule())
        self._check_length(value)
        return tuple(self._member().from_json(part) for part in value)

    def shown_example(self) -> object:
        """Return a JSON list."""
        return list(self.example)

    def shown_description(self) -> str:
        """Say how many numbers of which range are taken."""
        return (
            f"{self.description} {self.min_length} to {self.max_length} numbers, each from"
            f" {self.minimum:g} to {self.maximum:g}."
        )

    def _member(self) -> Number:
        return Number("", minimum=self.minimum, maximum=self.maximum, example=self.minimum)

    def _check_length(self, values: Sequence[object]) -> None:
        if not self.min_length <= len(values) <= self.max_length:
            raise BadValue(self._rule())

    def _rule(self) -> str:
        return f"must be a list of {self.min_length} to {self.max_length} numbers"
