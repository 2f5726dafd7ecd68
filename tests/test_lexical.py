"""The lexical index, on real tantivy folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from semsearch.errors import IndexCorruptError
from semsearch.hits import Filters, LexicalQuery
from semsearch.index.lexical import (
    LexicalIndex,
    LexicalRow,
    open_lexical,
    update,
    worn,
)
from semsearch.ranking.question_terms import matched_spans, question_terms
from semsearch.text.word_arrays import text_words

Make = Callable[[Sequence[LexicalRow]], LexicalIndex]
NO_FILTERS = Filters()


def row(number: int, text: str, **fields: object) -> LexicalRow:
    values: dict[str, object] = {"article_id": f"a{number}", "title": "", "language": "en"}
    return LexicalRow(row=number, text=text, **(values | fields))  # type: ignore[arg-type]
    # the fields' types are LexicalRow's own, which a dict cannot say


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(rows: Sequence[LexicalRow]) -> LexicalIndex:
        update(None, tmp_path / "index", (), rows)
        return open_lexical(tmp_path / "index")

    return made


def found(index: LexicalIndex, text: str, limit: int = 10, **query: object) -> list[int]:
    asked = LexicalQuery(text, **query)  # type: ignore[arg-type]  # as in `row`
    rows: list[int] = index.search(asked, NO_FILTERS, limit)[0].tolist()
    return rows


def test_inflections_of_the_articles_language_are_found(make: Make) -> None:
    index = make(
        [
            row(1, "They raised their budgets"),
            row(2, "Die Häuser der Stadt", language="de"),
            row(3, "nothing like it", language=None),
        ]
    )
    assert found(index, "raising the budget") == [1]
    assert found(index, "Haus") == [2]
    assert found(index, "hauser") == [2]  # typed without the accent


def test_equal_scores_go_to_the_lower_row_at_the_cut_too(make: Make) -> None:
    numbers = np.random.default_rng(1).permutation(100).tolist()
    index = make([row(number, "the same grain train") for number in numbers])
    assert found(index, "grain", limit=7) == [0, 1, 2, 3, 4, 5, 6]


def test_scores_are_bm25(make: Make) -> None:
    index = make([row(1, "grain"), row(2, "grain grain"), row(3, "wheat wheat wheat")])
    _, scores = index.search(LexicalQuery("wheat"), NO_FILTERS, 10)
    # idf = ln(1 + (N - n + 0.5) / (n + 0.5)); tf 3, length 3, mean length 2; k1 1.2, b 0.75
    idf = np.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert scores[0] == pytest.approx(idf * 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 3 / 2)), rel=1e-5)


def test_scores_of_given_rows_are_those_of_the_search(make: Make) -> None:
    index = make([row(i, "grain " * i + "on the line", title="Grain") for i in range(1, 6)])
    query = LexicalQuery("grain line")
    rows, scores = index.search(query, NO_FILTERS, 10)
    given = np.array([4, 1, 3, 2, 5])
    again = dict(zip(given.tolist(), index.scores(query, given).tolist(), strict=True))
    assert [again[number] for number in rows.tolist()] == pytest.approx(scores.tolist(), rel=1e-5)


def test_rows_without_a_word_of_the_query_score_nothing(make: Make) -> None:
    index = make([row(1, "grain"), row(2, "wheat")])
    assert index.scores(LexicalQuery("grain"), np.array([2])).tolist() == [0.0]


def test_titles_count_unless_left_out(make: Make) -> None:
    index = make([row(1, "It fell on Monday", title="Train spills grain")])
    assert found(index, "grain") == [1]
    assert found(index, "grain", with_title=False) == []


def test_phrases_must_occur_word_for_word(make: Make) -> None:
    index = make([row(1, "raising budgets"), row(2, "raised budgets"), row(3, "budgets raising")])
    assert found(index, "raising budgets", phrases=("Raising budgets",)) == [1]


def test_excluded_words_must_not_occur(make: Make) -> None:
    index = make([row(1, "grain train"), row(2, "grain"), row(3, "grain trains")])
    assert sorted(found(index, "grain", excluded=("train",))) == [2, 3]


def test_a_query_of_stop_words_is_searched_as_it_stands(make: Make) -> None:
    index = make([row(1, "to be or not to be"), row(2, "grain")])
    assert found(index, "to be") == [1]


@pytest.mark.parametrize("text", ["", "…", 'row:1 AND "', "stems:grain)", "a" * 10_000])
def test_no_text_is_a_syntax_error(make: Make, text: str) -> None:
    assert found(make([row(1, "wheat")]), text) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(sources=("Ledger",)), [1]),
        (Filters(sources=("Ledger", "Post")), [1, 2]),
        (Filters(authors=("Ruth Adler",)), [1, 2]),
        (Filters(languages=("de",)), [3]),
        (Filters(published_from=date(2022, 3, 2)), [2]),
        (Filters(published_to=date(2022, 3, 1)), [1]),
        (Filters(sources=("Post",), published_to=date(2022, 3, 1)), []),
        (Filters(sources=("ledger",)), []),
    ],
)
def test_filters_restrict_search_and_rows_alike(
    make: Make, filters: Filters, expected: list[int]
) -> None:
    index = make(
        [
            row(1, "grain", source="Ledger", authors=("Ruth Adler",), published=date(2022, 3, 1)),
            row(2, "grain", source="Post", authors=("B", "Ruth Adler"), published=date(2022, 3, 2)),
            row(3, "grain", language="de"),
        ]
    )
    rows, _ = index.search(LexicalQuery("grain"), filters, 10)
    matching = index.matching_rows(filters)
    assert sorted(rows.tolist()) == expected
    assert matching is not None
    assert matching.tolist() == expected


def test_no_restriction_is_said_as_none(make: Make) -> None:
    assert make([row(1, "grain")]).matching_rows(NO_FILTERS) is None


def test_matching_rows_obey_phrases_and_exclusions(make: Make) -> None:
    index = make([row(3, "grain train"), row(1, "grain train late"), row(2, "train grain")])
    rows = index.matching_rows(NO_FILTERS, ["grain train"], ["late"])
    assert rows is not None
    assert rows.tolist() == [3]


def test_a_whole_article_is_scored_by_its_number(make: Make) -> None:
    index = make(
        [
            row(1, "grain", article=7, article_text="grain and the train"),
            row(2, "the train", article=7, article_text="grain and the train"),
            row(3, "grain", article=9, article_text="grain"),
        ]
    )
    both = index.article_scores(LexicalQuery("grain train"), np.array([9, 7, 5]))
    assert both[1] > both[0] > 0
    assert both[2] == 0


def test_an_update_shares_segments_and_leaves_its_source_alone(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    update(None, old, (), [row(i, "grain") for i in range(1, 50)])
    before = open_lexical(old)
    update(old, new, [1], [row(60, "grain wheat")])
    names = {path.name for path in old.glob("*.idx")}
    assert names
    assert all((new / name).samefile(old / name) for name in names)
    assert (len(before), len(open_lexical(old)), len(open_lexical(new))) == (49, 49, 49)
    assert found(open_lexical(new), "wheat") == [60]
    assert 1 not in found(open_lexical(new), "grain", limit=99)


def test_a_snapshot_outlives_its_folder(tmp_path: Path) -> None:
    update(None, tmp_path / "old", (), [row(1, "grain")])
    index = open_lexical(tmp_path / "old")
    for path in sorted((tmp_path / "old").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert found(index, "grain") == [1]


def test_an_index_is_worn_when_a_fifth_is_dead(tmp_path: Path) -> None:
    update(None, tmp_path / "old", (), [row(i, "grain") for i in range(10)])
    update(tmp_path / "old", tmp_path / "new", [0], ())
    assert not worn(tmp_path / "new", 1)
    assert worn(tmp_path / "new", 2)


def test_frequencies_count_every_inflection(make: Make) -> None:
    index = make([row(1, "budget"), row(2, "budgets"), row(3, "grain")])
    assert index.frequencies("the budgets of NATO") == {"budgets": 2, "nato": 0}


def test_a_folder_without_an_index_is_said_to_be_corrupt(tmp_path: Path) -> None:
    with pytest.raises(IndexCorruptError, match="reindex --full"):
        open_lexical(tmp_path)


def test_a_number_word_finds_only_itself(make: Make) -> None:
    index = make([row(1, "two ships"), row(2, "2 trains")])
    assert found(index, "two") == [1]


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("snake_case", "a snake_case name", ["snake", "case"]),
        ("snake", "a snake_case name", ["snake"]),
        ("5.02", "5,02 a litre", ["5,02"]),
        ("5,02", "at $5.02 a litre", ["5.02"]),
        ("10000", "some 10,000 men", ["10,000"]),
        ("US troops", "the U.S. sent troops", ["U.S.", "troops"]),
        ("COVID-19", "after Covid 19 came", ["Covid", "19"]),
        ("don't", "They don\u2019t know", ["don\u2019t"]),
        ("iphone14", "an iPhone14 case", ["iPhone14"]),
        ("Lukasz", "Łukasz\u2019s case", ["Łukasz\u2019s"]),
        ("istanbul", "in İstanbul", ["İstanbul"]),
        ("cafés", "a cafe\u0301 there", ["cafe\u0301"]),
        ("five ships", "5 ships", ["5", "ships"]),
        ("हिन्दी", "आज हिन्दी समाचार", ["हिन्दी"]),
        ("北京大学", "他在北京大学学习", ["北京大学"]),
        ("佐々木", "今日は佐々木さん", ["佐々木"]),
        ("ประเทศไทย", "มาประเทศไทยแล้ว", ["ประเทศไทย"]),
        ("北京NATO", "在北京NATO说", ["北京", "NATO"]),
    ],
)
def test_what_is_found_is_marked(make: Make, question: str, text: str, marked: list[str]) -> None:
    index = make([row(1, text), row(2, "nothing like it")])
    assert found(index, question) == [1]
    spans = matched_spans(question_terms(question), text, text_words(text, "en"))
    assert [text[start:end] for start, end in spans] == marked
