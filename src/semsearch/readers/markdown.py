"""Markdown, with optional YAML front matter: the words without the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.corpus import Article, Failure
from semsearch.readers.decoding import decode
from semsearch.readers.metadata import build, stated_id
from semsearch.readers.text import front_matter

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["read"]

_TAG = re.compile(r"<!--.*?-->|<[^>]+>", re.DOTALL)


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The one article of the file.

    Its text is what a reader of the rendered page would see, blocks apart by an empty line:
    link and image addresses, emphasis marks and tags are gone. A first heading at the top is the
    title unless the front matter states one.
    """
    try:
        fields, source = front_matter(decode(path.read_bytes()))
        heading, text = _rendered(source)
        yield build(stated_id(fields) or base_id, text, {"title": heading, **fields})
    except UnicodeError as error:
        yield Failure(str(path), None, f"not text: {error}")
    except ValueError as error:
        yield Failure(str(path), None, str(error))


def _rendered(source: str) -> tuple[str | None, str]:
    """The heading that opens the text, if any, and the rest as plain text."""
    from markdown_it import MarkdownIt  # late: a run without Markdown files need not load it

    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    blocks = list(_blocks(tokens))
    heading = blocks.pop(0) if tokens and tokens[0].tag == "h1" and len(blocks) > 1 else None
    return heading, "\n\n".join(blocks)


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """The text of each block that has any; a table's row is one block."""
    cells: list[str] | None = None
    for token in tokens:
        block = _block(token)
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            block, cells = " | ".join(cells or ()), None
        elif cells is not None and block:
            cells.append(block)
        if block and cells is None:
            yield block


def _block(token: Token) -> str:
    if token.type == "inline":
        return _inline(token)
    if token.type in ("fence", "code_block"):
        return token.content.rstrip()
    if token.type == "html_block":
        return _TAG.sub("", token.content).strip()
    return ""


def _inline(token: Token) -> str:
    return "".join(_visible(child) for child in token.children or ()).strip()


def _visible(child: Token) -> str:
    if child.type == "softbreak":
        return " "
    if child.type == "hardbreak":
        return "\n"
    return child.content if child.type in ("text", "code_inline", "text_special") else ""
