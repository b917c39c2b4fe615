"""Code Languages: programming languages by their files."""

from typing import Annotated

from infra.sandbox.hub.errors import NotFound
from infra.sandbox.hub.parameters import Choice, Text
from infra.sandbox.hub.sources.code_languages import language_called, languages, languages_of_file
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Code Languages",
    category="Development",
    description="Some 600 ways to write programs and markup: which one a file is in, how its files end, and"
    " how much of a source is comment.",
    packages=("Pygments",),
    data_vintage="Pygments' index of 2026.",
    licence="BSD-2-Clause",
    collections=("developer-bench",),
)

COUNTED = ("bash", "c", "css", "go", "java", "javascript", "python", "ruby", "rust", "sql")
SOURCE = '# greets\ndef hello(name):\n    """Say hello."""\n    return f"hello {name}"  # done\n'

Language = Annotated[
    str,
    Text("Name or short name, any case.", examples=("kotlin", "c++", "Objective-C"), max_length=40),
]


@tool.get("/files/{file}", "Language Of File")
def language_of_file(
    file: Annotated[
        str,
        Text(
            "Name of the file, without folder.", examples=("main.rs", "Dockerfile", "app.kt"), max_length=80
        ),
    ],
) -> Answer:
    """What a source is written in, judged by its name alone, and which rarer ones share that ending."""
    found = languages_of_file(file)
    if not found:
        raise NotFound(f"no language is known for '{file}'")
    return {"file": file, "language": found[0].name, "others": [known.name for known in found[1:6]]}


@tool.get("/languages/{language}", "Language Info")
def language_info(language: Language) -> Answer:
    """Full name of a programming or markup notation, its short names, file endings and media types."""
    known = language_called(language)
    if known is None:
        raise NotFound(f"no language is called '{language}'")
    return {
        "name": known.name,
        "short_names": list(known.aliases),
        "files": list(known.patterns),
        "media_types": list(known.media_types),
    }


@tool.get("/search", "Find Languages")
def find_languages(
    part: Annotated[str, Text("Part of the name.", examples=("basic", "lisp", "SQL"), max_length=30)],
) -> Answer:
    """Dialects and relatives: every notation whose name holds given letters, in order, thirty at most."""
    found = [known.name for known in languages() if part.lower() in known.name.lower()]
    return {"count": len(found), "languages": found[:30]}


# Some lexers take time that grows with the cube of a run of blanks: hence so short a source.
@tool.post("/lines", "Count Lines")
def count_lines(
    source: Annotated[str, Text("Source code.", examples=(SOURCE,), max_length=1000)],
    language: Annotated[str, Choice("What it is written in.", members=COUNTED, example="python")],
) -> Answer:
    """How many lines of a source hold code, only remarks, or nothing; a docstring is a remark."""
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, String, Whitespace

    text = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    kinds: list[set[str]] = [set()]
    for token, value in get_lexer_by_name(language, stripnl=False).get_tokens(text):
        remark = (token in Comment and token not in Comment.Preproc) or token in String.Doc
        for place, part in enumerate(value.split("\n")):
            if place:
                kinds.append(set())
            if part.strip() and token not in Whitespace:
                kinds[-1].add("remark" if remark else "code")
    lines = kinds[: text.count("\n") + 1]
    return {
        "lines": len(lines),
        "code": sum("code" in kind for kind in lines),
        "comment": sum(kind == {"remark"} for kind in lines),
        "blank": sum(not kind for kind in lines),
    }
