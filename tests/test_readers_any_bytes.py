"""Any bytes give articles or failures, and what is written is read back."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read

from semsearch.corpus import Article, Failure
from semsearch.readers import SUFFIXES, read_file

FRAGMENTS = st.sampled_from(
    [
        *(b"---\n", b"title: x\n", b"2: [a", b"* &a", b"# T\n\n", b"|a|\n|-|\n", b"\n", b",", b'"'),
        *(b'{"text":', b'"a"}', b'"\\ud800"}', b"[", b"id,text\n", b"\xff\xfe", b"\xef\xbb\xbf"),
        *(
            b"<html>",
            b"<![x",
            b"<p>word word word</p>",
            b"<meta charset=utf-16>",
            b"<meta name='a'>",
        ),
        *(b"%PDF-1.4\n", b"\x1f\x8b\x08\x00", b"\x00", b"\xe9", b"LONDON, May 3 (AP) - ", b"By "),
    ]
)


# The readers log what they make of damaged files; that is not what is tested.
@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(SUFFIXES)),
    st.one_of(st.binary(max_size=200), st.lists(FRAGMENTS, max_size=12).map(b"".join)),
)
def test_any_bytes_give_articles_or_failures(suffix: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), "a" + suffix, content)
    assert all(isinstance(item, (Article, Failure)) for item in found)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": WORDS.filter(
                lambda word: word.isprintable() and word.strip() and "." not in word
            ),
            "title": WORDS.filter(lambda word: bool(word.split())),
            "text": st.lists(WORDS, min_size=1).map("\n".join).filter(lambda t: not t.isspace()),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)
@given(ROWS)
def test_what_is_written_as_jsonl_or_csv_is_read_back(rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines, table = Path(folder, "a.jsonl"), Path(folder, "a.csv")
        lines.write_text("\n".join(json.dumps(row) for row in rows))
        with table.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, ["id", "title", "text"])
            writer.writeheader()
            writer.writerows(rows)
        for path in (lines, table):
            found = list(read_file(path, Path(folder)))
            assert [
                {"id": item.id, "title": item.title, "text": item.text}
                for item in found
                if isinstance(item, Article)
            ] == [{**row, "title": " ".join(row["title"].split())} for row in rows]
