"""Reading a file that a test writes."""

from __future__ import annotations

from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers import read_file


def read(folder: Path, name: str, content: str | bytes) -> list[Article | Failure]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(path, folder))


def article(folder: Path, name: str, content: str | bytes) -> Article:
    (only,) = read(folder, name, content)
    assert isinstance(only, Article), only
    return only


def failure(folder: Path, name: str, content: str | bytes) -> Failure:
    (only,) = read(folder, name, content)
    assert isinstance(only, Failure), only
    assert only.path == str(folder / name)
    return only
