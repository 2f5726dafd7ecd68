"""Reindexing real files with the tiny encoder: what changes, what stays, what is refused."""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import ARTICLES, Row, build, open_live, tiny_settings, write_rows

from semsearch.corpus import Article
from semsearch.encoder.tiny import TinyEncoder
from semsearch.errors import (
    EncoderError,
    IndexBusyError,
    IndexCorruptError,
    IndexMissingError,
    IndexStateError,
    InputError,
    MassDeleteError,
    ReadError,
)
from semsearch.hits import Query
from semsearch.index.check import verify
from semsearch.index.generation import IndexFolder
from semsearch.index.journal import Change, Journal
from semsearch.index.store import Store
from semsearch.index.vectors.faiss import open_store
from semsearch.index.wordstore import open_words
from semsearch.indexer import reindex, rollback
from semsearch.indexer.spool import Spool
from semsearch.settings import Settings
from semsearch.text.word_arrays import stem_numbers

MakeSettings = Callable[..., Settings]
ONE = {"id": "one", "title": "One", "text": "The first article speaks of apples and pears."}
TWO = {"id": "two", "title": "Two", "text": "The second article speaks of rivers and boats."}
THREE = {"id": "three", "title": "Three", "text": "The third article speaks of bees and honey."}


def live_store(chosen: Settings) -> Store:
    folder = IndexFolder(chosen.index_dir)
    return Store(folder.generation_path(folder.require_current()) / "store.sqlite")


def ids(chosen: Settings) -> set[str]:
    """The ids of all articles in the live generation, which must verify."""
    assert [check.problem for check in verify(IndexFolder(chosen.index_dir))] == [None] * 3
    with live_store(chosen) as store:
        return set(store.article_hashes())


def rows_of(chosen: Settings, article_id: str) -> list[int]:
    with live_store(chosen) as store:
        return [store.record_by_id(p.id).row for p in store.passages(article_id)]


def words_of(chosen: Settings, article_id: str) -> list[tuple[str, list[int], list[int]]]:
    """The language of the words kept for each passage, and their and the title's stems."""
    folder = IndexFolder(chosen.index_dir)
    words = open_words(folder.generation_path(folder.require_current()) / "words")
    found = words.read(rows_of(chosen, article_id))
    return [(words.language, one.words.stems.tolist(), one.title.tolist()) for one in found]


def vectors_of(chosen: Settings, rows: list[int]) -> np.ndarray:
    folder = IndexFolder(chosen.index_dir)
    path = folder.generation_path(folder.require_current()) / "vectors.faiss"
    return open_store(path).vectors(np.array(rows))


# --- what changed ----------------------------------------------------------------------------


