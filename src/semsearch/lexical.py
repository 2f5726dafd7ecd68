"""The lexical index: which passages hold the question's words, and how tellingly (BM25).

Made of tantivy segments, which are written once and never changed, so a new generation's index
shares them with the old one by hard links and adds only what is new. tantivy never sees text to
parse: passages go in as space-separated terms, questions as queries built term by term, so no
question can be a syntax error or reach a field that it should not.

Fields of a passage: `stems` and `title_stems` (stemmed in the article's language, stop words
left out, for scoring), `exact` (every word unstemmed, with positions, for phrases and
exclusions), raw `source`, `authors`, `speakers`, `language`, and the day of publication.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Filter, Occur, TextAnalyzer, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as Node

from semsearch.errors import IndexBusyError, IndexCorruptError
from semsearch.hits import Filters
from semsearch.words import words

__all__ = ["LexicalIndex", "LexicalQuery", "LexicalRow", "open_lexical", "update", "worn"]

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

TITLE_WEIGHT = 0.5  # of a title's BM25 beside the body's; see docs/ranking.md
WORN_SHARE = 0.2  # of dead rows, past which BM25's counts drift and a rebuild pays
MAX_QUERY_WORDS = 64  # rarest first; bounds the work of a pasted page
WRITER_HEAP_BYTES = 64_000_000
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
_LINKED = (".store", ".term", ".idx", ".pos", ".fast", ".fieldnorm", ".del")
_TERMS = "terms"


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """One passage as the lexical index wants it. `language` picks the stemmer, None for none."""

    row: int
    article_id: str
    title: str
    text: str
    source: str | None = None
    authors: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    language: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """What to look for, as plain text: no syntax.

    `text` gives the words that score. A passage must hold each of `phrases` word for word, and
    none of `excluded`. `with_title` counts the words of the article's title too.
    """

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    with_title: bool = True


# --- writing ---------------------------------------------------------------------------------


def update(
    source: Path | None,
    target: Path,
    removed: Iterable[int],
    added: Iterable[LexicalRow],
) -> None:
    """Write at `target` (a new folder) the index at `source` less `removed` plus `added`.

    `source` stays as it is; its segments are hard-linked where the file system can. Rows in both
    are replaced. Raises IndexBusyError when another writer is at `target`.
    """
    target.mkdir(parents=True)
    if source is not None:
        _carry_over(source, target)
    index = _open_index(target)
    try:
        writer = index.writer(WRITER_HEAP_BYTES, 1)
    except ValueError as error:
        raise IndexBusyError(f"{target}: another indexer is writing here ({error})") from error
    for row in removed:
        writer.delete_documents_by_term("row", row)
    for entry in added:
        writer.add_document(_document(entry))
    writer.commit()
    writer.garbage_collect_files()
    writer.wait_merging_threads()


def worn(source: Path, removed: int) -> bool:
    """Whether taking `removed` more rows out of `source` leaves too many dead ones behind.

    Dead rows still count in BM25's statistics. When True, call `update(None, target, (), rows)`
    with every row of the new generation: rebuilding costs about 0.2 ms a passage.
    """
    segments = json.loads((source / "meta.json").read_text())["segments"]
    written = sum(segment["max_doc"] for segment in segments)
    dead = sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in segments)
    return bool(dead + removed > WORN_SHARE * written)


def _carry_over(source: Path, target: Path) -> None:
    for path in sorted(source.iterdir()):
        if path.suffix in _LINKED:
            _link(path, target / path.name)
        elif path.suffix == ".json":  # meta.json, .managed.json: replaced by rename on commit
            shutil.copyfile(path, target / path.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


def _document(entry: LexicalRow) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("row", entry.row)
    document.add_text("article_id", entry.article_id)
    document.add_text("stems", " ".join(_stems(entry.text, entry.language)))
    document.add_text("title_stems", " ".join(_stems(entry.title, entry.language)))
    document.add_text("exact", " ".join(_exact(entry.text)))
    for name, values in (
        ("source", [entry.source] if entry.source else []),
        ("authors", entry.authors),
        ("speakers", entry.speakers),
        ("language", [entry.language or ""]),
    ):
        for value in values:
            document.add_text(name, value)
    if entry.published is not None:
        document.add_integer("published", entry.published.toordinal())
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_integer_field("published", fast=True)
    for name in ("article_id", "source", "authors", "speakers", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("stems", "title_stems"):
        builder.add_text_field(name, tokenizer_name=_TERMS, index_option="freq")
    builder.add_text_field("exact", tokenizer_name=_TERMS, index_option="position")
    return builder.build()


def _open_index(path: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(path))
    index.register_tokenizer(_TERMS, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    return index


# --- terms -----------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _analyzer(language: str) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.raw())
    if language in _STOP_WORDS:
        builder = builder.filter(Filter.stopword(STEMMERS[language]))
    if language in STEMMERS:
        builder = builder.filter(Filter.stemmer(STEMMERS[language]))
    return builder.filter(Filter.ascii_fold()).build()  # accents after stemming: it needs them


@lru_cache(maxsize=1 << 17)
def _stem(word: str, language: str) -> str:
    """The word's stem, "" for a stop word."""
    terms = _analyzer(language).analyze(word)
    return terms[0] if terms else ""


