"""What the lexical index is made of: its rows, its fields, and the terms that stand for words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import tantivy
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

__all__ = [
    "ARTICLES",
    "LexicalRow",
    "article_schema",
    "exact_of",
    "open_index",
    "passage_schema",
    "stem",
    "stems_of",
]

ARTICLES = "articles"  # the subfolder that holds the index of whole articles
_TERMS = "terms"
STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_STOP_WORDS = frozenset(STEMMERS) - {"ar", "el", "ro", "ta", "tr"}  # the lists tantivy has


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


@lru_cache(maxsize=32)
def _analyzer(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw())
    if language in _STOP_WORDS:
        builder = builder.filter(Filter.stopword(STEMMERS[language]))
    if language in STEMMERS:
        builder = builder.filter(Filter.stemmer(STEMMERS[language]))
    return builder.filter(Filter.ascii_fold()).build()  # accents after stemming: it needs them


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: str) -> str:
    """The word's stem, "" for a stop word."""
    terms = _analyzer(language).analyze(word)
    return terms[0] if terms else ""


def stems_of(found: Iterable[str], language: str | None) -> Iterator[str]:
    for word in found:
        term = stem(word, language or "")
        if term:
            yield term


def exact_of(found: Iterable[str]) -> Iterator[str]:
    return (stem(word, "") for word in found)


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
