"""The main job, with the real model on the real seeds: a question, and the passage that answers it.

The one file of tests in which meaning matters end to end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample import build, open_live

from semsearch.hits import Query
from semsearch.searcher import Searcher
from semsearch.settings import load_settings

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
ANSWER = "Any rearmament or raising budgets to five percent of GDP by NATO countries makes no sense"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """The seeds, indexed with the default model."""
    folder = tmp_path_factory.mktemp("main")
    settings = load_settings({"index_dir": folder / "index", "seeds": (SEEDS,)}, environ={})
    assert build(settings).articles_failed == 0
    live = open_live(settings)
    with live.snapshot() as searcher:
        yield searcher
    live.close()


@pytest.mark.parametrize("read_speakers", [True, False], ids=["speaker read", "speaker removed"])
def test_the_users_question_brings_the_users_passage_first(
    seeds: Searcher, read_speakers: bool
) -> None:
    query = Query("what did Putin say about NATO budgets", read_speakers=read_speakers)
    assert ANSWER in seeds.search(query).hits[0].passage.text


def test_his_own_words_are_the_answer_and_the_match_is_good(seeds: Searcher) -> None:
    results = seeds.search(Query("what did Putin say about NATO budgets"))
    assert results.verdict == "good"
    assert results.hits[0].answer.text == f'"{ANSWER}," he added.'
    assert [q.speaker for q in results.hits[0].quotes if q.text.startswith(ANSWER)] == [
        "Vladimir Putin"
    ]


def test_no_hit_shows_a_promotional_line(seeds: Searcher) -> None:
    for hit in seeds.every_hit(Query("Russia Ukraine prisoners NATO bridge forum", per_article=0)):
        for line in ("READ MORE", "ALSO READ", "SEE ALSO"):
            assert line not in hit.passage.text


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("why is sourdough bread sour", "sourdough"),
        ("how does a reef lose its colour", "coral"),
        ("can volcanic ash stop a jet engine", "ash"),
        ("where were spies exchanged in Berlin", "glienicke"),
    ],
)
def test_questions_in_other_words_find_their_article(
    seeds: Searcher, question: str, article: str
) -> None:
    hit = seeds.search(Query(question)).hits[0]
    assert article in f"{hit.article.id} {hit.article.title}".lower()


def test_a_question_that_no_article_answers_is_no_good_match(seeds: Searcher) -> None:
    assert seeds.search(Query("how do I file my income tax in Brazil")).verdict != "good"
    assert seeds.search(Query("best recipe for lasagne with spinach")).verdict == "none"
