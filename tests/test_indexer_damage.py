"""The journal, damage to an index, and a world that gets in the way of a run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from index_rows import (
    ONE,
    THREE,
    TWO,
    MakeSettings,
    damage,
    ids,
    two_generations,
    words_of,
)
from sample import ARTICLES, build, open_live, tiny_settings, write_rows

from semsearch.corpus import Article
from semsearch.errors import (
    IndexBusyError,
    IndexCorruptError,
    IndexMissingError,
    IndexStateError,
)
from semsearch.index.check import verify
from semsearch.index.generation import IndexFolder
from semsearch.index.journal import Change, Journal
from semsearch.indexer import rollback
from semsearch.indexer.spool import Spool
from semsearch.text.word_arrays import stem_numbers


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
