"""The pages over a real index, without a browser: addresses, states, files, feeds."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from page_client import ATOM, links, text_of
from page_rows import PAGE_ARTICLES, SERIES
from sample import build, tiny_settings, write_rows

from semsearch.web.app import create_app
from semsearch.web.context import services
from semsearch.web.pages import error_page
from semsearch.web.problems import KINDS, ProblemKind


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of an application over the page articles."""
    folder = tmp_path_factory.mktemp("pages")
    write_rows(folder / "seeds" / "articles.jsonl", PAGE_ARTICLES)
    settings = tiny_settings(folder)
    build(settings)
    application = create_app(settings)
    yield application.test_client()
    with application.app_context():
        services().live.close()


def test_home_says_what_is_indexed_and_offers_questions_that_find_something(
    client: FlaskClient,
) -> None:
    html = client.get("/").text
    assert f"{len(PAGE_ARTICLES)} articles" in html
    questions = links(html, r"^/\?q=")
    assert len(questions) == 3
    for question in questions:
        assert 'class="hit"' in client.get(question).text


def test_every_page_forbids_foreign_and_inline_code(client: FlaskClient) -> None:
    for url in ("/", "/?q=ferry", "/articles/glacier", "/speakers", "/nothing-here"):
        policy = client.get(url).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        html = client.get(url).text
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", html), url


def test_the_answer_stands_apart_from_the_matched_words(client: FlaskClient) -> None:
    html = client.get("/?q=stolen+violin+returned").text
    answer = re.search(r'<mark class="answer">(.*?)</mark>', html.split('class="hits"')[1], re.S)
    assert answer is not None
    assert 'class="match"' in answer[1]
    assert "has been returned to the orchestra" in text_of(answer[1])


def test_wire_copy_is_one_hit_that_names_the_other(client: FlaskClient) -> None:
    html = client.get("/?q=cargo+train+Ostrava+grain").text
    assert "Also in 1 more" in html
    assert len(re.findall(r'<h2 id="title-\d+" dir="auto"><a href="/articles/wire', html)) == 1


def test_a_filter_is_in_the_address_and_can_be_taken_out(client: FlaskClient) -> None:
    html = client.get("/?q=ferry&mode=lexical&source=Evening+Post").text
    assert "source: Evening Post" in html
    assert "6 passages" in html
    (without,) = set(links(html, r"^/\?q=ferry&amp;mode=lexical$"))
    assert "12 passages" in client.get(without).text


def test_a_bar_in_the_picture_filters_to_its_time(client: FlaskClient) -> None:
    html = client.get("/?q=ferry&mode=lexical").text
    (spring,) = links(html, r"from=2021-04-01&amp;to=2021-06-30")
    html = client.get(spring).text
    assert "<strong>3 passages</strong>" in html
    (may,) = links(html, r"from=2021-05-01&amp;to=2021-05-31")
    assert "Ferry report for month 5" in client.get(may).text


def test_pages_of_results_hold_every_hit_once(client: FlaskClient) -> None:
    seen: list[str] = []
    url = "/?q=ferry&mode=lexical&k=5"
    while url:
        html = client.get(url).text
        seen += re.findall(r'<h2 id="title-\d+" dir="auto"><a href="/articles/([^?"]*)', html)
        url = next(iter(links(html, r"cursor=")), "")
    assert sorted(seen) == [str(row["id"]) for row in SERIES]


def test_no_hits_says_what_may_help(client: FlaskClient) -> None:
    html = client.get('/?q="no+such+phrase"&source=Elbbote').text
    assert "No passage fits all of this" in html
    assert "Search without “source: Elbbote”" in text_of(html)


def test_a_passage_link_opens_its_article_at_the_passage(client: FlaskClient) -> None:
    (link, *_) = links(client.get("/?q=glacier+ice").text, r"^/articles/glacier")
    assert urlsplit(link).fragment == "passage"
    html = client.get(link).text
    assert 'id="passage"' in html
    assert "All passages" in html
    assert "Mira Solberg" in html


def test_next_and_previous_walk_the_hits_in_order(client: FlaskClient) -> None:
    hits = links(client.get("/?q=ferry").text, r"^/articles/ferry-\d\d\?passage")
    first = client.get(hits[0]).text
    assert 'rel="prev"' not in first
    (onward,) = re.findall(r'rel="next" href="([^"]*)"', first)
    assert unescape(onward) == hits[1]
    (back,) = re.findall(r'rel="prev" href="([^"]*)"', client.get(hits[1]).text)
    assert unescape(back) == hits[0]


