"""Markdown, web pages, rows, tables and PDF: what each reader takes from its format."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from reading import article, failure, read

from semsearch.corpus import Article, Failure
from semsearch.readers import read_file


def test_markdown_loses_its_markup_and_its_first_heading_is_the_title(tmp_path: Path) -> None:
    content = (
        "# The *new* dam\n\nIt **opened** on\n"
        "[Thursday](https://example.org) &amp; ![a](b.png)works.\n\n"
        "- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n```\ncode\n```\n"
    )
    found = article(tmp_path, "a.md", content)
    assert (found.title, found.title_derived) == ("The new dam", False)
    assert found.text.split("\n\n") == [
        "It opened on Thursday & works.",
        "one",
        "two",
        "a | b",
        "1 | 2",
        "quoted",
        "code",
    ]


def test_markdown_front_matter_wins_over_the_heading(tmp_path: Path) -> None:
    found = article(
        tmp_path, "a.md", "---\ntitle: Stated\ndate: 3 March 2021\n---\n# Heading\n\nText."
    )
    assert (found.title, found.published, found.text) == ("Stated", date(2021, 3, 3), "Text.")


PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="{charset}">
<title>Dam opens | The Daily Test</title><meta property="og:title" content="Dam opens in the north">
<meta property="og:site_name" content="the daily test"><meta name="author" content="jane van doe">
<meta name="empty" content=""><link rel="canonical" href="https://example.org/dam">
<meta property="article:published_time" content="2021-03-04T23:30:00-05:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Dam opens in the north</h1>
<p>The new dam opened on Thursday after nine years of work in Zürich, the ministry said.</p>
<p>“It is a great day,” the minister said. The lake holds 3.5 billion cubic metres of water.</p>
</article><footer>© 2021 All rights reserved</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15"])
def test_a_page_gives_its_article_and_what_it_states_of_it(tmp_path: Path, charset: str) -> None:
    page = PAGE.format(charset=charset).replace("“", "&ldquo;").replace("”", "&rdquo;")
    found = article(tmp_path, "dam.html", page.encode(charset))
    assert found == Article(
        id="dam",
        title="Dam opens in the north",
        text="The new dam opened on Thursday after nine years of work in Zürich, the ministry said."
        "\n"
        "“It is a great day,” the minister said. The lake holds 3.5 billion cubic metres of water.",
        url="https://example.org/dam",
        source="the daily test",
        published=date(2021, 3, 4),
        authors=("jane van doe",),
        language="en",
    )


def test_a_page_without_an_article_is_a_failure(tmp_path: Path) -> None:
    reason = failure(tmp_path, "a.html", "<html><body></body></html>").reason
    assert reason == "no article was found in the page"


def test_beir_rows_and_plain_rows_are_read_alike(tmp_path: Path) -> None:
    beir = {
        "_id": "7",
        "title": "T",
        "text": "Body.",
        "metadata": {"published": "2021-03-04", "authors": ["A", "B"], "source": "S"},
    }
    plain = {"id": 7, "Headline": "T", "body": "Body.", "date": "March 4, 2021", "author": "A; B"}
    first, second = read(tmp_path, "a.jsonl", f"{json.dumps(beir)}\n\n{json.dumps(plain)}\n")
    expected = Article(
        id="7", title="T", text="Body.", published=date(2021, 3, 4), authors=("A", "B"), source="S"
    )
    assert first == expected
    assert isinstance(second, Article)
    assert second.content_hash != expected.content_hash  # it states no source
    assert (second.id, second.title, second.published, second.authors) == (
        "7",
        "T",
        date(2021, 3, 4),
        ("A", "B"),
    )


def test_a_bad_row_fails_alone_with_its_line(tmp_path: Path) -> None:
    lines = [
        b'{"id": "a", "text": "One."}',
        b"{broken",
        b'{"id": "b", "text": "caf\xe9"}',
        b'["not", "an object"]',
        b'{"id": "c"}',
        b"[" * 100_000,
        b'{"id": "d", "text": "Two."}',
    ]
    path = tmp_path / "a.jsonl"
    # The first 64 KiB decide on the encoding, so the bad byte must lie beyond them.
    filler = json.dumps({"id": "filler", "text": "x" * 70_000}).encode()
    path.write_bytes(b"\n".join([filler, *lines]))
    found = list(read_file(path, tmp_path))
    assert [item.id for item in found if isinstance(item, Article)] == ["filler", "a", "d"]
    failures = [(item.line, item.reason) for item in found if isinstance(item, Failure)]
    assert [line for line, _ in failures] == [3, 4, 5, 6, 7]
    assert failures[0][1].startswith("not JSON: ")
    assert failures[1][1] == "not UTF-8: invalid continuation byte at byte 24"
    assert failures[2][1] == "not a JSON object"
    assert failures[3][1] == "the row has no text (looked for text, body, content, article)"


def test_a_row_without_an_id_is_named_after_its_url_and_else_after_its_text(tmp_path: Path) -> None:
    def ids(*rows: dict[str, str]) -> list[str]:
        content = "\n".join(json.dumps(row) for row in rows)
        return [
            item.id for item in read(tmp_path, "news.jsonl", content) if isinstance(item, Article)
        ]

    with_url = {"url": "https://example.org/1", "text": "One."}
    (by_url,) = ids(with_url)
    # printf https://example.org/1 | sha256sum
    assert by_url == "news-18c17418f5ad"
    assert ids({"text": "Zero."}, {**with_url, "text": "One, corrected."})[1] == by_url


def test_a_source_that_is_not_stated_is_the_site_of_the_url(tmp_path: Path) -> None:
    row = json.dumps({"id": "a", "text": "One.", "url": "https://www.BBC.co.uk/news/1"})
    assert article(tmp_path, "a.jsonl", row).source == "bbc.co.uk"


def test_a_gzip_archive_is_read_as_it_is_unpacked_and_damage_is_reported(tmp_path: Path) -> None:
    rows = b"".join(
        json.dumps({"id": str(n), "text": os.urandom(600).hex()}).encode() + b"\n"
        for n in range(500)
    )
    packed = gzip.compress(rows)
    assert len(read(tmp_path, "whole.jsonl.gz", packed)) == 500
    *articles, last = read(tmp_path, "cut.jsonl.gz", packed[: len(packed) // 2])
    assert isinstance(last, Failure)
    assert last.reason.startswith("the archive is damaged: ")
    assert last.line == len(articles) + 1
    assert last.kind == "rest_lost"
    assert 100 < len(articles) < 400


def test_rows_in_utf_16_are_read(tmp_path: Path) -> None:
    row = json.dumps({"id": "a", "text": "Zürich."}, ensure_ascii=False)
    assert article(tmp_path, "a.jsonl", row.encode("utf-16")).text == "Zürich."


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("By Jane Doe, John Roe and A. Bee", ("Jane Doe", "John Roe", "A. Bee")),
        (["Jane Doe", "Jane Doe", "", None], ("Jane Doe",)),
        (
            [{"@type": "Person", "name": "Jane Doe"}, {"name": "John  Roe"}],
            ("Jane Doe", "John Roe"),
        ),
        ({"name": "Jane Doe"}, ("Jane Doe",)),
        ([[["Jane"]]], ()),
        (True, ()),
    ],
)
def test_authors_are_read_from_strings_lists_and_objects(
    tmp_path: Path, stated: object, expected: tuple[str, ...]
) -> None:
    row = json.dumps({"id": "a", "text": "One.", "author": stated})
    assert article(tmp_path, "a.jsonl", row).authors == expected


def test_a_lone_surrogate_becomes_a_replacement_character_of_the_same_length(
    tmp_path: Path,
) -> None:
    assert article(tmp_path, "a.jsonl", '{"id": "a", "text": "a\\ud800b"}').text == "a\ufffdb"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2021-03-04", date(2021, 3, 4)),
        ("2021-03-04T23:59:59-05:00", date(2021, 3, 4)),
        ("20210304", date(2021, 3, 4)),
        ("Thu, 04 Mar 2021 23:00:00 +0000", date(2021, 3, 4)),
        ("Published Mar. 4, 2021 at 5 p.m.", date(2021, 3, 4)),
        ("4th of March 2021", date(2021, 3, 4)),
        ("Apr\u0131l 4, 2021", date(2021, 4, 4)),  # a dotless i
        (1_614_816_000, date(2021, 3, 4)),  # 2021-03-04T00:00:00Z
        (1_614_816_000_000, date(2021, 3, 4)),
        ("3/4/2021", None),
        ("2021-13-04", None),
        ("yesterday", None),
        (True, None),
        (float("inf"), None),
    ],
)
def test_a_day_is_read_only_where_it_is_certain(
    tmp_path: Path, stated: object, expected: date | None
) -> None:
    row = json.dumps({"id": "a", "text": "One.", "date": stated})
    assert article(tmp_path, "a.jsonl", row).published == expected


def test_tables_are_read_with_their_header_in_any_case(tmp_path: Path) -> None:
    comma, tab = (
        f'ID{mark}Title{mark}Text\n1{mark}T{mark}"One,\ttwo.\nThree."\n\n2{mark}U{mark}Four.\n'
        for mark in ",\t"
    )
    expected = [
        Article(id="1", title="T", text="One,\ttwo.\nThree."),
        Article(id="2", title="U", text="Four."),
    ]
    assert read(tmp_path, "comma.csv", comma) == expected
    assert read(tmp_path, "tab.tsv", tab) == expected
    assert (
        read(tmp_path, "semicolon.csv", comma.replace(",", ";").replace(";\ttwo", ",\ttwo"))
        == expected
    )


def test_a_bad_row_of_a_table_fails_alone_with_its_first_line(tmp_path: Path) -> None:
    content = 'id,text\n1,"Two\nlines."\n2\n3,x,y\n4,\n5,Five.\n6,"never closed\n7,Seven.\n'
    found = read(tmp_path, "a.csv", content)
    assert [item.id for item in found if isinstance(item, Article)] == ["1", "5"]
    assert [(item.line, item.reason) for item in found if isinstance(item, Failure)] == [
        (4, "the row has 1 cells and the header 2"),
        (5, "the row has 3 cells and the header 2"),
        (6, "the row has no text (looked for text, body, content, article)"),
        (8, "not a row: unexpected end of data"),
    ]
    lost = [item.line for item in found if isinstance(item, Failure) and item.kind == "rest_lost"]
    assert lost == [8]


def test_a_cell_with_undecodable_bytes_spoils_its_row_only(tmp_path: Path) -> None:
    content = b"id,text\n0," + b"x" * 70_000 + b"\n1,caf\xe9\n2,Two.\n"
    _, bad, good = read(tmp_path, "a.csv", content)
    assert bad == Failure(str(tmp_path / "a.csv"), 3, "the row holds bytes that cannot be decoded")
    assert isinstance(good, Article)


def pdf(lines: list[str], title: str | None) -> bytes:
    """A one-page PDF by hand: catalog, pages, page, font, content, document information."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
    information = f"<< /Title ({title}) /CreationDate (D:20200102) >>" if title else "<< >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R"
        " /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        information,
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    rows = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + f"xref\n0 7\n0000000000 65535 f \n{rows}{trailer}".encode()


