"""The parameters of a search: one model for query strings, JSON bodies and links."""

from __future__ import annotations

import json
from datetime import date

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from semsearch import corpus, hits
from semsearch.hits import Filters, Query
from semsearch.web.queries import to_query
from semsearch.wire import params as wire_params
from semsearch.wire import schema
from semsearch.wire.params import Limits, SearchParams


def read(text: str, *, forgiving: bool = False, limits: Limits | None = None) -> SearchParams:
    pairs = [(name, value) for name, _, value in (p.partition("=") for p in text.split("&"))]
    return SearchParams.from_args(MultiDict(pairs), limits, forgiving=forgiving)


def test_a_bare_question_gets_every_default() -> None:
    assert to_query(read("q=why"), Limits()) == Query("why")


def test_every_parameter_reaches_the_query() -> None:
    params = read(
        "q=why&k=7&mode=lexical&source=A&source=B&author=C&speaker=D&language=en"
        "&from=2022-01-02&to=2022-03-04&now=2022-05-06&dates=off&speakers=off&duplicates=off"
        "&per_article=2&like=0123456789abcdef&unlike=fedcba9876543210&rerank=on"
    )
    assert to_query(params, Limits()) == Query(
        text="why",
        k=7,
        mode="lexical",
        filters=Filters(
            sources=("A", "B"),
            authors=("C",),
            speakers=("D",),
            languages=("en",),
            published_from=date(2022, 1, 2),
            published_to=date(2022, 3, 4),
        ),
        now=date(2022, 5, 6),
        read_dates=False,
        read_speakers=False,
        collapse_duplicates=False,
        per_article=2,
        like=("0123456789abcdef",),
        unlike=("fedcba9876543210",),
        rerank=True,
    )


def test_a_json_body_says_the_same_as_a_query_string() -> None:
    body = {"q": "why", "source": ["A", "B"], "from": "2022-01-02", "dates": False, "k": 3}
    from_body = SearchParams.model_validate_json(json.dumps(body), strict=True)
    assert from_body == read("q=why&source=A&source=B&from=2022-01-02&dates=off&k=3")


def test_to_args_is_the_shortest_query_string_that_says_the_same() -> None:
    text = "q=why&source=A&source=B&from=2022-01-02&dates=off&k=3&cursor=c"
    params = read(text)
    assert params.to_args() == [
        ("q", "why"),
        ("source", "A"),
        ("source", "B"),
        ("from", "2022-01-02"),
        ("dates", "off"),
        ("k", "3"),
        ("cursor", "c"),
    ]
    assert params.to_args(cursor=None, sources=(), read_dates=None, k=10) == [
        ("q", "why"),
        ("from", "2022-01-02"),
    ]


def test_control_characters_become_blanks_so_that_offsets_hold() -> None:
    assert read("q=a\x00b\x9fc").q == "a b c"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q= \x00 ", "String should match pattern"),
        ("k=5", "Field required"),
        ("q=a&k=0", "greater than or equal to 1"),
        ("q=a&k=101", "must be at most 100; follow `cursor` for more"),
        ("q=" + "a" * 2001, "must have at most 2000 characters, has 2001"),
        ("q=a&from=20220102", "written YYYY-MM-DD"),
        ("q=a&from=2022-02-30", "day is out of range"),
        ("q=a&from=2022-02-02&to=2022-02-01", "`from` must not be after `to`"),
        ("q=a&sorce=BBC", "Extra inputs are not permitted"),
        ("q=a&mode=fuzzy", "'hybrid', 'dense' or 'lexical'"),
        ("q=a&like=xyz", "String should match pattern"),
        ("q=a&explain=maybe", "valid boolean"),
        ("q=a&q=b", "valid string"),
    ],
)
def test_what_is_not_valid_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(text)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        read("q=a&k=0&from=x&sorce=y")
    assert [error["loc"] for error in caught.value.errors()] == [("from",), ("k",), ("sorce",)]


def test_a_page_forgives_blank_fields_and_unknown_names() -> None:
    assert read("q=a&from=&source=&utm_source=mail", forgiving=True) == read("q=a")


def test_limits_are_those_of_the_server() -> None:
    assert read("q=a&k=200", limits=Limits(max_k=500)).k == 200
    assert to_query(read("q=a"), Limits(per_article=9)).per_article == 9


def test_closed_sets_of_words_are_those_of_the_searcher() -> None:
    assert wire_params.Mode == hits.Mode
    assert schema.Verdict == hits.Verdict
    assert schema.ChipKind == hits.ChipKind
    assert schema.QuoteKind == corpus.QuoteKind
