"""Promotional text inside news: which spans of an article belong to no passage."""

from __future__ import annotations

import re

__all__ = ["boilerplate"]

_LINE = re.compile(
    r"(?im)^[ \t]*(?:"
    r"(?:read more|also read|related|see also|read also|watch|more)\s*:[^\n]*"
    r"|advertisement\s*"
    r")$"
)


def boilerplate(text: str) -> list[tuple[int, int]]:
    """The promotional spans of `text`, ascending and disjoint."""
    return [match.span() for match in _LINE.finditer(text)]
