"""What the lexical index is made of: its rows, its fields, and the terms that stand for words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import tantivy
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from semsearch.text.stems import ALGORITHMS, stems_of
from semsearch.text.words import unaccented, word_set

__all__ = [
    "ARTICLES",
    "LexicalRow",
    "article_schema",
    "exact_terms",
    "open_index",
    "passage_schema",
    "stem",
]

ARTICLES = "articles"  # the subfolder that holds the index of whole articles
_TERMS = "terms"
# The languages of whose stop words tantivy has a list.
_STOP_WORDS = word_set("da de en es fi fr hu it nl no pt ru sv")


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """One passage as the lexical index wants it. `language` picks the stemmer, None for none.

    `article` numbers the article within the index, and `article_text` is all of its text; without
    them the article has no scores of its own.
    """

    row: int
    article_id: str
    title: str
    text: str
    source: str | None = None
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    language: str | None = None
    published: date | None = None
    article: int | None = None
    article_text: str = ""


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: str) -> str:
    """The stem of a word in its normal form, "" for a stop word."""
    if language in _STOP_WORDS and not _stop_words(language).analyze(word):
        return ""
    return stems_of(language)[word]


@lru_cache(maxsize=32)
def _stop_words(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw())
    return builder.filter(Filter.stopword(ALGORITHMS[language])).build()


def exact_terms(found: Iterable[str]) -> list[str]:
    """Words in their normal form, without accents."""
    return list(map(unaccented, found))


def passage_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_integer_field("published", fast=True)
    for name in ("source", "authors", "speakers", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("stems", "title_stems"):
        builder.add_text_field(name, tokenizer_name=_TERMS, index_option="freq")
    builder.add_text_field("exact", tokenizer_name=_TERMS, index_option="position")
    return builder.build()


def article_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("article", indexed=True, fast=True)
    builder.add_text_field("stems", tokenizer_name=_TERMS, index_option="freq")
    return builder.build()


def open_index(path: Path, schema: tantivy.Schema) -> tantivy.Index:
    index = tantivy.Index(schema, path=str(path))
    index.register_tokenizer(_TERMS, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index
