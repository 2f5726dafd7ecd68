"""What the indexer refuses, and what it reports and goes on."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest
from index_rows import (
    ONE,
    THREE,
    TWO,
    MakeSettings,
    ids,
)
from sample import build, open_live, write_rows

from semsearch.corpus import Article
from semsearch.errors import (
    EncoderError,
    InputError,
    MassDeleteError,
    ReadError,
)
from semsearch.index.generation import IndexFolder
from semsearch.index.journal import Change, Journal


def test_a_bad_row_is_reported_with_its_line_and_the_rest_is_read(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    file = chosen.seeds[0] / "a.jsonl"
    file.write_text(json.dumps(ONE) + "\n{broken\n" + json.dumps(TWO) + "\n")
    summary = build(chosen)
    assert ids(chosen) == {"one", "two"}
    assert [(f.path, f.line) for f in summary.failures] == [(str(file), 2)]


def test_strict_makes_failures_fatal_also_those_of_unchanged_files(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    file = chosen.seeds[0] / "a.jsonl"
    file.write_text(json.dumps(ONE) + "\n{broken\n")
    with pytest.raises(InputError, match=r"1 files or rows could not be read.*a\.jsonl:2"):
        build(chosen, strict=True)
    assert IndexFolder(chosen.index_dir).current() is None
    build(chosen)
    with pytest.raises(InputError, match=r"a\.jsonl:2"):
        build(chosen, strict=True)


def test_an_archive_that_breaks_off_takes_no_article_away(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = chosen.seeds[0] / "a.jsonl.gz"
    noise = [
        {"id": f"n{i}", "title": f"Noise {i}", "text": os.urandom(600).hex()} for i in range(50)
    ]
    whole = gzip.compress("".join(json.dumps(r) + "\n" for r in [ONE, *noise, TWO]).encode())
    file.write_bytes(whole)
    build(chosen)
    file.write_bytes(whole[: len(whole) // 2])
    summary = build(chosen)
    assert {"one", "two"} <= ids(chosen)
    assert "damaged" in summary.failures[0].reason
    file.write_bytes(whole)
    assert not build(chosen).changed


def test_text_that_sqlite_cannot_hold_is_indexed_with_offsets_kept(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    odd = Article("odd", "T\0", "nul \0 and \ud800 lone, then words.", source="S\ud800")
    Journal(chosen.index_dir).append([Change("odd", odd)])
    build(chosen)
    with open_live(chosen) as live, live.snapshot() as searcher:
        article = searcher.article("odd")
    assert article.text == "nul \ufffd and \ufffd lone, then words."
    assert (article.title, article.source) == ("T\ufffd", "S\ufffd")
    assert not build(chosen).changed


@pytest.mark.parametrize("full", [False, True])
def test_losing_more_than_half_is_refused_until_allowed(
    make_settings: MakeSettings, full: bool
) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE, TWO, THREE])
    build(chosen)
    write_rows(file, [ONE])
    with pytest.raises(MassDeleteError, match="would remove 2 of 3 articles"):
        build(chosen, full=full)
    assert ids(chosen) == {"one", "two", "three"}
    assert build(chosen, full=full, allow_mass_delete=True).articles_removed == 2
    assert ids(chosen) == {"one"}


def test_a_full_run_on_a_folder_that_became_empty_is_refused_then_allowed(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    build(chosen)
    file.unlink()
    with pytest.raises(MassDeleteError, match="1 of 1 articles"):
        build(chosen, full=True)
    build(chosen, full=True, allow_mass_delete=True)
    assert ids(chosen) == set()


def test_half_of_the_articles_may_go(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE, TWO])
    build(chosen)
    write_rows(file, [ONE])
    build(chosen)
    assert ids(chosen) == {"one"}


def test_a_path_that_is_gone_is_an_error_that_names_the_way_out(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    chosen = make_settings()
    write_rows(tmp_path / "x" / "a.jsonl", [ONE, TWO, THREE])
    write_rows(tmp_path / "y" / "b.jsonl", [THREE | {"id": "four"}])
    build(chosen, tmp_path / "x", tmp_path / "y")
    shutil.rmtree(tmp_path / "y")
    with pytest.raises(ReadError, match="--forget"):
        build(chosen)
    build(chosen, forget=(tmp_path / "y",))
    assert ids(chosen) == {"one", "two", "three"}
    assert not build(chosen).changed


def test_another_model_is_refused_until_a_full_build(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    build(chosen)
    other = make_settings(model=str(tmp_path / "none"))
    with pytest.raises(EncoderError, match=r"built with the model 'tiny'.*--full"):
        build(other)


def test_other_passage_settings_split_everything_anew(make_settings: MakeSettings) -> None:
    sentences = " ".join(f"Sentence number {i} has some words of its own." for i in range(40))
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE | {"text": sentences}])
    many = build(chosen).passages
    finer = make_settings(passage_target_tokens=32)
    summary = build(finer)
    assert summary.passages > many
    assert summary.articles_unchanged == 1
    assert ids(finer) == {"one"}


def test_a_full_run_reads_every_known_folder_not_only_the_one_named(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    chosen = make_settings()
    write_rows(tmp_path / "x" / "a.jsonl", [ONE])
    write_rows(tmp_path / "y" / "b.jsonl", [TWO])
    build(chosen, tmp_path / "x")
    build(chosen, tmp_path / "y", full=True)
    assert ids(chosen) == {"one", "two"}


def test_a_dry_run_says_what_would_change_and_writes_nothing(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE, TWO])
    summary = build(chosen, dry_run=True)
    assert (summary.articles_added, summary.dry_run) == (2, True)
    assert not chosen.index_dir.exists()
