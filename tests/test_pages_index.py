"""Pages over indexes of their own: missing, unreadable, being built, rebuilt, or long."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from page_client import ATOM, client_of, links, text_of
from page_rows import PAGE_ARTICLES, SERIES
from sample import build, write_rows

from semsearch.settings import Settings


def test_a_passage_link_survives_a_rebuild(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    path = settings.seeds[0] / "articles.jsonl"
    write_rows(path, PAGE_ARTICLES[:5])
    build(settings)
    (link, *_) = links(client_of(settings).get("/?q=glacier+ice").text, r"^/articles/glacier")
    write_rows(path, PAGE_ARTICLES[1:6])
    build(settings, full=True)
    assert 'id="passage"' in client_of(settings).get(link).text


def test_a_feed_shows_only_what_a_reindex_added_as_new(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings()
    path = settings.seeds[0] / "articles.jsonl"

    def ids() -> set[str]:
        top = ElementTree.fromstring(client_of(settings).get("/feed?q=ferry").data)  # noqa: S314
        return {e.findtext(f"{ATOM}id", "") for e in top.findall(f"{ATOM}entry")}

    write_rows(path, SERIES[:3])
    build(settings)
    before = ids()
    write_rows(path, SERIES[:4])
    build(settings)
    assert len(before) == 3
    assert len(ids() - before) == 1
    assert before <= ids()


def test_without_an_index_the_page_says_how_to_make_one(
    make_settings: Callable[..., Settings],
) -> None:
    answer = client_of(make_settings()).get("/")
    assert answer.status_code == 503
    assert "semsearch reindex" in answer.text
    assert answer.headers["Retry-After"]


def test_while_the_index_is_built_the_page_shows_how_far_it_is(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings()
    settings.index_dir.mkdir()
    state = {"stage": "encode", "done": 1200, "total": 4800, "rate": 60.0, "eta_s": 60.0}
    (settings.index_dir / "progress.json").write_text(
        json.dumps({**state, "pid": os.getpid(), "started": 0.0}), "utf-8"
    )
    html = client_of(settings).get("/").text
    assert "The index is being built" in html
    assert "1,200 of 4,800, 60 per second, about 60 seconds left" in text_of(html)


def test_an_unreadable_index_says_what_to_do(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    write_rows(settings.seeds[0] / "articles.jsonl", PAGE_ARTICLES[:2])
    build(settings)
    (manifest,) = Path(settings.index_dir).glob("generations/*/manifest.json")
    manifest.write_text("{", "utf-8")
    answer = client_of(settings).get("/?q=rates")
    assert answer.status_code == 503
    assert "semsearch rollback" in answer.text


def test_a_very_long_article_is_shown_in_parts_and_opens_at_its_passage(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings()
    lines = [f'Day {n}: "We counted {n} ships," said Nora Lind at the quay.' for n in range(2200)]
    write_rows(
        settings.seeds[0] / "articles.jsonl",
        [{"id": "log", "title": "The log", "text": "\n\n".join(lines)}],
    )
    build(settings)
    client = client_of(settings)
    (link, *_) = links(client.get("/?q=%22counted+1500+ships%22").text, r"^/articles/log\?passage")
    packed = client.get(link, headers={"Accept-Encoding": "gzip"}).data
    html = client.get(link).text
    assert len(packed) < 60_000
    assert 'id="passage"' in html
    assert "We counted 1500 ships" in html
    shown = {int(n) for n in re.findall(r">Day (\d+):", html)}
    (onward,) = set(re.findall(r'href="([^"]*)">Part after', html))
    after = {int(n) for n in re.findall(r">Day (\d+):", client.get(unescape(onward)).text)}
    assert min(after) == max(shown) + 1
