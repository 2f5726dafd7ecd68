"""The journal of changes over the API: what it promises when processes die."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest

from semsearch.corpus import Article
from semsearch.index.journal import Change, Journal


def put(article_id: str, text: str = "Some words.") -> Change:
    return Change(article_id, Article(article_id, "A title", text))


def delete(article_id: str) -> Change:
    return Change(article_id, None)


def seen(journal: Journal, after: int = 0) -> list[tuple[int, str, bool]]:
    return [(c.n, c.article_id, c.article is not None) for c in journal.changes(after)]


def log_of(folder: Path) -> Path:
    return folder / "journal" / "journal.log"


def test_a_journal_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert (journal.last(), seen(journal), journal.compact()) == (0, [], 0)


def test_changes_come_back_in_order_and_numbered_from_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.append([put("a"), put("b")]) == (1, 2)
    assert journal.append([delete("a")]) == (3, 3)
    assert seen(journal) == [(1, "a", True), (2, "b", True), (3, "a", False)]
    assert seen(journal, after=2) == [(3, "a", False)]
    assert journal.last() == 3


def test_an_article_comes_back_as_it_was_put(tmp_path: Path) -> None:
    article = Article(
        id="a/ä",
        title="Ein Titel",
        text="line one\nline two \ud800 \U0001f600",
        title_derived=True,
        url="https://example.org/a",
        source="Example",
        published=date(2022, 6, 17),
        authors=("A. One", "B. Two"),
        language="de",
        place="BERLIN",
    )
    Journal(tmp_path).append([Change(article.id, article)])
    (change,) = Journal(tmp_path).changes()
    assert change.article == article


def test_nothing_to_append_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to append"):
        Journal(tmp_path).append([])


def test_a_batch_torn_at_any_byte_leaves_the_acknowledged_changes_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([put("a"), put("b")])
    whole = log_of(tmp_path).read_bytes()
    journal.append([put("c"), put("d")])
    longer = log_of(tmp_path).read_bytes()
    for end in range(len(whole), len(longer)):
        log_of(tmp_path).write_bytes(longer[:end])
        assert seen(journal) == [(1, "a", True), (2, "b", True)]
        assert journal.last() == 2


def test_the_next_append_cuts_a_torn_batch_off(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([put("a")])
    with log_of(tmp_path).open("ab") as log:
        log.write(b'0badc0de {"n": 2, "delete": "a"}\n12')
    assert journal.append([put("b")]) == (2, 2)
    assert seen(journal) == [(1, "a", True), (2, "b", True)]


def test_a_tail_longer_than_one_look_back_is_found(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([put("a")])
    journal.append([put("b", "x" * 300_000)])
    with log_of(tmp_path).open("ab") as log:
        log.write(b"torn" * 100_000)
    assert journal.last() == 2
    assert journal.append([put("c")]) == (3, 3)


def test_compacting_keeps_the_last_change_of_every_article(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([put("a", "first"), put("b"), put("a", "second")])
    journal.append([delete("b"), put("c")])
    assert journal.compact() == 2
    assert seen(journal) == [(3, "a", True), (4, "b", False), (5, "c", True)]
    assert next(iter(journal.changes())).article == put("a", "second").article
    assert journal.compact() == 0
    assert journal.append([put("d")]) == (6, 6)


def test_threads_append_without_mixing_or_losing_changes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    def work(name: str) -> None:
        for i in range(20):
            journal.append([put(f"{name}-{i}-0"), put(f"{name}-{i}-1")])

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = seen(journal)
    assert [n for n, _, _ in found] == list(range(1, 121))
    # Pairs stay together: odd numbers end in -0, the number after in -1.
    assert all(i.endswith(f"-{(n + 1) % 2}") for n, i, _ in found)


WRITER = """
import sys
from pathlib import Path
from semsearch.corpus import Article
from semsearch.index.journal import Change, Journal
journal = Journal(Path(sys.argv[1]))
n = journal.last()
while True:
    n += 1
    journal.append([Change(f"k{n}", Article(f"k{n}", "t", "word " * 500))])
    print(n, flush=True)
"""


def test_what_was_acknowledged_survives_sigkill(tmp_path: Path) -> None:
    acknowledged = 0
    for kills in range(1, 6):
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for line in writer.stdout:
                acknowledged = int(line)
                if acknowledged >= kills * 17:
                    break
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:
                acknowledged = int(line)
        found = [change.article_id for change in Journal(tmp_path).changes()]
        assert len(found) == len(set(found))
        # The change being written at the kill may be there too: durable, its answer lost.
        assert acknowledged <= len(found) <= acknowledged + 1
