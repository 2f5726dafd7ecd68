"""Files for other programs, against their formats' own rules, with values worked out by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from semsearch.corpus import Passage, Quote
from semsearch.hits import Answer, ArticleBrief, Duplicate, Hit
from semsearch.web.pages.exports.atom import Feed, atom
from semsearch.web.pages.exports.formats import (
    bibtex,
    hit_bibtex,
    hit_csv,
    hit_ris,
    plain_citation,
    ris,
    safe_cell,
)

ARTICLE = ArticleBrief(
    id="rates-1",
    title="Central bank raises its rate",
    title_derived=False,
    source="Morning Ledger",
    url="https://ledger.example/rates?id=1&x=50%25",
    published=date(2022, 3, 7),
    authors=("Ruth Adler", "Ben Strand"),
    language="en",
    place=None,
)
BARE = ArticleBrief("x", "What now?", False, None, None, None, (), None, None)
QUOTE = Quote("rates-1", "direct", 5, 9, "four", "Anna Keller", "Keller", "said", "r")


def make_hit(article: ArticleBrief = ARTICLE, rank: int = 1, text: str = "One. Two.") -> Hit:
    return Hit(
        rank=rank,
        score=0.5,
        passage=Passage(f"{rank:016x}", article.id, 0, 0, len(text), text),
        article=article,
        answer=Answer(text[:4], 0, 4),
        quotes=(QUOTE, QUOTE),
        duplicates=(Duplicate("d", replace(ARTICLE, source="Evening Post"), 0.9),),
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5 degrees", "'-5 degrees"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),  # noqa: RUF001 -- the full-width sign is what is tested
        ("1=1", "1=1"),
        (None, ""),
        (-0.25, "-0.25"),
    ],
)
def test_a_cell_never_begins_like_a_formula(text: object, cell: str) -> None:
    assert safe_cell(text) == cell


def test_the_csv_of_hits_reads_back_cell_by_cell() -> None:
    lines = "".join(hit_csv([make_hit(text='=cmd(), "so",\nhe said')]))
    assert lines.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(lines.removeprefix("\ufeff"), newline=""))
    cells = dict(zip(header, row, strict=True))
    assert cells["passage"] == '\'=cmd(), "so",\nhe said'
    assert cells["answer"] == "'=cmd"
    assert cells["authors"] == "Ruth Adler; Ben Strand"
    assert cells["speakers"] == "Anna Keller"
    assert cells["also_in"] == "Evening Post"
    assert cells["published"] == "2022-03-07"
    assert cells["score"] == "0.5"


def test_a_plain_citation_reads_like_a_sentence() -> None:
    assert plain_citation(ARTICLE) == (
        "Ruth Adler and Ben Strand. “Central bank raises its rate.” Morning Ledger, "
        "7 March 2022. https://ledger.example/rates?id=1&x=50%25"
    )


def test_a_citation_of_a_bare_article_leaves_out_what_is_not_known() -> None:
    assert plain_citation(BARE) == "“What now?” n.d."


def test_bibtex_names_every_known_field() -> None:
    assert bibtex(ARTICLE) == (
        "@article{morning2022-rates-1,\n"
        "  title = {{Central bank raises its rate}},\n"
        "  author = {Ruth Adler and Ben Strand},\n"
        "  journal = {Morning Ledger},\n"
        "  year = {2022},\n"
        "  month = {3},\n"
        "  date = {2022-03-07},\n"
        "  url = {https://ledger.example/rates?id=1&x=50%25},\n"
        "  language = {en},\n"
        "}\n"
    )


def test_bibtex_cannot_be_broken_out_of() -> None:
    hostile = replace(
        BARE, title="50% of {A}_\\b & $c\n#1", url="https://x.example/}{\\", authors=("A and Co",)
    )
    lines = bibtex(hostile).splitlines()
    assert r"  title = {{50\% of \{A\}\_\textbackslash{}b \& \$c \#1}}," in lines
    assert "  author = {{A and Co}}," in lines
    assert "  url = {https://x.example/%7D%7B%5C}," in lines


def test_ris_has_one_tag_a_line_and_ends_its_record() -> None:
    assert ris(replace(ARTICLE, title="Line\nbreak")).split("\r\n") == [
        "TY  - NEWS",
        "TI  - Line break",
        "AU  - Ruth Adler",
        "AU  - Ben Strand",
        "T2  - Morning Ledger",
        "PY  - 2022",
        "DA  - 2022/03/07/",
        "LA  - en",
        "UR  - https://ledger.example/rates?id=1&x=50%25",
        "ID  - rates-1",
        "ER  - ",
        "",
        "",
    ]


def test_references_name_an_article_once_however_many_hits_it_has() -> None:
    hits = [make_hit(), make_hit(rank=2), make_hit(BARE, 3)]
    assert len(list(hit_bibtex(hits))) == 2
    assert "".join(hit_ris(hits)).count("TY  - NEWS") == 2


ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(*hits: Hit) -> ElementTree.Element:
    feed = Feed(
        title="rates",
        own_url="http://h/feed?q=rates",
        page_url="http://h/?q=rates",
        updated=datetime(2022, 5, 1, 12, tzinfo=UTC),
        address_of=lambda hit: f"http://h/articles/{hit.article.id}",
    )
    return ElementTree.fromstring(atom(feed, list(hits)))  # noqa: S314 -- our own output


def test_a_feed_has_what_rfc_4287_asks_for() -> None:
    top = feed_of(make_hit())
    entry = top.find(f"{ATOM}entry")
    assert entry is not None
    for element, tags in ((top, "id title updated author"), (entry, "id title updated author")):
        for tag in tags.split():
            assert len(element.findall(ATOM + tag)) >= 1, tag
    assert top.findtext(f"{ATOM}updated") == "2022-05-01T12:00:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2022-03-07T00:00:00+00:00"
    assert [a.findtext(f"{ATOM}name") for a in entry.findall(f"{ATOM}author")] == [
        "Ruth Adler",
        "Ben Strand",
    ]


def test_a_feed_entry_is_named_by_its_passage_so_that_readers_show_it_once() -> None:
    first, again = (feed_of(make_hit(rank=7)) for _ in range(2))
    ids = [top.findtext(f"{ATOM}entry/{ATOM}id") for top in (first, again)]
    assert ids == ["urn:semsearch:passage:0000000000000007"] * 2


def test_a_feed_replaces_what_xml_cannot_hold() -> None:
    top = feed_of(make_hit(replace(BARE, title="a\x00b\x0b<i>\ud800"), text="Bell\x07, so."))
    entry = top.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "a\ufffdb\ufffd<i>\ufffd"
    assert entry.findtext(f"{ATOM}content") == "Bell\ufffd, so."
    assert entry.findtext(f"{ATOM}updated") == "2022-05-01T12:00:00+00:00"
