"""Decisions of a run: values, in the order in which they are found out."""

from __future__ import annotations

from pathlib import Path

from sample import write_rows

from semsearch.corpus import Article
from semsearch.index.journal import Change
from semsearch.indexer.collect import (
    JOURNAL,
    Collector,
    Decision,
    NoteFile,
    Overlay,
    Put,
    Remove,
)
from semsearch.indexer.progress import Summary
from semsearch.indexer.scan import Known, Scope

ONE = {"id": "one", "title": "One", "text": "Of apples and pears."}
TWO = {"id": "two", "title": "Two", "text": "Of rivers and boats."}


def test_an_article_is_decided_on_before_the_next_one_is_read(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "a.jsonl", [ONE, TWO])
    collector = Collector(Known(), Scope.of([tmp_path]), Overlay({}, 0), Summary())
    read: list[int] = []
    decisions = collector.decide((), allow_mass_delete=False, on_article=read.append)
    assert next(decisions) == Put(Article("one", "One", "Of apples and pears."), str(file))
    assert read == []
    assert next(decisions) == Put(Article("two", "Two", "Of rivers and boats."), str(file))
    assert read == [1]
    assert [type(decision) for decision in decisions] == [NoteFile]
    assert read == [1, 2]


def test_journal_and_files_become_one_list_of_decisions(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "a.jsonl", [ONE, TWO, TWO])
    changes = [
        Change("one", Article("one", "One", "First put."), 1),
        Change("three", None, 2),
        Change("one", Article("one", "One", "Put again."), 3),
    ]
    overlay = Overlay({"one": (3, True), "three": (2, False)}, 3)
    known = Known(articles={"lost": ("0" * 64, str(tmp_path / "gone.jsonl"))})
    summary = Summary()
    collector = Collector(known, Scope.of([tmp_path]), overlay, summary)
    decisions: list[Decision] = list(
        collector.decide(changes, allow_mass_delete=True, on_article=lambda n: None)
    )
    (noted,) = (d for d in decisions if isinstance(d, NoteFile))
    assert [d for d in decisions if d is not noted] == [
        Put(Article("two", "Two", "Of rivers and boats."), str(file)),
        Remove("three"),
        Put(Article("one", "One", "Put again."), JOURNAL),  # the last of the changes to it
        Remove("lost"),
    ]
    assert [(f.path, f.kind) for f in noted.failures] == [(str(file), "id_taken")]
    assert (summary.articles_added, summary.articles_removed, summary.articles_failed) == (2, 1, 1)
    assert collector.held() == {str(file), JOURNAL}
