"""Plain text, with optional YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers.decoding import decode
from semsearch.readers.metadata import build, stated_id

__all__ = ["front_matter", "read"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The one article of the file. The text is what follows the front matter."""
    try:
        fields, text = front_matter(decode(path.read_bytes()))
        yield build(stated_id(fields) or base_id, text, fields)
    except UnicodeError as error:
        yield Failure(str(path), None, f"not text: {error}")
    except ValueError as error:
        yield Failure(str(path), None, str(error))


def front_matter(content: str) -> tuple[dict[str, object], str]:
    """The fields of the front matter, and the text after it as it stands in the file.

    Lines of dashes around something that is not a mapping are text, not front matter. Raises
    ValueError for front matter that is not YAML.
    """
    match = _FRONT_MATTER.match(content)
    if match is None:
        return {}, content
    import yaml  # late: most files have none

    try:
        fields = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"the front matter is not YAML: {reason}") from error
    if not isinstance(fields, dict):
        return {}, content
    return {str(name): value for name, value in fields.items()}, content[match.end() :]