def test_a_link_to_a_passage_that_is_gone_still_shows_the_article(client: FlaskClient) -> None:
    answer = client.get("/articles/glacier?passage=0123456789abcdef")
    assert answer.status_code == 200
    assert "The passage of this link is gone." in answer.text


def test_a_link_to_an_article_that_is_gone_says_so_kindly(client: FlaskClient) -> None:
    answer = client.get("/articles/gone?passage=0123456789abcdef&q=ferry")
    assert answer.status_code == 404
    assert "no longer here" in answer.text
    assert "/?q=ferry" in links(answer.text, "q=ferry")


def test_hostile_text_is_shown_and_never_run(client: FlaskClient) -> None:
    html = client.get("/?q=lighthouse").text
    (link, *_) = links(html, r"^/articles\?id=odd")
    for shown in (html, client.get(link).text, client.get("/speakers").text):
        assert "<script>document" not in shown
        assert "<img" not in shown
        assert "javascript:" not in "".join(links(shown, "."))
    assert "document.title=" in text_of(client.get(link).text)


def test_csv_of_a_search_holds_every_hit_and_no_formula(client: FlaskClient) -> None:
    answer = client.get("/export?format=csv&q=ferry+lighthouse&per_article=0")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="search.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert {row["article_id"] for row in rows} >= {str(row["id"]) for row in SERIES}
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert {row["source"] for row in rows} >= {"'=cmd|' /C calc'!A0"}
    for row in rows:
        assert not any(cell.startswith(("=", "@", "+")) for cell in row.values())


def test_jsonl_of_a_search_is_what_the_api_answers(client: FlaskClient) -> None:
    lines = client.get("/export?format=jsonl&q=ferry&mode=lexical").text.splitlines()
    answered = client.get("/api/v1/search?q=ferry&mode=lexical&k=20&explain=on").json
    assert answered is not None
    assert [json.loads(line) for line in lines] == answered["hits"]


@pytest.mark.parametrize(("kind", "start"), [("bibtex", "@article{"), ("ris", "TY  - NEWS")])
def test_references_of_a_search_are_one_per_article(
    client: FlaskClient, kind: str, start: str
) -> None:
    assert client.get(f"/export?format={kind}&q=ferry&mode=lexical").text.count(start) == 12


def test_an_unknown_format_is_refused_with_the_known_ones(client: FlaskClient) -> None:
    answer = client.get("/export?format=xls&q=ferry")
    assert answer.status_code == 400
    assert "csv, jsonl, bibtex, ris" in answer.text


def test_a_citation_comes_as_a_file(client: FlaskClient) -> None:
    answer = client.get("/cite?id=glacier&format=bibtex")
    assert answer.text.startswith("@article{northern2022-glacier,")
    assert "citation.bib" in answer.headers["Content-Disposition"]
    assert client.get("/cite?id=nothing&format=ris").status_code == 404


