"""Reading: a snapshot that searches passages by their words and scores whole articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Occur
from tantivy import Query as Node

from semsearch.errors import IndexCorruptError
from semsearch.hits import Filters, LexicalQuery
from semsearch.index.lexical.terms import (
    ARTICLES,
    article_schema,
    exact_terms,
    open_index,
    passage_schema,
    stem,
)
from semsearch.text.words import word_texts

__all__ = ["LexicalIndex", "open_lexical"]

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

TITLE_WEIGHT = 0.25  # of a title's BM25, added to the body's; see docs/background/ranking.md
REMEMBERED_FREQUENCIES = 10_000
MAX_QUERY_WORDS = 64  # rarest first; bounds the work of a pasted page


def open_lexical(path: Path) -> LexicalIndex:
    """Open the index at `path` for reading; raises IndexCorruptError where there is none."""
    return LexicalIndex(
        _SegmentReader(path, passage_schema(), "row"),
        _SegmentReader(path / ARTICLES, article_schema(), "article"),
    )


class _SegmentReader:
    """A snapshot of one tantivy index, whose documents are known by the integer field `key`."""

    def __init__(self, path: Path, schema: tantivy.Schema, key: str) -> None:
        try:
            if not tantivy.Index.exists(str(path)):
                raise IndexCorruptError(f"{path}: no lexical index; run `semsearch reindex --full`")
            index = open_index(path, schema)
            # A generation never changes: without this tantivy has a thread watch the folder.
            index.config_reader("manual")
        except (ValueError, OSError) as error:
            raise IndexCorruptError(f"{path}: cannot be opened ({error})") from error
        self.schema = index.schema
        self.searcher = index.searcher()
        self._key = key

    def run(self, node: Node | None, restriction: Node | None, limit: int) -> tuple[Rows, Scores]:
        """Keys and scores of the best `limit`, by score; `restriction` adds nothing to scores."""
        if node is None or limit < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if restriction is not None:
            quiet = Node.const_score_query(restriction, 0.0)
            node = Node.boolean_query([(Occur.Must, node), (Occur.Must, quiet)])
        hits = self.searcher.search(node, limit, count=False).hits
        keys = self.searcher.fast_field_values(self._key, [address for _, address in hits])
        return np.array(keys, np.int64), np.array([score for score, _ in hits], np.float32)

    def scores(self, node: Node | None, keys: Rows) -> Scores:
        """The score of each of `keys` (distinct, any order), 0 where nothing matches."""
        out = np.zeros(len(keys), np.float32)
        if len(keys):
            found, scores = self.run(node, self._among(keys), len(keys))
            order = np.argsort(keys, kind="stable")
            out[order[np.searchsorted(keys, found, sorter=order)]] = scores
        return out

    def _among(self, keys: Rows) -> Node:
        # Looks each key up; a term set would walk through the dictionary of all keys instead,
        # which costs four times as much at 50,000 passages and grows with their number.
        terms = (
            Node.term_query(self.schema, self._key, key, index_option="basic")
            for key in keys.tolist()
        )
        return Node.boolean_query([(Occur.Should, term) for term in terms])

    def any_of(self, field: str, terms: tuple[str, ...]) -> Node:
        nodes = [self.term(field, term) for term in terms]
        return nodes[0] if len(nodes) == 1 else Node.disjunction_max_query(nodes)

    def term(self, field: str, term: str) -> Node:
        return Node.term_query(self.schema, field, term, index_option="freq")


class LexicalIndex:
    """A snapshot of one lexical index: it keeps its files open, whatever happens to the folder.

    Thread-safe; should live as long as its generation is served.
    """

    def __init__(self, passages: _SegmentReader, articles: _SegmentReader) -> None:
        self._passages = passages
        self._articles = articles
        self._schema = passages.schema
        self._searcher = passages.searcher
        self._frequencies: dict[str, int] = {}
        found = self._searcher.terms_with_prefix("language", "")
        self.languages: tuple[str, ...] = tuple(sorted(code for code, _ in found)) or ("",)

    def __len__(self) -> int:
        return self._searcher.num_docs

    @property
    def language(self) -> str:
        """The language whose stems compare questions and passages: English if any is."""
        return "en" if "en" in self.languages else self.languages[0]

    def search(self, query: LexicalQuery, filters: Filters, limit: int) -> tuple[Rows, Scores]:
        """The best `limit` rows that pass `filters`, by score descending, then row ascending.

        Scores are BM25 sums (positive, unbounded). Only rows that hold a word of the query are
        found. A query of stop words only is searched for as it stands, stop words and all.
        """
        restriction = self._restriction(query.phrases, query.excluded, filters)
        return self._top(self._scored(query), restriction, limit)

    def scores(self, query: LexicalQuery, rows: Rows) -> Scores:
        """The score `search` would give each of `rows` (any order), 0 where no word matches."""
        return self._passages.scores(self._scored(query), rows)

    def article_scores(self, query: LexicalQuery, articles: Rows) -> Scores:
        """BM25 of each of `articles` (distinct numbers, any order) as a whole, without its title.

        0 where no word matches, and for numbers that the index was not given.
        """
        stems = self._chosen(query.text)
        nodes = [(Occur.Should, self._articles.any_of("stems", terms)) for terms in stems]
        return self._articles.scores(Node.boolean_query(nodes) if nodes else None, articles)

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
            word: max(map(self._frequency, stems))
            for word, stems in _alternatives(text, self.languages).items()
        }

    # Building queries, from the inside out.

    def _frequency(self, term: str) -> int:
        """How many passages hold a stem; a search asks for those of its words four times."""
        known = self._frequencies.get(term)
        if known is None:
            known = self._searcher.doc_freq("stems", term)
            if len(self._frequencies) > REMEMBERED_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[term] = known
        return known

    def _chosen(self, text: str) -> list[tuple[str, ...]]:
        """The stems of each content word of `text`, rarest words first, at most MAX_QUERY_WORDS."""
        distinct = dict.fromkeys(_alternatives(text, self.languages).values())
        return sorted(distinct, key=self._commonness)[:MAX_QUERY_WORDS]

    def _commonness(self, stems: tuple[str, ...]) -> int:
        return max(map(self._frequency, stems))

    def _scored(self, query: LexicalQuery) -> Node | None:
        nodes = [self._word(stems, query.with_title) for stems in self._chosen(query.text)]
        if not nodes:
            terms = list(dict.fromkeys(exact_terms(word_texts(query.text))))[:MAX_QUERY_WORDS]
            nodes = [self._passages.term("exact", term) for term in terms]
        return Node.boolean_query([(Occur.Should, node) for node in nodes]) if nodes else None

    def _word(self, stems: tuple[str, ...], with_title: bool) -> Node:
        body = self._passages.any_of("stems", stems)
        if not with_title:
            return body
        title = Node.boost_query(self._passages.any_of("title_stems", stems), TITLE_WEIGHT)
        return Node.boolean_query([(Occur.Should, body), (Occur.Should, title)])

    def _restriction(
        self, phrases: tuple[str, ...], excluded: tuple[str, ...], filters: Filters
    ) -> Node | None:
        """The rows that may be found, as one unscored node; None for all of them."""
        must = [self._phrase(phrase) for phrase in phrases if word_texts(phrase)]
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
        barred = [self._phrase(word) for word in excluded if word_texts(word)]
        if not must and not barred:
            return None
        clauses = [(Occur.Must, node) for node in must or [Node.all_query()]]
        clauses += [(Occur.MustNot, node) for node in barred]
        return Node.const_score_query(Node.boolean_query(clauses), 0.0)

    def _phrase(self, phrase: str) -> Node:
        terms = exact_terms(word_texts(phrase))
        if len(terms) == 1:
            return self._passages.term("exact", terms[0])
        return Node.phrase_query(self._schema, "exact", [*terms])

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
            rows, scores = self._passages.run(node, restriction, asked)
            if len(rows) < asked or scores[-1] < scores[limit - 1]:
                break
            asked *= 4
        order = np.lexsort((rows, -scores))[:limit]
        return rows[order], scores[order]


@lru_cache(maxsize=256)  # both retrievers, the verdict and spelling help ask for the same question
def _alternatives(text: str, languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Each distinct content word of `text` with its stems in these languages; not to be changed."""
    found: dict[str, tuple[str, ...]] = {}
    known = [language for language in languages if language] or [""]
    for word in dict.fromkeys(word_texts(text)):
        # What no known language counts as content is none in articles of unknown language.
        if any(stem(word, language) for language in known):
            found[word] = tuple(sorted({stem(word, language) for language in languages} - {""}))
    return found
