"""Measures by hand, and a whole evaluation over the small index."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from sample import ARTICLES

from semsearch.corpus import Article, Passage
from semsearch.errors import ReadError
from semsearch.evaluation import (
    Collection,
    Topic,
    VerdictReport,
    evaluate,
    known_item,
    load_values,
    read_collection,
    unanswerable,
)
from semsearch.evaluation.measures import (
    area_under_roc,
    article_values,
    interval,
    passage_values,
    randomisation,
)
from semsearch.searcher import Searcher

TOPIC = Topic("q1", "what was raised", {"a": 1, "b": 1}, ("half a point",))


def passage(article: str, text: str) -> Passage:
    return Passage("0" * 16, article, 0, 0, len(text), text)


def test_article_measures_are_the_textbooks() -> None:
    values = article_values([TOPIC], [["x", "a", "y", "b"]])
    gained = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    assert values["nDCG@10"].tolist() == pytest.approx([gained / ideal])
    assert values["MRR@10"].tolist() == [1 / 2]
    assert values["Recall@100"].tolist() == [2 / 2]


def test_a_topic_without_hits_scores_nothing() -> None:
    values = article_values([TOPIC, Topic("q2", "", {"a": 1})], [[], ["a"]])
    assert values["nDCG@10"].tolist() == [0.0, 1.0]


def test_a_passage_counts_when_its_article_is_relevant_and_it_holds_the_answer() -> None:
    found = [
        passage("x", "by half a point"),  # not a relevant article
        passage("a", "by something"),  # no answer
        passage("b", "by Half A Point, it said"),
    ]
    values = passage_values(TOPIC, found)
    assert values == {
        "success@1": 0.0,
        "success@5": 1.0,
        "success@20": 1.0,
        "passage MRR@10": 1 / 3,
    }


def test_the_area_under_the_curve_counts_ties_half() -> None:
    # pairs: 0.9>0.5, 0.9>0.1, 0.5=0.5, 0.5>0.1
    assert area_under_roc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == (1 + 1 + 0.5 + 1) / 4


def test_randomisation_tells_a_steady_gain_from_none() -> None:
    theirs = np.zeros(8)
    # Of 2**8 signs only two are as far out as eight equal gains: p is near 2/256.
    assert randomisation(theirs + 0.1, theirs) == pytest.approx(2 / 256, abs=0.004)
    assert randomisation(theirs, theirs) == 1.0


def test_the_interval_of_equal_values_is_a_point() -> None:
    assert interval(np.full(5, 0.25)) == (0.25, 0.25)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\trates-1\t1\n")
    rows = [
        {
            "_id": "q1",
            "text": "What did the central bank raise?",
            "metadata": {"date": "2022-03-02", "answers": ["main rate"]},
        },
        {"_id": "q2", "text": "a question without labels"},
    ]
    rows.append(rows[0])  # listed again: counts once
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)))
    extra = {"_id": "u1", "text": "Who won the chess cup of Atlantis?"}
    (tmp_path / "queries-unanswerable.jsonl").write_text(json.dumps(extra))
    return tmp_path


def test_a_collection_keeps_the_questions_that_have_labels(folder: Path) -> None:
    collection = read_collection(folder)
    assert [topic.id for topic in collection.topics] == ["q1"]
    assert collection.topics[0].answers == ("main rate",)
    assert [topic.id for topic in collection.unanswerable] == ["u1"]


def test_a_bad_line_is_named(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\trates-1\tgood\n")
    with pytest.raises(ReadError, match=r"test\.tsv:2: expected question"):
        read_collection(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"test\.tsv: cannot be read"):
        read_collection(tmp_path)


def test_every_mode_is_measured_side_by_side(searcher: Searcher, folder: Path) -> None:
    steps: list[tuple[int, int]] = []
    collection = read_collection(folder)
    report = evaluate(searcher, collection, on_progress=lambda *step: steps.append(step))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert report.mean("hybrid", "nDCG@10") == 1.0
    assert report.mean("hybrid", "success@1") == 1.0
    assert "1.000 [1.000, 1.000]" in report.table()
    assert "q1  What did the central bank raise?" in report.worst("hybrid", "nDCG@10")


def test_a_saved_report_is_a_baseline(searcher: Searcher, folder: Path, tmp_path: Path) -> None:
    report = evaluate(searcher, read_collection(folder), ["lexical"], with_dates=True)
    saved = tmp_path / "base.json"
    saved.write_text(json.dumps(report.as_dict()))
    lines = report.against(load_values(saved)).splitlines()
    assert lines[1].split() == ["nDCG@10", "+0.000", "p", "=", "1.0000"]
    saved.write_text("{}")
    with pytest.raises(ReadError, match="no saved report"):
        load_values(saved)


def test_known_items_are_searched_over_bodies_only(searcher: Searcher) -> None:
    # No word of this title is in its article's text.
    title = "Zebra quartet wins yodelling prize again"
    own = [Article(str(row["id"]), title, "") for row in ARTICLES if row["id"] == "rates-1"]
    report = known_item(searcher, own, ["lexical"])
    assert report.values["lexical"]["R@1"].tolist() == [0.0]


def test_verdicts_are_counted_for_both_kinds_of_question(searcher: Searcher, folder: Path) -> None:
    report = unanswerable(searcher, read_collection(folder))
    assert (len(report.answerable), len(report.unanswerable)) == (1, 1)
    assert report.answerable[0] > report.unanswerable[0]
    assert report.area == 1.0


def test_error_rates_add_up() -> None:
    report = VerdictReport(np.array([0.99, 0.99, 0.0, 0.99]), np.array([0.0, 0.0]))
    assert report.as_dict()["answerable"] == {"good": 0.75, "weak": 0.0, "none": 0.25}
    assert report.as_dict()["unanswerable"]["none"] == 1.0


def test_an_empty_collection_has_an_empty_report(searcher: Searcher) -> None:
    report = evaluate(searcher, Collection("empty", ()))
    assert report.mean("hybrid", "nDCG@10") == 0.0