def test_a_feed_brings_the_newest_first_within_its_filters(client: FlaskClient) -> None:
    answer = client.get("/feed?q=ferry&mode=lexical&source=Evening+Post")
    top = ElementTree.fromstring(answer.data)  # noqa: S314 -- our own output
    days = [e.findtext(f"{ATOM}published", "")[:10] for e in top.findall(f"{ATOM}entry")]
    assert days == [f"2021-{month:02}-15" for month in (12, 10, 8, 6, 4, 2)]
    again = client.get(
        "/feed?q=ferry&mode=lexical&source=Evening+Post",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_suggestions_come_in_the_form_that_browsers_know(client: FlaskClient) -> None:
    typed, texts, kinds = json.loads(client.get("/suggest?q=ann").text)
    assert typed == "ann"
    assert ("Anna Keller", "speaker") in zip(texts, kinds, strict=True)
    assert json.loads(client.get("/suggest?q=%20").text) == [" ", [], []]


def test_the_description_for_browsers_names_search_and_suggestions(client: FlaskClient) -> None:
    top = ElementTree.fromstring(client.get("/opensearch.xml").data)  # noqa: S314 -- our own
    urls = [e.get("template", "") for e in top if e.tag.endswith("Url")]
    assert urls[0] == "http://localhost/?q={searchTerms}"
    assert urls[1] == "http://localhost/suggest?q={searchTerms}"


def test_what_somebody_said_is_listed_newest_first_and_as_csv(client: FlaskClient) -> None:
    (link,) = set(links(client.get("/speakers?prefix=nora").text, r"/speakers/.*Lind$"))
    html = client.get(link).text
    assert "12 quotes" in html
    assert html.index("15 Dec 2021") < html.index("15 Nov 2021")
    (download,) = links(html, "format=csv")
    rows = list(csv.DictReader(io.StringIO(client.get(download).text.removeprefix("\ufeff"))))
    assert [row["published"] for row in rows] == [f"2021-{m:02}-15" for m in range(12, 0, -1)]


def test_the_words_of_somebody_can_be_searched(client: FlaskClient) -> None:
    (link,) = set(links(client.get("/speakers?prefix=nora").text, r"/speakers/.*Lind$"))
    assert "1 saying with “7 days”" in text_of(client.get(f"{link}?q=7+days").text)


def test_nobody_by_that_name_is_not_found(client: FlaskClient) -> None:
    assert client.get("/speakers/Nobody%20At%20All").status_code == 404


@pytest.mark.parametrize("offset", ["-1", "x", "9999999"])
def test_an_offset_out_of_range_is_refused(client: FlaskClient, offset: str) -> None:
    assert client.get(f"/speakers?offset={offset}").status_code == 400


def test_similar_passages_of_other_articles_are_listed(client: FlaskClient) -> None:
    (link, *_) = links(client.get("/?q=ferry").text, "/similar$")
    html = client.get(link).text
    assert "Passages similar to this one" in html
    assert html.count('class="hit"') == 10


def test_more_and_less_like_this_steer_and_can_be_taken_back(client: FlaskClient) -> None:
    (more, *_) = links(client.get("/?q=ferry").text, "[?&;]like=")
    html = client.get(more).text
    assert "more like: Ferry report" in html
    assert "/?q=ferry" in links(html, r"^/\?q=ferry$")


def test_a_bad_filter_names_what_is_wrong(client: FlaskClient) -> None:
    answer = client.get("/?q=ferry&from=tomorrow")
    assert answer.status_code == 422
    assert "from: must be a date written YYYY-MM-DD" in text_of(answer.text)


def test_blank_filters_and_trackers_in_the_address_do_no_harm(client: FlaskClient) -> None:
    assert "12 passages" in client.get("/?q=ferry&mode=lexical&from=&to=&source=&utm_source=x").text


def test_a_worn_out_cursor_leads_to_the_first_page(client: FlaskClient) -> None:
    answer = client.get("/?q=ferry&cursor=nonsense")
    assert answer.status_code == 410
    assert "/?q=ferry" in links(answer.text, "q=ferry")


def test_an_unknown_address_is_a_page_and_not_found(client: FlaskClient) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "To the start page" in answer.text


def test_status_is_for_this_machine_alone(client: FlaskClient) -> None:
    here = client.get("/status")
    assert "Generations" in here.text
    assert "Morning Ledger" in here.text
    assert "Searching now: 0; waiting for a turn: 0; refused so far: " in here.text
    elsewhere = client.get("/status", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    behind_proxy = client.get("/status", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (elsewhere.status_code, behind_proxy.status_code) == (404, 404)


def test_static_files_may_be_kept_because_their_address_changes(client: FlaskClient) -> None:
    for name in ("css", "js", "svg"):
        (link,) = set(
            re.findall(rf'(?:href|src)="(/static/[^"]*\.{name}\?v=[^"]*)"', client.get("/").text)
        )
        answer = client.get(link)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_every_page_is_under_60_kb_all_told(client: FlaskClient) -> None:
    accepted = {"Accept-Encoding": "gzip"}

    def wire(url: str) -> int:
        return len(client.get(url, headers=accepted).data)

    home = client.get("/").text
    shared = sum(wire(u) for u in re.findall(r'(?:href|src)="(/static/[^"]*)"', home))
    (odd, *_) = links(client.get("/?q=lighthouse").text, r"^/articles\?id=odd")
    for url in ("/", "/?q=ferry", "/articles/glacier", "/speakers", "/status", odd):
        assert shared + wire(url) < 60_000, url


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_problem_has_a_page_that_says_what_to_do(
    client: FlaskClient, kind: ProblemKind
) -> None:
    with client.application.test_request_context("/?q=ferry"):
        answer = error_page(kind, "The cause <b>of it</b>.")
    assert answer.status_code == kind.status
    html = answer.get_data(as_text=True)
    assert "<h1>" in html
    assert "<b>of it" not in html