def _stems(text: str, language: str | None) -> Iterator[str]:
    for word in words(text):
        stem = _stem(word.text, language or "")
        if stem:
            yield stem


def _exact(text: str) -> Iterator[str]:
    return (_stem(word.text, "") for word in words(text))


# --- reading ---------------------------------------------------------------------------------


def open_lexical(path: Path) -> LexicalIndex:
    """Open the index at `path` for reading; raises IndexCorruptError where there is none."""
    if not tantivy.Index.exists(str(path)):
        raise IndexCorruptError(f"{path}: no lexical index here; run `semsearch reindex --full`")
    try:
        index = _open_index(path)
        # A generation never changes: without this tantivy starts a thread to watch the folder.
        index.config_reader("manual")
    except ValueError as error:
        raise IndexCorruptError(f"{path}: cannot be opened ({error})") from error
    return LexicalIndex(index)


class LexicalIndex:
    """A snapshot of one lexical index: it keeps its files open, whatever happens to the folder.

    Thread-safe; should live as long as its generation is served.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        found = self._searcher.terms_with_prefix("language", "")
        self.languages: tuple[str, ...] = tuple(sorted(code for code, _ in found)) or ("",)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, query: LexicalQuery, filters: Filters, limit: int) -> tuple[Rows, Scores]:
        """The best `limit` rows that pass `filters`, by score descending, then row ascending.

        Scores are BM25 sums (positive, unbounded). Only rows that hold a word of the query are
        found. A query of stop words only is searched for as it stands, stop words and all.
        """
        restriction = self._restriction(query.phrases, query.excluded, filters)
        return self._top(self._scored(query), restriction, limit)

    def scores(self, query: LexicalQuery, rows: Rows) -> Scores:
        """The score `search` would give each of `rows` (any order), 0 where no word matches."""
        if not len(rows):
            return np.zeros(0, np.float32)
        node = self._scored(query)
        found, scores = self._run(node, self._among(rows), len(rows))
        out = np.zeros(len(rows), np.float32)
        order = np.argsort(rows, kind="stable")
        out[order[np.searchsorted(rows, found, sorter=order)]] = scores
        return out

    def matching_rows(
        self,
        filters: Filters,
        phrases: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> Rows | None:
        """Every row that passes `filters`, holds all `phrases` and none of `excluded`, ascending.

        None when nothing restricts: every row matches.
        """
        restriction = self._restriction(tuple(phrases), tuple(excluded), filters)
        if restriction is None:
            return None
        hits = self._searcher.search(
            restriction, max(1, len(self)), count=False, order_by_field="row"
        ).hits
        return np.array([row for row, _ in hits], np.int64)[::-1].copy()

    def frequencies(self, text: str) -> dict[str, int]:
        """How many passages hold each distinct word of `text` (folded form), in any inflection.

        Stop words are left out. Deleted rows may still count until the index is rebuilt.
        """
        return {
            word: max(self._frequency("stems", stem) for stem in stems)
            for word, stems in self._alternatives(text).items()
        }

    def stems(self, text: str, language: str | None) -> tuple[str, ...]:
        """The scoring terms of `text` in order, as indexed for an article in `language`."""
        return tuple(_stems(text, language))

    # Building queries, from the inside out.

    def _alternatives(self, text: str) -> dict[str, tuple[str, ...]]:
        """Each distinct content word of `text` with its stems in the index's languages."""
        found: dict[str, tuple[str, ...]] = {}
        for word in dict.fromkeys(word.text for word in words(text)):
            stems = {_stem(word, language) for language in self.languages} - {""}
            if stems:
                found[word] = tuple(sorted(stems))
        return found

    def _frequency(self, field: str, term: str) -> int:
        return self._searcher.doc_freq(field, term)

    def _scored(self, query: LexicalQuery) -> Node | None:
        alternatives = self._alternatives(query.text)
        if not alternatives:
            nodes = [self._term("exact", term) for term in dict.fromkeys(_exact(query.text))]
        else:
            chosen = sorted(dict.fromkeys(alternatives.values()), key=self._commonness)
            nodes = [self._word(stems, query.with_title) for stems in chosen[:MAX_QUERY_WORDS]]
        return Node.boolean_query([(Occur.Should, node) for node in nodes]) if nodes else None

    def _commonness(self, stems: tuple[str, ...]) -> int:
        return max(self._frequency("stems", stem) for stem in stems)

    def _word(self, stems: tuple[str, ...], with_title: bool) -> Node:
        body = self._any("stems", stems)
        if not with_title:
            return body
        title = Node.boost_query(self._any("title_stems", stems), TITLE_WEIGHT)
        return Node.boolean_query([(Occur.Should, body), (Occur.Should, title)])

    def _any(self, field: str, terms: tuple[str, ...]) -> Node:
        nodes = [self._term(field, term) for term in terms]
        return nodes[0] if len(nodes) == 1 else Node.disjunction_max_query(nodes)

    def _term(self, field: str, term: str) -> Node:
        return Node.term_query(self._schema, field, term, index_option="freq")

    def _restriction(
        self, phrases: tuple[str, ...], excluded: tuple[str, ...], filters: Filters
    ) -> Node | None:
        """The rows that may be found, as one unscored node; None for all of them."""
        must = [self._phrase(phrase) for phrase in phrases if any(True for _ in _exact(phrase))]
        must += [
            Node.term_set_query(self._schema, field, list(values))
            for field, values in (
                ("source", filters.sources),
                ("authors", filters.authors),
                ("speakers", filters.speakers),
                ("language", filters.languages),
            )
            if values
        ]
        if filters.published_from or filters.published_to:
            must.append(self._published(filters.published_from, filters.published_to))
        barred = [self._phrase(word) for word in excluded if any(True for _ in _exact(word))]
        if not must and not barred:
            return None
        clauses = [(Occur.Must, node) for node in must or [Node.all_query()]]
        clauses += [(Occur.MustNot, node) for node in barred]
        return Node.const_score_query(Node.boolean_query(clauses), 0.0)

    def _among(self, rows: Rows) -> Node:
        # Looks each row up; a term set would walk through the dictionary of all rows instead,
        # which costs four times as much at 50,000 passages and grows with their number.
        terms = (
            Node.term_query(self._schema, "row", row, index_option="basic") for row in rows.tolist()
        )
        return Node.boolean_query([(Occur.Should, term) for term in terms])

    def _phrase(self, phrase: str) -> Node:
        terms = list(_exact(phrase))
        if len(terms) == 1:
            return self._term("exact", terms[0])
        return Node.phrase_query(self._schema, "exact", list(terms))

    def _published(self, first: date | None, last: date | None) -> Node:
        return Node.range_query(
            self._schema,
            "published",
            tantivy.FieldType.Integer,
            first.toordinal() if first else None,
            last.toordinal() if last else None,
        )

    # Running them.

    def _top(self, node: Node | None, restriction: Node | None, limit: int) -> tuple[Rows, Scores]:
        """The best `limit`, ties by row at the cut as well: asks for more while the cut ties."""
        asked = limit + 32
        while True:
            rows, scores = self._run(node, restriction, asked)
            if len(rows) < asked or scores[-1] < scores[limit - 1]:
                break
            asked *= 4
        order = np.lexsort((rows, -scores))[:limit]
        return rows[order], scores[order]

    def _run(self, node: Node | None, restriction: Node | None, limit: int) -> tuple[Rows, Scores]:
        if node is None or limit < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if restriction is not None:
            quiet = Node.const_score_query(restriction, 0.0)
            node = Node.boolean_query([(Occur.Must, node), (Occur.Must, quiet)])
        hits = self._searcher.search(node, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        scores = np.array([score for score, _ in hits], np.float32)
        return np.array(rows, np.int64), scores
