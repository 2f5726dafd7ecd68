"""Answers questions about news articles with the exact passages that answer them.

    import semsearch

    semsearch.reindex("articles/", index_dir="index")
    with semsearch.open_index("index") as index:
        for hit in index.search("what did Putin say about NATO budgets").hits:
            print(hit.article.title, "|", hit.answer.text)

What `__all__` names is public, with the values that it takes and gives; docs/stability.md says what
is promised. Importing this module loads nothing else: names are looked up when they are first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as typing has it; importing typing would be most of this module's cost
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from os import PathLike
    from typing import Any

    from semsearch.corpus import Article
    from semsearch.errors import (
        CursorError,
        EncoderError,
        IndexBusyError,
        IndexCorruptError,
        IndexMissingError,
        IndexStateError,
        InputError,
        MassDeleteError,
        NotFoundError,
        QueryError,
        ReadError,
        SemsearchError,
        SettingsError,
    )
    from semsearch.hits import Filters, Hit, Query, SearchResults
    from semsearch.indexer.progress import Progress, Summary
    from semsearch.searcher.python_api import Index

    StrPath = str | PathLike[str]

__version__ = "0.1.0"
__all__ = [
    "Article",
    "CursorError",
    "EncoderError",
    "Filters",
    "Hit",
    "Index",
    "IndexBusyError",
    "IndexCorruptError",
    "IndexMissingError",
    "IndexStateError",
    "InputError",
    "MassDeleteError",
    "NotFoundError",
    "Progress",
    "Query",
    "QueryError",
    "ReadError",
    "SearchResults",
    "SemsearchError",
    "SettingsError",
    "Summary",
    "__version__",
    "open_index",
    "reindex",
]

_MODULES = {
    "Article": "corpus",
    "Filters": "hits",
    "Hit": "hits",
    "Index": "searcher.python_api",
    "Progress": "indexer.progress",
    "Query": "hits",
    "SearchResults": "hits",
    "Summary": "indexer.progress",
}


def open_index(index_dir: StrPath | None = None, **settings: Any) -> Index:
    """Open the index in a folder for searching; close it, or use it in a `with` block.

    `settings` are those of docs/running/settings.md by name, such as `model="default"`. They win
    over `SEMSEARCH_*` variables, and these over `semsearch.toml` in the working directory; without
    `index_dir` the setting of that name holds. The model must be the one that the index was built
    with. Opening takes about as long as loading the model; keep the index open between searches.

    Raises IndexMissingError when there is no index, IndexCorruptError when it cannot be read or was
    built with another model, EncoderError when the model cannot be loaded, and SettingsError.
    """
    from semsearch.searcher.python_api import Index
    from semsearch.settings import load_settings

    return Index(load_settings({**settings, "index_dir": index_dir}))


def reindex(
    *paths: StrPath,
    index_dir: StrPath | None = None,
    forget: Iterable[StrPath] = (),
    full: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    allow_mass_delete: bool = False,
    wait_s: float = 0.0,
    on_progress: Callable[[Progress], None] | None = None,
    **settings: Any,
) -> Summary:
    """Bring an index up to date with files and folders, and say what was done.

    Adds, changes and removes what differs from the last run. Without `paths`: those that the index
    was built from, or the setting `seeds` at first. `forget` names paths whose articles go. `full`
    builds from nothing, which another model needs. `strict` changes nothing when a file or row
    cannot be read; otherwise `Summary.failures` lists these. `dry_run` only says what would change.
    `wait_s` is how many seconds to wait for another indexer. `on_progress` is called on this
    thread. `settings` are as for `open_index`.

    The new index is published as a whole at the end: searches go on in the old one until then, and
    open ones follow. May be called from any thread.

    Raises IndexBusyError when another indexer is at work, MassDeleteError when more than half of
    the articles would go and `allow_mass_delete` is not given, EncoderError when the index was
    built with another model, ReadError for a path that does not exist, InputError in strict mode,
    IndexStateError when the index cannot be written, and SettingsError. After an error before the
    new index is published the old one is as it was.
    """
    from pathlib import Path

    from semsearch.indexer import Options
    from semsearch.indexer import reindex as run
    from semsearch.settings import load_settings

    options = Options(
        paths=tuple(map(Path, paths)),
        forget=tuple(map(Path, forget)),
        full=full,
        strict=strict,
        dry_run=dry_run,
        allow_mass_delete=allow_mass_delete,
        wait_s=wait_s,
    )
    return run(load_settings({**settings, "index_dir": index_dir}), options, on_progress)


if not TYPE_CHECKING:  # a type checker would take any name for defined

    def __getattr__(name: str) -> Any:
        """Import a public value or error when it is first used, and keep it."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"semsearch.{_MODULES.get(name, 'errors')}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
