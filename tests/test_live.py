"""LiveIndex under real publications: new generations arrive, requests go on, memory stays."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sample import ARTICLES, build, open_live, write_rows
from swap_load import swap_under_load

from semsearch.errors import CursorError, IndexMissingError
from semsearch.hits import Query
from semsearch.index.generation import IndexFolder
from semsearch.settings import Settings

MakeSettings = Callable[..., Settings]


def test_without_an_index_the_error_says_what_to_do(make_settings: MakeSettings) -> None:
    live = open_live(make_settings())
    with pytest.raises(IndexMissingError, match="semsearch reindex"), live.snapshot():
        pass


def test_an_index_that_appears_later_is_found(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    live = open_live(chosen)
    with pytest.raises(IndexMissingError), live.snapshot():
        pass
    write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    build(chosen)
    with live.snapshot() as searcher:
        assert searcher.index.articles == len(ARTICLES)
    live.close()


def test_a_snapshot_stays_whole_while_new_generations_are_published_and_old_ones_cleaned(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings(keep_generations=1)
    file = write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    build(chosen)
    live = open_live(chosen)
    with live.snapshot() as searcher:
        before = searcher.search(Query("grain on the railway line"))
        write_rows(file, ARTICLES[:6])
        build(chosen)
        assert searcher.search(Query("grain on the railway line")).hits == before.hits
    live.close()


def test_a_new_generation_is_served_without_being_asked_for(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    build(chosen)
    live = open_live(chosen)
    live.follow_in_background()
    with live.snapshot() as searcher:
        assert searcher.index.articles == 10
    write_rows(file, ARTICLES[:9])
    build(chosen)
    articles = 10
    while articles == 10:  # the background thread takes it over; pytest's own time limit ends this
        with live.snapshot() as searcher:
            articles = searcher.index.articles
    assert articles == 9
    live.close()


def test_a_page_of_an_old_generation_is_served_while_it_lives_then_refused(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings(keep_generations=2)
    file = write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    first = build(chosen).generation
    assert first is not None
    live = open_live(chosen)
    write_rows(file, ARTICLES[:9])
    build(chosen)
    with live.at(first) as searcher:
        assert searcher.index.articles == 10
    live.close()
    for count in (8, 7):
        write_rows(file, ARTICLES[:count])
        build(chosen)
    with pytest.raises(CursorError, match="run the search again"), live.at(first):
        pass
    with pytest.raises(CursorError, match="run the search again"), live.at("../generations"):
        pass


def test_a_damaged_new_generation_never_replaces_a_good_one(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    build(chosen)
    live = open_live(chosen)
    with live.snapshot() as searcher:
        good = searcher.index.generation
    write_rows(file, ARTICLES[:9])
    bad = build(chosen).generation
    assert bad is not None
    (IndexFolder(chosen.index_dir).generation_path(bad) / "vectors.faiss").write_bytes(b"rotten")
    live._looked = float("-inf")  # the next request looks at once
    with caplog.at_level(logging.WARNING), live.snapshot() as searcher:
        assert searcher.index.generation == good
    assert "stays in use" in caplog.text
    live.close()


def test_the_index_may_be_deleted_under_a_running_server(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", ARTICLES)
    build(chosen)
    live = open_live(chosen)
    with live.snapshot():
        pass
    shutil.rmtree(chosen.index_dir)
    live._looked = float("-inf")
    with live.snapshot() as searcher:
        assert searcher.search(Query("grain")).hits
    live.close()


def test_threads_that_come_first_open_the_index_once(small_index: Settings) -> None:
    live = open_live(small_index)
    seen, barrier = [], threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        with live.snapshot() as searcher:
            seen.append(id(searcher))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1
    live.close()


def test_swaps_under_load_drop_no_request_and_pile_nothing_up(tmp_path: Path) -> None:
    report = swap_under_load(tmp_path, swaps=5, threads=2)
    assert report.errors == []
    assert report.requests > 5
    assert report.generations_seen >= 2
    # The current generation, and at most one that lingers.
    assert report.open_at_end <= 2
    assert report.on_disk_at_end <= 4
