import pytest
from markdown_it import MarkdownIt

from flows.forms import bounds, title
from flows.pages import LONGEST, escaped, grid, link
from tests.flows.rendering import MEANS_SOMETHING, rendered

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    "![](http://evil.example/pixel.png)",
    "http://evil.example/login",
    "www.evil.example",
    "`code` **bold** __strong__ ~~gone~~ $x^2$",
    "a | b | c",
    "\\| backslash",
    "&lt;b&gt; &amp;",
    "<http://evil.example>",
    "someone@evil.example",
    "[ref]: http://evil.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_wrote_renders_as_the_text_it_is_and_as_nothing_else(text: str) -> None:
    page = "\n".join(grid(("reason", "rows"), [(escaped(text), "3")]))
    tokens = rendered(page)
    assert not MEANS_SOMETHING & {token.type for token in tokens}
    assert sum(token.type == "inline" for token in tokens) == 4
    assert "".join(token.content for token in tokens if token.type.startswith("text")) == f"reasonrows{text}3"


def test_a_text_stays_on_its_line_and_is_cut_where_it_is_too_long() -> None:
    assert escaped("one\n\n# two\r\n\tthree\x00") == "one \\# two three "
    assert escaped("x" * 5000) == "x" * (LONGEST - 1) + "…"


def test_a_link_of_ours_is_a_link_whatever_its_text_and_place_hold() -> None:
    page = link("shard [3](x)", "http://127.0.0.1:4200/runs/a b)c")
    (block,) = [token for token in MarkdownIt("commonmark").parse(page) if token.type == "inline"]
    assert block.children is not None
    assert block.children[0].attrs == {"href": "http://127.0.0.1:4200/runs/a%20b%29c"}
    assert "".join(token.content for token in block.children) == "shard [3](x)"
    assert link("no page", "") == "no page"


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 1_000_000}, "1 to 1,000,000"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 60}, "above 0, at most 60"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "above 0, below 1"),
        ({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}, "at least 0"),
        ({"type": "integer", "enum": [2, 3]}, ""),
        ({"type": "string"}, ""),
    ],
)
def test_bounds_are_told_in_words(field: dict[str, object], told: str) -> None:
    assert bounds(field) == told


def test_a_field_is_headed_by_its_name_and_unit() -> None:
    names = ("budget_usd", "slow_s", "api_proxy", "as_new_version", "run_id")
    assert [title(name) for name in names] == [
        "Budget [USD]",
        "Slow [s]",
        "API proxy",
        "As new version",
        "Run id",
    ]
