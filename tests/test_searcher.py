"""Questions to a real index of ten articles, with the answers worked out by reading them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import ARTICLES

from semsearch.errors import CursorError, NotFoundError, QueryError
from semsearch.hits import Continuation, Filters, Hit, Mode, Query
from semsearch.searcher import Searcher

ALL: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
# Everything that a question finds: no duplicates hidden, no limit per article.
OPEN = Query("", k=100, collapse_duplicates=False, per_article=0)
NOT_FIXTURE = [HealthCheck.function_scoped_fixture]


def found(searcher: Searcher, query: Query) -> list[str]:
    """Article ids of the first page, in order."""
    return [hit.article.id for hit in searcher.search(query).hits]


def passages_of_all(searcher: Searcher) -> int:
    return sum(len(searcher.passages(row["id"])) for row in ARTICLES)


# --- what comes first ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ALL)
def test_the_passage_that_holds_the_words_comes_first(searcher: Searcher, mode: Mode) -> None:
    query = Query("a stolen violin returned to the orchestra", mode=mode)
    assert found(searcher, query)[0] == "violin"


def test_a_hit_is_a_slice_of_its_article_with_an_answer_inside(searcher: Searcher) -> None:
    hit = searcher.search(Query("a stolen violin returned to the orchestra")).hits[0]
    article = searcher.article("violin")
    assert hit.passage.text == article.text[hit.passage.start : hit.passage.end]
    assert hit.answer.text == article.text[hit.answer.start : hit.answer.end]
    assert hit.answer.text == (
        "A violin that was stolen in 1981 has been returned to the orchestra."
    )
    assert (hit.rank, hit.article.source) == (1, "Northern Field")


def test_quotes_come_with_their_speakers(searcher: Searcher) -> None:
    hit = searcher.search(Query("never seen such a summer")).hits[0]
    direct = [(quote.text, quote.speaker) for quote in hit.quotes if quote.kind == "direct"]
    assert direct == [("I have never seen such a summer,", "Mira Solberg")]


@pytest.mark.parametrize("mode", ALL)
def test_scores_fall_and_equal_ones_go_to_the_row_that_came_first(
    searcher: Searcher, mode: Mode
) -> None:
    # wire-1 and wire-2 hold the same words; wire-1 was read first.
    query = replace(OPEN, text="a cargo train left the tracks near Ostrava", mode=mode)
    hits = searcher.search(query).hits
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    if mode == "dense":  # titles differ, and count for the words
        wires = [hit for hit in hits if hit.article.id.startswith("wire")]
        assert [hit.article.id for hit in wires] == ["wire-1", "wire-2"]
        assert wires[0].score == wires[1].score


def test_the_parts_of_a_score_add_up_to_it(searcher: Searcher) -> None:
    for hit in searcher.search(Query("the central bank raised its rate")).hits:
        assert sum(part.value for part in hit.parts) == pytest.approx(hit.score, abs=1e-6)


def test_the_same_report_twice_is_one_hit_that_names_the_other(searcher: Searcher) -> None:
    query = Query("cargo train left the tracks near Ostrava", per_article=0)
    hits = searcher.search(query).hits
    wires = [hit for hit in hits if hit.article.id.startswith("wire")]
    assert len(wires) == 1
    named = {wires[0].article.id, *(d.article.id for d in wires[0].duplicates)}
    assert named == {"wire-1", "wire-2"}
    apart = found(searcher, replace(query, collapse_duplicates=False, k=50))
    assert {"wire-1", "wire-2"} <= set(apart)


# --- marks in the question -------------------------------------------------------------------


@pytest.mark.parametrize("mode", ALL)
def test_a_phrase_must_occur_word_for_word(searcher: Searcher, mode: Mode) -> None:
    query = replace(OPEN, text='"raised its main rate"', mode=mode)
    assert set(found(searcher, query)) == {"rates-1", "rates-2"}
    assert found(searcher, replace(query, text='"main its rate"')) == []


@pytest.mark.parametrize("mode", ALL)
def test_an_excluded_word_must_not_occur(searcher: Searcher, mode: Mode) -> None:
    query = replace(OPEN, text="central bank rate -families -analysts", mode=mode)
    for hit in searcher.search(query).hits:
        assert "families" not in hit.passage.text.lower()
        assert "analysts" not in hit.passage.text.lower()


# --- filters, against brute force ------------------------------------------------------------


def passes(row: dict[str, object], filters: Filters) -> bool:
    day = date.fromisoformat(str(row["published"])) if "published" in row else None
    authors = row.get("authors", [])
    assert isinstance(authors, list)
    return (
        (not filters.sources or row.get("source") in filters.sources)
        and (not filters.authors or bool(set(filters.authors) & set(authors)))
        and (filters.published_from is None or (day is not None and day >= filters.published_from))
        and (filters.published_to is None or (day is not None and day <= filters.published_to))
    )


days = st.none() | st.sampled_from(
    [date.fromisoformat(str(row["published"])) for row in ARTICLES if "published" in row]
)
filters = st.builds(
    Filters,
    sources=st.lists(st.sampled_from(["Morning Ledger", "Evening Post", "Nobody"]), max_size=2).map(
        tuple
    ),
    authors=st.lists(st.sampled_from(["Ruth Adler", "Ben Strand"]), max_size=2).map(tuple),
    published_from=days,
    published_to=days,
)


@settings(max_examples=40, deadline=None, suppress_health_check=NOT_FIXTURE)
@given(chosen=filters)
def test_filters_mean_the_same_in_both_retrievers_and_to_a_reader(
    searcher: Searcher, chosen: Filters
) -> None:
    expected = {str(row["id"]) for row in ARTICLES if passes(dict(row), chosen)}
    query = replace(OPEN, text="the a it was of to und die", filters=chosen, read_dates=False)
    assert set(found(searcher, replace(query, mode="dense"))) == expected
    assert set(found(searcher, replace(query, mode="lexical"))) <= expected
    assert set(found(searcher, replace(query, mode="hybrid"))) == expected


def test_a_speaker_filter_finds_the_passages_that_quote_the_speaker(searcher: Searcher) -> None:
    query = replace(OPEN, text="what was said", filters=Filters(speakers=("Anna Keller",)))
    for mode in ALL:
        hits = searcher.search(replace(query, mode=mode)).hits
        assert all(any(q.speaker == "Anna Keller" for q in hit.quotes) for hit in hits)
    assert set(found(searcher, replace(query, mode="dense"))) == {"rates-1", "budget"}


def test_a_year_in_the_question_becomes_a_filter_that_can_be_switched_off(
    searcher: Searcher,
) -> None:
    query = replace(OPEN, text="budgets in 2023", mode="dense", now=date(2024, 1, 1))
    assert set(found(searcher, query)) == {"violin", "budget", "german"}
    chips = searcher.search(query).chips
    assert [(chip.kind, chip.text, chip.applied) for chip in chips] == [("date", "in 2023", True)]
    assert len(set(found(searcher, replace(query, read_dates=False)))) == len(ARTICLES)


# --- pages, totals, facets -------------------------------------------------------------------


def all_pages(searcher: Searcher, query: Query) -> list[Hit]:
    hits: list[Hit] = []
    while True:
        results = searcher.search(query)
        hits += results.hits
        assert results.total >= len(hits)
        if results.next is None:
            return hits
        query = replace(query, start=results.next)


questions = st.sampled_from(
    ["central bank rate", "grain train", "strike harbour union", "the", "ice lake summer", "2022"]
)


@settings(max_examples=30, deadline=None, suppress_health_check=NOT_FIXTURE)
@given(
    text=questions,
    mode=st.sampled_from(ALL),
    k=st.integers(1, 5),
    collapse=st.booleans(),
    per_article=st.integers(0, 2),
    chosen=filters,
)
def test_pages_total_export_and_facets_agree(
    searcher: Searcher,
    text: str,
    mode: Mode,
    k: int,
    collapse: bool,
    per_article: int,
    chosen: Filters,
) -> None:
    query = Query(
        text,
        k=k,
        mode=mode,
        filters=chosen,
        collapse_duplicates=collapse,
        per_article=per_article,
        now=date(2024, 1, 1),
    )
    pages = all_pages(searcher, query)
    results = searcher.search(query)
    assert pages == list(searcher.every_hit(query))
    assert len(pages) == results.total
    assert [hit.rank for hit in pages] == list(range(1, len(pages) + 1))
    assert len({hit.passage.id for hit in pages}) == len(pages)
    facets = results.facets
    counted = {c.value: c.count for c in facets.sources}
    assert counted == {
        s: n
        for s in {hit.article.source for hit in pages} - {None}
        if s is not None and (n := sum(hit.article.source == s for hit in pages))
    }
    months = [hit.article.published.strftime("%Y-%m") for hit in pages if hit.article.published]
    assert {c.value: c.count for c in facets.months} == {m: months.count(m) for m in months}
    authors = [name for hit in pages for name in hit.article.authors]
    assert {c.value: c.count for c in facets.authors} == {a: authors.count(a) for a in authors}


def test_further_pages_keep_the_clock_of_the_first(searcher: Searcher) -> None:
    """Also in a batch, and without a trace in what is remembered for the day of the first page."""
    start = Continuation(searcher.index.generation, 0, date(2022, 6, 15))
    query = Query("what happened this week", start=start)
    (batch,), alone = searcher.search_many([query]), searcher.search(query)
    assert [chip.label for chip in batch.chips] == [chip.label for chip in alone.chips]
    assert "June 2022" in alone.chips[0].label
    assert alone.next is None or alone.next.now == date(2022, 6, 15)


def test_a_page_of_another_generation_is_refused(searcher: Searcher) -> None:
    start = Continuation("20200101T000000.000Z-0000", 1, date(2022, 6, 15))
    with pytest.raises(CursorError, match="another generation of the index"):
        searcher.search(Query("rates", start=start))


# --- steering and similar --------------------------------------------------------------------


def test_liking_a_passage_moves_its_like_up(searcher: Searcher) -> None:
    liked = searcher.passages("glacier")[0].id
    query = replace(OPEN, text="news", mode="dense")
    plain = found(searcher, query)
    steered = found(searcher, replace(query, like=(liked,)))
    pushed = found(searcher, replace(query, unlike=(liked,)))
    assert steered[0] == "glacier"
    assert steered.index("glacier") < plain.index("glacier") or plain[0] == "glacier"
    assert pushed.index("glacier") >= plain.index("glacier")


def test_steering_by_an_unknown_passage_is_refused(searcher: Searcher) -> None:
    with pytest.raises(NotFoundError, match="no passage has the id 'none'"):
        searcher.search(Query("news", like=("none",)))


def test_similar_passages_are_of_other_articles_and_the_twin_is_nearest(
    searcher: Searcher,
) -> None:
    hits = searcher.similar(searcher.passages("wire-1")[0].id, k=3)
    assert len(hits) == 3
    assert hits[0].article.id == "wire-2"
    assert hits[0].score == pytest.approx(1.0, abs=2e-3)  # vectors are kept in half precision
    assert "wire-1" not in [hit.article.id for hit in hits]


# --- odd questions ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "-violin"])
def test_a_question_without_anything_to_search_for_is_refused(
    searcher: Searcher, text: str
) -> None:
    with pytest.raises(QueryError, match="the question is empty"):
        searcher.search(Query(text))


@pytest.mark.parametrize("mode", ALL)
@pytest.mark.parametrize(
    "text",
    [
        "violin " * 1430,  # 10,000 characters
        "x" * 10_000,
        "\x00\x01\x1b[31m violin",
        "\ud800 violin",
        "violin\u202e\u200d\ufeff",
        "V\u0456olin 🎻 小提琴 κιθάρα",
        "'; DROP TABLE articles; -- violin",
        "body:violin AND (a OR b NOT ~2^3 [1 TO 2]) violin*",
        '"unbalanced violin',
        "?!…—",
        "🎻",
        "NEAR/3 violin",
    ],
)
def test_an_odd_question_gets_an_answer(searcher: Searcher, text: str, mode: Mode) -> None:
    results = searcher.search(Query(text, mode=mode))
    assert results.total == len(list(searcher.every_hit(Query(text, mode=mode))))
    if mode == "lexical" and "violin" in text:
        assert "violin" in {hit.article.id for hit in results.hits}


@settings(max_examples=60, deadline=None, suppress_health_check=NOT_FIXTURE)
@given(text=st.text(max_size=60), mode=st.sampled_from(ALL))
def test_any_text_is_answered_or_refused_as_empty(
    searcher: Searcher, text: str, mode: Mode
) -> None:
    try:
        results = searcher.search(Query(text, mode=mode))
    except QueryError as error:
        assert "empty" in str(error)  # noqa: PT017 -- both ways out are right
    else:
        assert len(results.hits) <= 10


# --- looking up ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look_up",
    [
        lambda s: s.article("none"),
        lambda s: s.brief("none"),
        lambda s: s.passages("none"),
        lambda s: s.passage("none"),
        lambda s: s.quotes("none"),
        lambda s: s.similar("none"),
        lambda s: s.speaker("none"),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(searcher: Searcher, look_up: object) -> None:
    assert callable(look_up)
    with pytest.raises(NotFoundError, match="none"):
        look_up(searcher)


def test_sources_are_counted_most_first(searcher: Searcher) -> None:
    assert [(c.value, c.count) for c in searcher.sources()] == [
        ("Evening Post", 3),
        ("Morning Ledger", 3),
        ("Northern Field", 2),
        ("Elbbote", 1),
    ]


def test_many_questions_at_once_are_answered_as_one_by_one(searcher: Searcher) -> None:
    queries = [Query("the central bank"), Query("a glacier"), Query("the central bank", k=1)]
    together = [replace(r, took_ms=0) for r in searcher.search_many(queries)]
    assert together == [replace(searcher.search(query), took_ms=0) for query in queries]