def test_a_first_run_on_an_empty_folder_publishes_an_empty_index(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    summary = build(chosen)
    assert (summary.articles, summary.passages, summary.changed) == (0, 0, False)
    assert summary.generation is not None
    assert ids(chosen) == set()
    with open_live(chosen) as live, live.snapshot() as searcher:
        assert searcher.search(Query("anything at all")).total == 0


class Listening(TinyEncoder):
    """Keeps the passages that it encodes."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> npt.NDArray[np.float32]:
        self.heard += texts
        return super().encode_passages(texts, on_progress)


def test_an_encoder_that_is_open_already_is_used(make_settings: MakeSettings) -> None:
    chosen, encoder = make_settings(), Listening()
    write_rows(chosen.seeds[0] / "a.jsonl", [TWO, THREE])
    assert reindex(chosen, encoder=encoder).passages_embedded == 2
    assert encoder.heard == [TWO["text"], THREE["text"]]


@pytest.mark.parametrize(("limit", "kind"), [(1, "lists"), (100, "flat")])
def test_vectors_are_searched_exactly_up_to_the_limit(
    make_settings: MakeSettings, limit: int, kind: str
) -> None:
    chosen = make_settings(flat_limit=limit)
    write_rows(chosen.seeds[0] / "a.jsonl", [TWO | {"id": f"a{n}"} for n in range(60)])
    build(chosen)
    folder = IndexFolder(chosen.index_dir)
    noted = folder.manifest(folder.require_current())["vectors"]
    assert (noted["kind"], noted["rows"]) == (kind, 60)
    with open_live(chosen) as live, live.snapshot() as searcher:
        assert searcher.search(Query("harbour", collapse_duplicates=False, per_article=0)).total


def test_articles_are_added_changed_removed_and_counted(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = chosen.seeds[0] / "a.jsonl"
    write_rows(file, [ONE, TWO, THREE])
    build(chosen)
    write_rows(file, [ONE, TWO | {"text": "Now it speaks of trains."}, THREE | {"id": "four"}])
    summary = build(chosen)
    assert ids(chosen) == {"one", "two", "four"}
    assert summary.articles_added == 1
    assert summary.articles_changed == 1
    assert summary.articles_removed == 1
    assert summary.articles_unchanged == 1
    assert summary.passages_embedded == 2


def test_an_unchanged_run_publishes_nothing_and_says_so(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    first = build(chosen)
    second = build(chosen)
    assert second.generation == second.previous == first.generation
    assert (second.changed, second.files_unchanged, second.files_read) == (False, 1, 0)
    assert second.articles_unchanged == 1


def test_a_passage_that_did_not_change_keeps_row_and_vector(make_settings: MakeSettings) -> None:
    chosen = make_settings(passage_target_tokens=16)
    first = "The river rose by two metres in the night and stood in the cellars of the old town."
    second = "The mayor asked the army for boats, and the schools of the valley will stay shut."
    write_rows(chosen.seeds[0] / "a.jsonl", [TWO | {"text": f"{first}\n\n{second}"}])
    build(chosen)
    before = rows_of(chosen, "two")
    vectors = vectors_of(chosen, before)
    write_rows(chosen.seeds[0] / "a.jsonl", [TWO | {"text": f"{first}\n\nAll is well again."}])
    summary = build(chosen)
    after = rows_of(chosen, "two")
    assert len(before) == len(after) == 2
    assert after[0] == before[0]
    assert after[1] > max(before)  # a new row is above every old one, never one used again
    assert summary.passages_embedded == 1
    np.testing.assert_array_equal(vectors_of(chosen, after[:1]), vectors[:1])


def test_a_touched_file_is_compared_by_its_bytes(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    first = build(chosen)
    os.utime(file, ns=(1, 1))
    assert build(chosen).generation == first.generation


def test_an_edit_that_keeps_size_and_time_stamp_is_seen(make_settings: MakeSettings) -> None:
    # Within two seconds of the last look, equal time stamps prove nothing.
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    stat = file.stat()
    build(chosen)
    file.write_text(file.read_text().replace("apples", "cherry"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert file.stat().st_size == stat.st_size
    assert build(chosen).articles_changed == 1


def test_a_moved_article_keeps_its_rows_and_is_not_embedded(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "z.jsonl", [ONE, TWO])
    build(chosen)
    rows = rows_of(chosen, "one")
    file.rename(chosen.seeds[0] / "a.jsonl")
    summary = build(chosen)
    assert (summary.passages_embedded, summary.changed) == (0, False)
    assert rows_of(chosen, "one") == rows
    assert build(chosen).files_read == 0


def test_a_moved_checkout_leaves_no_dead_path_behind(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    chosen = make_settings()
    write_rows(tmp_path / "old" / "a.jsonl", [ONE, TWO])
    build(chosen, tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    build(chosen, tmp_path / "new")
    assert ids(chosen) == {"one", "two"}
    manifest = IndexFolder(chosen.index_dir).manifest(
        IndexFolder(chosen.index_dir).require_current()
    )
    assert manifest["roots"] == [str(tmp_path / "new")]
    assert not build(chosen).changed  # without a path: the old one is asked for no more


def test_naming_a_folder_inside_a_known_one_changes_no_id(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    chosen = make_settings()
    inner = tmp_path / "seeds" / "inner"
    inner.mkdir()
    (inner / "a.txt").write_text("Title line\n\nA text about lighthouses.")
    build(chosen)
    assert ids(chosen) == {"inner/a"}
    (inner / "a.txt").write_text("Title line\n\nAnother text about lighthouses.")
    (inner / "b.txt").write_text("Title line\n\nA text about windmills.")
    build(chosen, inner)
    assert ids(chosen) == {"inner/a", "inner/b"}
    assert build(chosen, full=True).articles_unchanged == 2


def test_a_twin_with_another_suffix_renames_both(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    (chosen.seeds[0] / "a.txt").write_text("Title line\n\nA text about lighthouses.")
    for name in "cde":
        (chosen.seeds[0] / f"{name}.txt").write_text("Title line\n\nA text about harbours.")
    build(chosen)
    assert ids(chosen) == {"a", "c", "d", "e"}
    (chosen.seeds[0] / "a.md").write_text("# Title\n\nA text about windmills.")
    build(chosen)
    assert ids(chosen) == {"a.txt", "a.md", "c", "d", "e"}
    (chosen.seeds[0] / "a.md").unlink()
    build(chosen)
    assert ids(chosen) == {"a", "c", "d", "e"}


# --- the same id twice -----------------------------------------------------------------------


def test_of_two_files_with_one_id_the_first_in_order_wins_and_the_other_is_reported(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "b.jsonl", [ONE | {"text": "From file b."}])
    build(chosen)
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE | {"text": "From file a."}])
    summary = build(chosen)
    with open_live(chosen) as live, live.snapshot() as searcher:
        assert searcher.article("one").text == "From file a."
    assert [f.path for f in summary.failures] == [str(chosen.seeds[0] / "b.jsonl")]
    assert "article id 'one' is used by" in summary.failures[0].reason


def test_when_the_winner_goes_the_other_file_takes_the_id(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE | {"text": "From file a."}])
    write_rows(chosen.seeds[0] / "b.jsonl", [ONE | {"text": "From file b."}, TWO, THREE])
    build(chosen)
    (chosen.seeds[0] / "a.jsonl").unlink()
    build(chosen)
    assert ids(chosen) == {"one", "two", "three"}
    with open_live(chosen) as live, live.snapshot() as searcher:
        assert searcher.article("one").text == "From file b."


def test_a_file_with_a_taken_id_still_loses_what_it_no_longer_holds(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    write_rows(chosen.seeds[0] / "b.jsonl", [ONE, TWO, THREE])
    build(chosen)
    write_rows(chosen.seeds[0] / "b.jsonl", [ONE, TWO])
    build(chosen)
    assert ids(chosen) == {"one", "two"}


# --- damage in the input ---------------------------------------------------------------------


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


# --- what is refused -------------------------------------------------------------------------


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


# --- the journal -----------------------------------------------------------------------------


def test_the_journal_overlays_the_files(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE, TWO, THREE])
    build(chosen)
    journal = Journal(chosen.index_dir)
    new = Article("one", "One", "Put over the API.")
    journal.append(
        [Change("one", new), Change("two", None), Change("five", Article("five", "5", "V."))]
    )
    build(chosen)
    assert ids(chosen) == {"one", "three", "five"}
    write_rows(file, [ONE | {"text": "Edited in the file."}, TWO, THREE])
    build(chosen)  # the file's change does not bring back what was put or deleted
    assert ids(chosen) == {"one", "three", "five"}
    with open_live(chosen) as live, live.snapshot() as searcher:
        assert searcher.article("one").text == "Put over the API."
    summary = build(chosen, full=True)
    assert ids(chosen) == {"one", "three", "five"}
    assert (summary.articles_added, summary.articles_removed) == (0, 0)
    journal.append([Change("five", None)])
    assert build(chosen).articles_removed == 1
    assert ids(chosen) == {"one", "three"}


def test_the_words_kept_of_passages_follow_titles_and_the_index_language(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    german = {"id": "d", "title": "Häuser", "text": "Die Häuser der Stadt.", "language": "de"}
    file = write_rows(chosen.seeds[0] / "a.jsonl", [german])
    build(chosen)
    haus, hauser, retitled = stem_numbers(["haus", "hauser", "town"]).tolist()
    assert words_of(chosen, "d")[0][2] == [haus]
    write_rows(file, [german, ONE | {"language": "en"}])  # now English stems compare
    build(chosen)
    assert words_of(chosen, "d")[0][2] == [hauser]
    write_rows(file, [german | {"title": "Town"}, ONE | {"language": "en"}])
    build(chosen)
    assert words_of(chosen, "d")[0][2] == [retitled]
    assert words_of(chosen, "d")[0][1][1] == hauser


# --- damage to the index ---------------------------------------------------------------------


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def two_generations(chosen: Settings) -> tuple[str, str]:
    file = write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    first = build(chosen).generation
    write_rows(file, [ONE, TWO])
    second = build(chosen).generation
    assert first is not None
    assert second is not None
    return first, second


@pytest.mark.parametrize("name", ["store.sqlite", "vectors.faiss", "words/0.words"])
def test_verify_names_the_file_whose_bytes_went_bad(make_settings: MakeSettings, name: str) -> None:
    chosen = make_settings()
    _, second = two_generations(chosen)
    folder = IndexFolder(chosen.index_dir)
    damage(folder.generation_path(second) / name)
    assert verify(folder)[0].problem == f"damaged or missing: {name}"


def test_a_damaged_manifest_is_refused_and_mended_by_a_full_build(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    _, second = two_generations(chosen)
    folder = IndexFolder(chosen.index_dir)
    (folder.generation_path(second) / "manifest.json").write_text("{")
    with pytest.raises(IndexCorruptError, match="--full"):
        build(chosen)
    build(chosen, full=True)
    assert ids(chosen) == {"one", "two"}


def test_a_damaged_store_does_not_stop_a_full_build(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    _, second = two_generations(chosen)
    path = IndexFolder(chosen.index_dir).generation_path(second) / "store.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexCorruptError, match="cannot be opened"):
        build(chosen)
    build(chosen, full=True)
    assert ids(chosen) == {"one", "two"}


def test_when_the_live_generation_is_missing_rollback_finds_the_one_before(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings(keep_generations=1)
    first, second = two_generations(make_settings())
    folder = IndexFolder(chosen.index_dir)
    shutil.rmtree(folder.generation_path(second))
    with pytest.raises(IndexCorruptError, match="rollback"):
        build(chosen)
    assert rollback(chosen) == first  # the failed run cleaned nothing away
    build(chosen)
    assert ids(chosen) == {"one", "two"}


def test_rollback_returns_to_what_was_live_and_the_next_run_applies_the_changes_anew(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    first, _ = two_generations(chosen)
    assert rollback(chosen) == first
    assert ids(chosen) == {"one"}
    third = build(chosen)
    assert third.previous == first
    assert ids(chosen) == {"one", "two"}
    # What was rolled back from is not what to return to.
    assert rollback(chosen) == first
    with pytest.raises(IndexMissingError, match="no generation before"):
        rollback(chosen)


# --- the outside world -----------------------------------------------------------------------


def test_two_indexers_at_once_the_second_leaves_with_a_clear_message(
    make_settings: MakeSettings,
) -> None:
    chosen = make_settings()
    write_rows(chosen.seeds[0] / "a.jsonl", [ONE])
    with (
        IndexFolder(chosen.index_dir).writer_lock(),
        pytest.raises(IndexBusyError, match=f"process {os.getpid()}"),
    ):
        build(chosen)
    assert build(chosen).articles == 1


def test_an_index_folder_that_cannot_be_made_is_a_clear_error(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    chosen = make_settings(index_dir=tmp_path / "file" / "index")
    with pytest.raises(IndexStateError, match="cannot be written"):
        build(chosen)


@pytest.mark.parametrize("limit", [20_000, 200_000])
def test_a_full_disk_leaves_the_old_index_live_and_the_next_run_finishes(
    tmp_path: Path, limit: int
) -> None:
    chosen = tiny_settings(tmp_path)
    file = write_rows(tmp_path / "seeds" / "a.jsonl", [ONE])
    first = build(chosen).generation
    write_rows(file, [ONE, *ARTICLES, *({**THREE, "id": f"t{i}"} for i in range(300))])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "semsearch",
            "reindex",
            "--model",
            "tiny",
            "--index",
            chosen.index_dir,
        ],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    folder = IndexFolder(chosen.index_dir)
    assert folder.current() == first
    assert [path.name for path in folder.generations.iterdir()] == [first]  # nothing unfinished
    assert ids(chosen) == {"one"}
    build(chosen)
    assert len(ids(chosen)) == 311


def test_encoded_vectors_outlive_a_run_that_dies(make_settings: MakeSettings) -> None:
    chosen = make_settings()
    spool = Spool(chosen.index_dir / "spool", "f" * 64, 4)
    vectors = np.arange(12, dtype=np.float32).reshape(3, 4)
    keys = [bytes([i]) * 16 for i in range(3)]
    spool.add(keys, vectors)
    spool.close()
    file = next((chosen.index_dir / "spool").iterdir())
    with file.open("r+b") as stream:
        stream.seek(36 + 24)  # a record is 36 bytes: key 16, checksum 4, vector 16
        stream.write(b"\xff")  # damage in the second record's vector
    with file.open("ab") as stream:
        stream.write(b"torn")
    again = Spool(chosen.index_dir / "spool", "f" * 64, 4)
    assert [key in again for key in keys] == [True, False, True]
    again.add(keys[1:2], vectors[1:2])
    np.testing.assert_array_equal(again.gather(keys)[np.arange(len(keys))], vectors)
    again.remove()
    other = Spool(chosen.index_dir / "spool", "a" * 64, 4)
    assert keys[0] not in other
    other.close()


# --- any history leads to the same index -----------------------------------------------------

WORDS = ("harbour", "glacier", "violin", "budget", "orchard", "tunnel", "senator", "lantern")
article_ids = st.sampled_from(["a1", "a2", "a3", "a4", "a5", "a6"])
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(
    lambda words: f'The {" and the ".join(words)} were seen. "It is so," said Anna Keller.'
)
rows = st.fixed_dictionaries(
    {"id": article_ids, "title": st.sampled_from(["Early news", "Late news"]), "text": texts},
    optional={"source": st.sampled_from(["Post", "Ledger"]), "published": st.just("2022-05-01")},
)
# One state of the folder: which rows each of three files holds; an empty one is no file at all.
states = st.fixed_dictionaries({name: st.lists(rows, max_size=4) for name in "xyz"})


def write_state(folder: Path, state: dict[str, list[Row]]) -> None:
    for name, content in state.items():
        path = folder / f"{name}.jsonl"
        path.unlink(missing_ok=True)
        if content:
            write_rows(path, content)


def fingerprint(chosen: Settings) -> tuple[object, ...]:
    """All that an index answers with, less row numbers: articles, passages and the words kept of
    them, quotes, failures, and each question's hits with their dense scores. Lexical scores are
    left out: BM25 counts dead rows until the lexical index is rebuilt."""
    with live_store(chosen) as store:
        hashes = store.article_hashes()
        held = {i: (store.article(i), store.passages(i)) for i in sorted(hashes)}
        failures = sorted((f.path, f.line or 0, f.reason) for f in store.failures())
    words = {i: words_of(chosen, i) for i in held}
    with open_live(chosen) as live, live.snapshot() as searcher:
        quotes = {i: searcher.quotes(i) for i in held}
        found = {}
        for mode in ("dense", "lexical"):
            for word in WORDS:
                query = Query(word, mode=mode, k=100, collapse_duplicates=False, per_article=0)
                hits = searcher.search(query).hits
                scores = {h.passage.id: round(h.score, 5) for h in hits}
                found[mode, word] = scores if mode == "dense" else set(scores)
    return hashes, held, words, quotes, failures, found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(states, min_size=2, max_size=4))
def test_any_history_of_edits_leads_to_the_index_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, list[Row]]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    chosen = tiny_settings(folder)
    (folder / "seeds").mkdir()
    for state in history:
        write_state(folder / "seeds", state)
        build(chosen, allow_mass_delete=True)
    assert all(check.problem is None for check in verify(IndexFolder(chosen.index_dir)))
    fresh = tiny_settings(folder, index_dir=folder / "fresh")
    build(fresh)
    assert fingerprint(chosen) == fingerprint(fresh)
