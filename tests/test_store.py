"""The SQLite store by itself: what is put in comes out, and what is taken out leaves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from semsearch.corpus import Article, Failure, Passage, Quote, passage_key
from semsearch.errors import IndexCorruptError, NotFoundError
from semsearch.index.store import FileRecord, Store, StoreWriter, file_records

TEXT = "The mayor spoke. “We will rebuild the bridge,” said Anna Keller."
QUOTE = Quote("a", "direct", 18, 45, TEXT[18:45], "Anna Keller", "Anna Keller", "said", "after")
ARTICLE = Article(
    "a",
    "The bridge",
    TEXT,
    url="http://example.org/a",
    source="Post",
    published=date(2022, 5, 1),
    authors=("Ida Lund", "Ben Strand"),
    language="en",
    place="OSTRAVA",
)


def passages(article: Article, *ends: int) -> list[tuple[Passage, bytes]]:
    """Passages that end at these offsets, each with a key made of its text."""
    found, start = [], 0
    for number, end in enumerate(ends):
        text = article.text[start:end]
        passage = Passage(passage_key(article.id, text), article.id, number, start, end, text)
        found.append((passage, text.encode()[:16].ljust(16)))
        start = end
    return found


def put(writer: StoreWriter, article: Article, *ends: int, quotes: tuple[Quote, ...] = ()) -> None:
    keyed = [(quote, quote.speaker and quote.speaker.casefold()) for quote in quotes]
    writer.put_article(
        article,
        article.content_hash,
        "f.txt",
        passages(article, *ends or (len(article.text),)),
        keyed,
    )


def finish(writer: StoreWriter, path: Path) -> Store:
    writer.finish()
    writer.close()
    return Store(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def test_an_article_comes_out_as_it_was_put_in(path: Path) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, 16, len(TEXT), quotes=(QUOTE,))
    store = finish(writer, path)
    assert store.article("a") == ARTICLE
    assert store.quotes([store.num("a")])[store.num("a")] == (QUOTE,)
    assert [p.text for p in store.passages("a")] == [TEXT[:16], TEXT[16:]]
    assert store.article_hashes() == {"a": (ARTICLE.content_hash, "f.txt")}
    assert store.date_range() == (date(2022, 5, 1), date(2022, 5, 1))
    speaker = store.speaker("Anna Keller")
    assert (speaker.quotes, speaker.articles, speaker.first) == (1, 1, date(2022, 5, 1))
    assert store.passage_speakers(store.rows()) == {2: ("Anna Keller",)}
    assert store.speakers_under("last:keller") == [("Anna Keller", 1)]
    store.close()


def test_rows_are_kept_for_equal_passages_and_never_used_again(path: Path, tmp_path: Path) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, 16, len(TEXT))
    finish(writer, path).close()
    second = StoreWriter(tmp_path / "second.sqlite", path)
    changed = replace(ARTICLE, text=TEXT[:16] + " Nobody answered.")
    put(second, changed, 16, len(changed.text))
    assert second.changes.gone == {2}
    assert second.changes.fresh == {3}
    assert second.changes.touched == {1, 2, 3}
    assert list(second.rows_of_changed_articles()) == [1, 3]
    finish(second, tmp_path / "second.sqlite").close()
    third = StoreWriter(tmp_path / "third.sqlite", tmp_path / "second.sqlite")
    third.remove_article("a")
    put(third, replace(ARTICLE, id="b"))
    assert third.changes.gone == {1, 3}
    assert third.changes.fresh == {4}
    third.close()


def test_a_row_that_was_made_and_dropped_in_one_build_is_in_no_list(path: Path) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE)
    put(writer, replace(ARTICLE, text="Quite another text."))
    assert (writer.changes.gone, writer.changes.fresh) == (set(), {2})
    writer.close()


def test_removing_an_article_takes_everything_of_it_along(path: Path, tmp_path: Path) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, quotes=(QUOTE,))
    finish(writer, path).close()
    second = StoreWriter(tmp_path / "second.sqlite", path)
    second.remove_article("a")
    second.remove_article("never there")
    store = finish(second, tmp_path / "second.sqlite")
    assert {name: n for name, n in store.counts().items() if n} == {}
    assert store.suggest("bridge", 5) == []
    assert store.suggest("anna", 5) == []
    assert store.speakers_under("last:keller") == []
    store.close()


def test_speakers_are_counted_over_all_builds_by_the_name_used_most(
    path: Path, tmp_path: Path
) -> None:
    loud = replace(QUOTE, speaker="ANNA KELLER")
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, quotes=(loud,))
    finish(writer, path).close()
    second = StoreWriter(tmp_path / "second.sqlite", path)
    for name in ("b", "c"):
        put(second, replace(ARTICLE, id=name, published=date(2023, 1, 1)), quotes=(QUOTE,))
    store = finish(second, tmp_path / "second.sqlite")
    speaker = store.speaker("Anna Keller")
    assert (speaker.quotes, speaker.articles) == (3, 3)
    assert (speaker.first, speaker.last) == (date(2022, 5, 1), date(2023, 1, 1))
    assert store.speakers_under("last:keller") == [("Anna Keller", 3)]
    assert [s.text for s in store.suggest("kell", 5) if s.kind == "speaker"] == ["Anna Keller"]
    total, page = store.quotes_by("Anna Keller", "bridge", limit=2)
    assert total == 3
    assert [brief.id for _, brief in page] == ["b", "c"]  # newest first
    store.close()


def test_columns_ascend_by_row_and_hold_days_or_zero(path: Path) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, 16, len(TEXT))
    put(writer, Article("b", "B", "Undated."))
    store = finish(writer, path)
    columns = store.columns([3, 1, 2])
    day = date(2022, 5, 1).toordinal()
    np.testing.assert_array_equal(columns["row"], [1, 2, 3])
    np.testing.assert_array_equal(columns["article"], [1, 1, 2])
    np.testing.assert_array_equal(columns["published"], [day, day, 0])
    assert store.columns([2]).tolist() == [(2, 1, 1, day)]
    store.close()


def test_files_and_their_failures_are_remembered_and_forgotten(path: Path) -> None:
    record = FileRecord("/x/f.txt", "/x", 10, 20, "ab", 30, contested=True)
    writer = StoreWriter(path, None)
    writer.put_file(record, [Failure("/x/f.txt", 3, "no JSON")])
    writer.put_file(replace(record, path="/x/g.txt", contested=False), [])
    writer.forget_file("/x/g.txt")
    writer.refresh_file(replace(record, mtime_ns=21))
    store = finish(writer, path)
    assert file_records(path) == {"/x/f.txt": replace(record, mtime_ns=21)}
    assert store.failures() == [Failure("/x/f.txt", 3, "no JSON")]
    store.close()


@pytest.mark.parametrize("prefix", ['"', "a* OR b", "NEAR(a b)", "col:x", "", "-", "🎻"])
def test_what_is_typed_is_never_search_syntax(path: Path, prefix: str) -> None:
    writer = StoreWriter(path, None)
    put(writer, ARTICLE, quotes=(QUOTE,))
    store = finish(writer, path)
    assert isinstance(store.suggest(prefix, 5), list)
    assert isinstance(store.speakers(prefix), list)
    store.close()


def test_a_folder_may_have_marks_of_a_uri_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100% #1"
    folder.mkdir()
    writer = StoreWriter(folder / "store.sqlite", None)
    put(writer, ARTICLE)
    store = finish(writer, folder / "store.sqlite")
    assert store.article("a") == ARTICLE
    store.close()


def test_a_full_disk_is_an_error_of_the_disk(path: Path) -> None:
    writer = StoreWriter(path, None)
    writer._db.execute("PRAGMA max_page_count = 60")  # SQLite's own way to run out of space
    with pytest.raises(OSError, match="full"):  # noqa: PT012 -- whichever write is the last
        for i in range(1000):
            put(writer, replace(ARTICLE, id=str(i), text=TEXT * 100))
    writer.close()


def test_what_is_no_database_is_said_to_be_damaged(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(IndexCorruptError, match="cannot be opened"):
        Store(path)


def test_unknown_ids_are_not_found(path: Path) -> None:
    store = finish(StoreWriter(path, None), path)
    with pytest.raises(NotFoundError, match="no article has the id 'x'"):
        store.article("x")
    with pytest.raises(NotFoundError, match="no passage has the id 'x'"):
        store.record_by_id("x")
    with pytest.raises(NotFoundError, match="nobody named 'x' is quoted"):
        store.speaker("x")
    store.close()
