"""`semsearch eval` on a small collection in BEIR's layout, run as users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample import ARTICLES, write_rows
from test_cli import run

# The tiny encoder and BM25 both find these: each question uses the words of one article.
QUESTIONS = (
    {"_id": "q1", "text": "stolen violin orchestra attic", "metadata": {"answers": ["an attic"]}},
    {"_id": "q2", "text": "dockers strike harbour", "metadata": {"answers": ["nine days"]}},
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a collection at `data/` and an index of its corpus."""
    folder = tmp_path_factory.mktemp("eval")
    rows = [
        {
            "_id": row["id"],
            "title": row["title"],
            "text": row["text"],
            "metadata": {k: row.get(k) for k in ("source", "published", "authors")},
        }
        for row in ARTICLES
    ]
    write_rows(folder / "data" / "corpus.jsonl", rows)
    write_rows(folder / "data" / "queries.jsonl", QUESTIONS)
    write_rows(folder / "data" / "queries-unanswerable.jsonl", [{"_id": "u", "text": "zebra"}])
    qrels = folder / "data" / "qrels" / "test.tsv"
    qrels.parent.mkdir()
    qrels.write_text("query-id\tcorpus-id\tscore\nq1\tviolin\t1\nq2\tharbour\t1\n")
    run(folder, "reindex", "data/corpus.jsonl")
    return folder


def test_every_mode_is_measured_and_perfect_rankings_measure_one(collection: Path) -> None:
    report = json.loads(run(collection, "eval", "data", "--json").stdout)
    assert report["questions"] == 2
    assert set(report["means"]) == {"dense", "lexical", "hybrid"}
    assert report["means"]["lexical"]["nDCG@10"] == 1.0
    assert report["values"]["hybrid"]["MRR@10"] == {"q1": 1.0, "q2": 1.0}


def test_a_saved_report_is_a_baseline_without_a_difference_to_itself(collection: Path) -> None:
    run(collection, "eval", "data", "--save", "before.json")
    shown = run(collection, "eval", "data", "--baseline", "before.json", "--worst", "1").stdout
    assert "hybrid against dense (paired randomisation test)" in shown
    against = shown.split("hybrid against the baseline")[1]
    assert "+0.000   p = 1.0000" in against
    assert "worst by" in shown


def test_titles_are_searched_over_bodies_only(collection: Path) -> None:
    report = json.loads(run(collection, "eval", "data", "--kind", "known-item", "--json").stdout)
    # Of the ten titles only "Glacier lost a tenth of its ice" and "How to prune an apple tree"
    # have six words.
    assert report["questions"] == 2
    # Only the first stands in its article's body; the second's body has none of its words.
    assert report["values"]["lexical"]["R@1"] == {"glacier": 1.0, "undated": 0.0}


def test_verdicts_are_counted_for_both_kinds_of_question(collection: Path) -> None:
    report = json.loads(run(collection, "eval", "data", "--kind", "unanswerable", "--json").stdout)
    assert 0 <= report["area_under_roc"] <= 1
    assert sum(report["unanswerable"].values()) == pytest.approx(1)


def test_a_collection_that_the_index_does_not_hold_is_named(
    collection: Path, tmp_path: Path
) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n")
    write_rows(tmp_path / "queries.jsonl", [])
    row = {"_id": "elsewhere", "title": "Six words are in this title", "text": "Nothing."}
    write_rows(tmp_path / "corpus.jsonl", [row])
    done = run(collection, "eval", str(tmp_path), "--kind", "known-item", code=2)
    assert "no article has the id 'elsewhere'" in done.stderr
    assert "index the collection's corpus first" in done.stderr
