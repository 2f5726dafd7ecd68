"""Fixtures that all tests may use; `sample.py` holds the articles and the helpers behind them.

- `make_settings(**overrides)`: settings of a fresh index in this test's own folder, with the
  tiny encoder. Write files into `settings.seeds[0]`, then `sample.build(settings)`.
- `small_index`: settings of a built index of `sample.ARTICLES`, made once per session. Read it,
  never write to it.
- `small_live`: a LiveIndex on `small_index`, open for the whole session.
- `searcher`: a snapshot of `small_live`.
- `default`, `small`, `reference` and the models behind them: see `models.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from models import cache_dir, default, make_model, reference, small, small_model
from sample import ARTICLES, build, open_live, tiny_settings, write_rows

from semsearch.searcher import LiveIndex, Searcher
from semsearch.settings import Settings

__all__ = ["cache_dir", "default", "make_model", "reference", "small", "small_model"]


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """A maker of settings in this test's own folder, whose seeds folder exists and is empty."""
    (tmp_path / "seeds").mkdir()
    return lambda **overrides: tiny_settings(tmp_path, **overrides)


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of `sample.ARTICLES`; shared by all tests, so never write to it."""
    folder = tmp_path_factory.mktemp("small")
    write_rows(folder / "seeds" / "articles.jsonl", ARTICLES)
    settings = tiny_settings(folder)
    build(settings)
    return settings


@pytest.fixture(scope="session")
def small_live(small_index: Settings) -> Iterator[LiveIndex]:
    """The small index as a server sees it."""
    live = open_live(small_index)
    yield live
    live.close()


@pytest.fixture
def searcher(small_live: LiveIndex) -> Iterator[Searcher]:
    """A snapshot of the small index."""
    with small_live.snapshot() as found:
        yield found
