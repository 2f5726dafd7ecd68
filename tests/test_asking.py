"""From what was typed to what is shown: dates, speakers, answers, duplicates, steering, cursors."""

from __future__ import annotations

from datetime import date

import pytest

from semsearch.errors import NotFoundError, QueryError
from semsearch.hits import Filters, Query
from semsearch.searcher import Searcher

NOW = date(2022, 10, 10)


def ids(searcher: Searcher, query: Query) -> list[str]:
    return [hit.article.id for hit in searcher.search(query).hits]


def test_a_sure_date_restricts_the_hits_and_shows_as_an_applied_chip(searcher: Searcher) -> None:
    results = searcher.search(Query("what happened in September 2022", now=NOW))
    assert [hit.article.id for hit in results.hits] == ["glacier"]
    (chip,) = results.chips
    assert (chip.kind, chip.applied, chip.text) == ("date", True, "in September 2022")
    assert (chip.published_from, chip.published_to) == (date(2022, 9, 1), date(2022, 9, 30))


def test_a_removed_date_chip_restricts_nothing(searcher: Searcher) -> None:
    query = Query("what happened in September 2022", now=NOW, read_dates=False)
    results = searcher.search(query)
    assert results.chips == ()
    assert results.total > 1


def test_a_date_that_leaves_nothing_is_offered_instead_of_applied(searcher: Searcher) -> None:
    results = searcher.search(Query("harbour strike in May 2021", now=NOW))
    assert results.hits[0].article.id == "harbour"
    assert [chip.applied for chip in results.chips] == [False]


def test_dates_set_by_hand_win_over_those_in_the_question(searcher: Searcher) -> None:
    filters = Filters(published_from=date(2022, 3, 1), published_to=date(2022, 3, 31))
    results = searcher.search(Query("rate in September 2022", now=NOW, filters=filters))
    assert {hit.article.id for hit in results.hits} == {"rates-1", "rates-2"}
    assert [chip.applied for chip in results.chips] == [False]


def test_a_question_for_somebodys_words_puts_their_own_words_first(searcher: Searcher) -> None:
    results = searcher.search(Query("what did Keller say about budgets"))
    first = results.hits[0]
    assert first.article.id == "budget"
    assert first.answer.text.startswith('"Raising budgets makes no sense without soldiers,"')
    assert [(c.kind, c.speakers, c.applied) for c in results.chips] == [
        ("speaker", ("Anna Keller",), True)
    ]


def test_a_removed_speaker_chip_gives_no_score_for_speaking(searcher: Searcher) -> None:
    query = Query("what did Keller say about budgets", read_speakers=False)
    results = searcher.search(query)
    assert results.chips == ()
    assert all(part.name != "speaker" for hit in results.hits for part in hit.parts)


def test_a_speaker_filter_takes_any_dress_of_the_name(searcher: Searcher) -> None:
    for name in ("Anna Keller", "Governor Anna Keller", "ANNA KELLER"):
        query = Query("inflation and budgets", filters=Filters(speakers=(name,)))
        assert set(ids(searcher, query)) == {"rates-1", "budget"}, name


def test_the_parts_of_a_score_add_up_to_it(searcher: Searcher) -> None:
    for mode in ("hybrid", "dense", "lexical"):
        for hit in searcher.search(Query("what did Keller say about budgets", mode=mode)).hits:
            total = 0.0
            for part in hit.parts:
                total += part.value
            assert total == hit.score


def test_the_same_report_in_two_papers_is_one_hit_that_names_the_other(searcher: Searcher) -> None:
    results = searcher.search(Query("cargo train spilled grain near Ostrava"))
    first = results.hits[0]
    assert first.article.id == "wire-1"
    assert [(d.article.id, d.article.source) for d in first.duplicates] == [
        ("wire-2", "Evening Post")
    ]
    assert "wire-2" not in {hit.article.id for hit in results.hits}


def test_duplicates_stay_apart_where_that_is_asked(searcher: Searcher) -> None:
    query = Query("cargo train spilled grain near Ostrava", collapse_duplicates=False)
    assert ids(searcher, query)[:2] == ["wire-1", "wire-2"]


def test_missing_names_and_matched_words_are_named(searcher: Searcher) -> None:
    hit = searcher.search(Query("Solberg in Greenland on a glacier", mode="lexical")).hits[0]
    assert hit.missing == ("Greenland",)
    text = searcher.article(hit.article.id).text
    matched = {text[start:end].lower() for start, end in hit.matched}
    assert matched == {"solberg", "glacier"}


def test_a_misspelt_name_is_put_right(searcher: Searcher) -> None:
    results = searcher.search(Query("what did Kellar say"))
    assert results.spelling == "what did Keller say"
    assert searcher.search(Query("what did Keller say")).spelling is None


def test_pages_hold_every_hit_once_and_in_order(searcher: Searcher) -> None:
    query = Query("the central bank and the harbour", k=2)
    paged: list[str] = []
    start = None
    while True:
        page = searcher.search(Query(query.text, k=2, start=start))
        paged += [hit.passage.id for hit in page.hits]
        start = page.next
        if start is None:
            break
    assert paged == [hit.passage.id for hit in searcher.every_hit(query)]
    assert len(paged) == page.total == len(set(paged))


@pytest.mark.parametrize("text", ["", "   ", "-harbour"])
def test_a_question_without_words_is_refused_with_what_to_do(searcher: Searcher, text: str) -> None:
    with pytest.raises(QueryError, match="type some words"):
        searcher.search(Query(text))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "harbour " * 1250,
        "\x00\x07harbour\u200f",
        "🚢⚓",
        "\u202eharbour",
        "港口 罢工",
    ],
    ids=["one long word", "many words", "controls", "emoji", "override", "Chinese"],
)
def test_odd_questions_get_an_answer(searcher: Searcher, text: str) -> None:
    results = searcher.search(Query(text))
    assert results.total == len(list(searcher.every_hit(Query(text))))


def test_liked_passages_draw_the_ranking_towards_them(searcher: Searcher) -> None:
    violin = searcher.passages("violin")[0].id
    steered = searcher.search(Query("", like=(violin,), mode="dense"))
    assert steered.hits[0].passage.id == violin
    with pytest.raises(NotFoundError, match="no passage has the id 'nowhere'"):
        searcher.search(Query("harbour", like=("nowhere",)))


def test_similar_passages_come_from_other_articles(searcher: Searcher) -> None:
    wire = searcher.passages("wire-1")[0].id
    similar = searcher.similar(wire, 3)
    assert similar[0].article.id == "wire-2"
    assert "wire-1" not in {hit.article.id for hit in similar}


def test_sayings_are_newest_first_with_their_articles(searcher: Searcher) -> None:
    total, groups, articles = searcher.sayings("Anna Keller")
    assert total == 3
    assert groups[0].text.startswith("Raising budgets makes no sense")
    assert set(articles) == {"budget", "rates-1"}
