"""Files -> articles: one module per format, one door.

`find_files` says which files there are, `read_file` reads one of them. A file or row that cannot
be read comes out as a `Failure` between the articles; nothing here raises for bad content.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from semsearch.corpus import Article, Failure
from semsearch.errors import ReadError

__all__ = ["SUFFIXES", "SourceFile", "find_files", "format_of", "read_file"]

# Longest first, so that ".jsonl.gz" is not taken for something that ends in ".gz". The modules
# are imported when their first file comes: trafilatura alone takes longer than a small index.
SUFFIXES: dict[str, str] = {
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
    ".markdown": "markdown",
    ".ndjson": "jsonl",
    ".jsonl": "jsonl",
    ".xhtml": "html",
    ".html": "html",
    ".text": "text",
    ".htm": "html",
    ".csv": "tables",
    ".tsv": "tables",
    ".pdf": "pdf",
    ".txt": "text",
    ".md": "markdown",
}


class _FormatReader(Protocol):
    def read(self, path: Path, base_id: str) -> Iterator[Article | Failure]: ...


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was found. `root` is the folder its ids are relative to.

    `skip` says why the file is not to be read; None means that it is.
    """

    path: Path
    root: Path
    skip: str | None = None


def find_files(paths: Iterable[Path]) -> list[SourceFile]:
    """All files under `paths`, in the order of `paths`, sorted within each, each file once.

    Folders are searched recursively; in them hidden files and folders are passed over, and
    READMEs and files of unknown formats come with `skip` set. A file named itself is always to
    be read. Raises ReadError for a path that does not exist.
    """
    found: dict[Path, SourceFile] = {}
    for path in paths:
        for source in _found(path):
            found.setdefault(source.path.resolve(), source)
    return list(found.values())


def _found(path: Path) -> Iterator[SourceFile]:
    if path.is_file():
        yield SourceFile(path, path.parent)
    elif path.is_dir():
        yield from _found_in(path)
    else:
        raise ReadError(path, "no such file or folder")


def _found_in(folder: Path) -> Iterator[SourceFile]:
    closed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(place) / name
                yield SourceFile(path, folder, _skip(path))
    for error in closed:
        yield SourceFile(Path(error.filename), folder, f"cannot be opened: {error.strerror}")


def _skip(path: Path) -> str | None:
    if path.name.lower().split(".", 1)[0] == "readme":
        return "a README is not an article"
    if format_of(path) is None:
        return f"unknown format {path.suffix or path.name!r}"
    # Opening a named pipe would wait for ever; a link may lead nowhere.
    return None if path.is_file() else "not a regular file"


def format_of(path: Path) -> str | None:
    """The suffix in SUFFIXES that the file's name ends with, in any case; None if none."""
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def read_file(path: Path, root: Path) -> Iterator[Article | Failure]:
    """The articles of one file, in its order, and a Failure for whatever cannot be read.

    An article without an id of its own is named after the file's path below `root`, see
    `base_id`. Reading stops at the first failure only where the rest of the file has become
    unreadable (a damaged archive).
    """
    suffix = format_of(path)
    if suffix is None:
        known = ", ".join(sorted(SUFFIXES))
        yield Failure(str(path), None, f"unknown format; semsearch reads {known}")
        return
    reader = cast(_FormatReader, import_module(f"semsearch.readers.{SUFFIXES[suffix]}"))
    try:
        yield from reader.read(path, base_id(path, root))
    except OSError as error:
        yield Failure(str(path), None, error.strerror or str(error))


def base_id(path: Path, root: Path) -> str:
    """The path below `root` with `/` between its parts, without the suffix.

    The suffix stays where another readable file of the same folder has the same name but for its
    suffix ("a.txt" and "a.html"), so that the two differ.
    """
    relative = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    suffix = format_of(path) or ""
    bare = path.name[: len(path.name) - len(suffix)]
    others = (path.with_name(bare + other) for other in SUFFIXES if other != suffix.lower())
    if not bare or any(other.is_file() for other in others):
        return relative.as_posix()
    return relative.with_name(bare).as_posix()
