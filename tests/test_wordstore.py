"""The words of passages on disk, by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from semsearch.errors import IndexCorruptError
from semsearch.index.wordstore import WordRow, open_words, update
from semsearch.index.wordstore.recording import MOST_SEGMENTS
from semsearch.text.word_arrays import text_words

BUDGET = WordRow(3, "Budget talks", "The budget rises. Nato budgets rise too.")
RIVER = WordRow(8, "A river", "Two boats on a river.")
EMPTY = WordRow(5, "", "…")


def texts(path: Path, rows: Sequence[WordRow]) -> None:
    """Hold what is kept at `path` for these rows against their texts."""
    found = open_words(path)
    for row, kept in zip(rows, found.read([row.row for row in rows]), strict=True):
        assert kept.words.same(text_words(row.text, found.language))
        assert kept.title.tolist() == text_words(row.title, found.language).stems.tolist()


def test_rows_have_the_words_that_their_texts_were_cut_into(tmp_path: Path) -> None:
    update(None, tmp_path / "new", "en", (), [RIVER, BUDGET, EMPTY])
    texts(tmp_path / "new", [BUDGET, EMPTY, RIVER])
    assert len(open_words(tmp_path / "new")) == 3


def test_wanted_stems_stand_where_their_words_are(tmp_path: Path) -> None:
    update(None, tmp_path / "new", "en", (), [BUDGET, RIVER, EMPTY])
    river, budget, empty = open_words(tmp_path / "new").occurrences([8, 3, 5], ["budget", "boat"])
    # the budget rises nato budgets rise too: words 1 and 4 of seven
    assert budget.positions == ((1, "budget"), (4, "budget"))
    assert (budget.length, budget.title) == (7, frozenset({"budget"}))
    assert (river.positions, river.length, river.title) == (((1, "boat"),), 5, frozenset())
    assert (empty.positions, empty.length) == ((), 0)


def test_no_rows_have_no_words(tmp_path: Path) -> None:
    update(None, tmp_path / "new", "en", (), [])
    nothing = open_words(tmp_path / "new")
    assert (len(nothing), nothing.read([]), nothing.occurrences([], ["a"])) == (0, [], [])


def test_an_update_shares_the_old_words_and_leaves_them_as_they_are(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    long = WordRow(2, "Long", "One of many words. " * 20)
    update(None, old, "en", (), [BUDGET, RIVER, long])
    retitled = WordRow(8, "A longer river", RIVER.text)
    update(old, new, "en", [8], [EMPTY, retitled])
    texts(old, [BUDGET, RIVER, long])
    texts(new, [BUDGET, EMPTY, retitled, long])
    assert (new / "0.words").samefile(old / "0.words")


def test_words_of_no_row_go_once_they_are_many(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    update(None, old, "en", (), [BUDGET, RIVER])
    update(old, new, "en", [3], [EMPTY])  # more than a fifth of all words
    texts(new, [EMPTY, RIVER])
    assert [path.name for path in new.glob("*.words")] == ["1.words"]


def test_segments_are_joined_before_they_are_many(tmp_path: Path) -> None:
    rows = [WordRow(number, "", f"Text number {number}.") for number in range(MOST_SEGMENTS + 3)]
    source = None
    for row in rows:
        target = tmp_path / str(row.row)
        update(source, target, "en", (), [row])
        source = target
    texts(target, rows)
    assert len(list(target.glob("*.words"))) <= MOST_SEGMENTS


def test_a_missing_or_cut_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexCorruptError, match=r"header\.json"):
        open_words(tmp_path)
    update(None, tmp_path / "new", "en", (), [BUDGET])
    path = tmp_path / "new" / "0.words"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexCorruptError, match=r"0\.words"):
        open_words(tmp_path / "new")