def test_a_pdf_gives_its_text_and_not_its_files_date(tmp_path: Path) -> None:
    found = article(
        tmp_path, "dam.pdf", pdf(["The dam opened on Thursday.", "It is high."], "The dam")
    )
    assert found == Article(
        id="dam", title="The dam", text="The dam opened on Thursday.\nIt is high."
    )


def test_a_title_that_a_program_made_up_is_none(tmp_path: Path) -> None:
    found = article(tmp_path, "a.pdf", pdf(["The dam opened."], "Microsoft Word - dam.docx"))
    assert (found.title, found.title_derived) == ("The dam opened", True)


def test_a_pdf_without_text_and_one_that_is_none_are_failures(tmp_path: Path) -> None:
    assert failure(tmp_path, "a.pdf", pdf([], None)).reason == (
        "not readable as PDF: it holds no text (a scan?)"
    )
    assert failure(tmp_path, "b.pdf", b"no pdf at all").reason.startswith("not readable as PDF: ")


def test_reading_rows_loads_no_library_of_another_format() -> None:
    program = (
        "import sys, pathlib, semsearch.readers as r, semsearch.readers.jsonl\n"
        "list(r.read_file(pathlib.Path('gone.jsonl'), pathlib.Path('.')))\n"
        "print(sorted({'trafilatura', 'pypdf', 'markdown_it', 'yaml', 'charset_normalizer'}"
        " & set(sys.modules)))"
    )
    source = str(Path(__file__).resolve().parents[1] / "src")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
