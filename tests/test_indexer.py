"""Reindexing real files with the tiny encoder: what changes, what stays, what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from index_rows import (
    ONE,
    THREE,
    TWO,
    MakeSettings,
    ids,
    rows_of,
    vectors_of,
)
from sample import build, open_live, write_rows

from semsearch.encoder.tiny import TinyEncoder
from semsearch.hits import Query
from semsearch.index.generation import IndexFolder
from semsearch.indexer import reindex


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
