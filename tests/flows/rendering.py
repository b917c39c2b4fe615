"""Artifacts read as a Markdown renderer reads them that lets HTML through."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

MEANS_SOMETHING = frozenset({
    "html_inline", "html_block", "link_open", "image", "code_inline", "strong_open", "em_open", "s_open",
})  # fmt: skip
"""Tokens that text which others wrote must never become."""


def rendered(page: str) -> list[Token]:
    """Its tokens, those within lines included."""
    read = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(page)
    return [token for block in read for token in [block, *(block.children or ())]]
