"""Programming and markup languages, from the index of Pygments' own lexers."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

# Endings that several languages claim, and the one that people mean nearly always.
USUAL = {
    ".cls": "TeX",
    ".h": "C",
    ".html": "HTML",
    ".inc": "PHP",
    ".m": "Objective-C",
    ".md": "Markdown",
    ".php": "PHP",
    ".pl": "Perl",
    ".pm": "Perl",
    ".r": "S",
    ".rb": "Ruby",
    ".sql": "SQL",
    ".ts": "TypeScript",
    ".tsx": "TSX",
    ".txt": "Text only",
    ".v": "verilog",
    ".xml": "XML",
    ".yaml": "YAML",
    ".yml": "YAML",
}


@dataclass(frozen=True, slots=True)
class CodeLanguage:
    """A language as the index lists it."""

    name: str
    aliases: tuple[str, ...]
    patterns: tuple[str, ...]
    """Shapes of file names, ``*.rs``."""
    media_types: tuple[str, ...]


@lru_cache(maxsize=1)
def languages() -> tuple[CodeLanguage, ...]:
    """Return all languages by name; what other installed packages plug in is left out."""
    from pygments.lexers import get_all_lexers

    found = (CodeLanguage(name, *map(tuple, rest)) for name, *rest in get_all_lexers(plugins=False))
    return tuple(sorted(found, key=lambda language: language.name.lower()))


def language_called(name: str) -> CodeLanguage | None:
    """Return a language by its name or one of its short names, whatever the case."""
    wanted = name.lower()
    by_name = (known for known in languages() if known.name.lower() == wanted)
    return next(by_name, None) or next((known for known in languages() if wanted in known.aliases), None)


def languages_of_file(file: str) -> list[CodeLanguage]:
    """Return the languages that write files of such a name, the usual one first."""
    found = [known for known in languages() if any(fnmatchcase(file, p) for p in known.patterns)]
    ending = "." + file.rsplit(".", 1)[-1].lower()
    return sorted(
        found, key=lambda known: (known.name != USUAL.get(ending), "*" + ending not in known.patterns[:1])
    )
