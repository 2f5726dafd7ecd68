"""Reading a finished store: immutable, so any number of threads and processes may share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Article, Failure, Quote
from semsearch.errors import NotFoundError
from semsearch.hits import ArticleBrief, Count
from semsearch.index.store.articles import ArticleStore, PassageRecord

__all__ = ["COLUMNS", "SpeakerRecord", "Store", "Suggestion"]

# Per passage, ascending by row. `article` is the article's number, `number` the passage's place in
# it, from 0; `published` is the proleptic day number (date.toordinal), 0 when there is no date.
COLUMNS = np.dtype([("row", "i8"), ("article", "i4"), ("number", "i4"), ("published", "i4")])

# What articles are counted by: (article number, value), ascending, no pair twice.
_ARTICLE_VALUES = {
    "source": "SELECT num, source FROM articles WHERE source <> '' ORDER BY num",
    "language": "SELECT num, language FROM articles WHERE language <> '' ORDER BY num",
    "month": "SELECT num, substr(published, 1, 7) FROM articles WHERE published NOT NULL"
    " ORDER BY num",
    "author": "SELECT DISTINCT num, name FROM authors ORDER BY num",
}


@dataclass(frozen=True, slots=True)
class SpeakerRecord:
    """A speaker of the index. `aliases` are the other names and mentions, most used first."""

    name: str
    key: str
    quotes: int
    articles: int
    first: date | None
    last: date | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to type: `kind` is "title", "speaker" or "source"."""

    kind: str
    text: str


class Store(ArticleStore):
    """One generation's store, open for as long as its Searcher lives."""

    # Counts ------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many articles, passages, quotes, speakers, files and failures there are."""
        tables = ("articles", "passages", "quotes", "speakers", "files", "failures")
        return {t: self._rows(f"SELECT count(*) FROM {t}")[0][0] for t in tables}

    def failures(self, limit: int = 1000) -> list[Failure]:
        """What could not be read, by path and line."""
        sql = "SELECT path, line, reason FROM failures ORDER BY path, line LIMIT ?"
        return [Failure(*row) for row in self._rows(sql, [limit])]

    def sources(self) -> tuple[Count, ...]:
        """Articles per source, most first, then by name; articles without a source are left out."""
        sql = (
            "SELECT source, count(*) FROM articles WHERE source NOT NULL"
            " GROUP BY source ORDER BY 2 DESC, 1"
        )
        return tuple(Count(value, count) for value, count in self._rows(sql))

    def date_range(self) -> tuple[date, date] | None:
        """First and last publication date; None when no article has one."""
        first, last = self._rows("SELECT min(published), max(published) FROM articles")[0]
        return None if first is None else (date.fromisoformat(first), date.fromisoformat(last))

    # Building ----------------------------------------------------------------------------------

    def article_hashes(self) -> dict[str, tuple[str, str]]:
        """Article id -> (content hash, file it came from)."""
        return {i: (h, f) for i, h, f in self._rows("SELECT id, content_hash, file FROM articles")}

    def rows(self) -> list[int]:
        """All passage rows, ascending."""
        return [row for (row,) in self._rows("SELECT row FROM passages ORDER BY row")]

    def columns(self, rows: Sequence[int]) -> NDArray[np.void]:
        """One COLUMNS record for each of these passages, ascending by row."""
        found: list[tuple[int, int, int, int]] = []
        for start in range(0, len(rows), 30_000):  # SQLite takes 32,766 parameters at most
            part = [int(row) for row in rows[start : start + 30_000]]
            sql = f"""SELECT row, num, number, published FROM passages JOIN articles USING (num)
                WHERE row IN ({",".join("?" * len(part))})"""
            found += [(*known, _ordinal(day)) for *known, day in self._rows(sql, part)]
        return np.array(sorted(found), dtype=COLUMNS)

    def lexical_rows(self, rows: Sequence[int]) -> Iterator[tuple[PassageRecord, Article, str]]:
        """For each row: the passage, its article and the passage's text, article by article."""
        records = sorted(self.records(rows).values(), key=lambda r: (r.num, r.number))
        article: Article | None = None
        num = -1
        for record in records:
            if article is None or record.num != num:
                article, num = self.article_by_num(record.num), record.num
            yield record, article, article.text[record.start : record.end]

    # Quotes and speakers -----------------------------------------------------------------------

    def article_values(self, field: str) -> Iterator[tuple[int, str]]:
        """(article number, value) of "source", "author", "language" or "month", ascending."""
        return self._each(_ARTICLE_VALUES[field])

    def speaker_values(self) -> Iterator[tuple[int, str]]:
        """(row, name) of everybody who is quoted in a passage, ascending, each name once."""
        return self._each(
            "SELECT DISTINCT row, name FROM passage_speakers JOIN speakers USING (speaker)"
            " ORDER BY row"
        )

    def quotes_in(
        self, records: Sequence[PassageRecord], texts: Mapping[int, str]
    ) -> dict[int, tuple[Quote, ...]]:
        """The quotes that overlap each passage by offset, by row; `texts` holds the articles'."""
        marks = ",".join("?" * len(records))
        sql = f"""SELECT p.row, p.num, a.id, q.kind, q.start, q."end",
            coalesce(s.name, q.speaker_name), q.mention, q.cue, q.rule
            FROM passages p JOIN articles a USING (num)
            JOIN quotes q ON q.num = p.num AND q.start < p."end" AND p.start < q."end"
            LEFT JOIN speakers s USING (speaker)
            WHERE p.row IN ({marks}) ORDER BY p.row, q.start"""
        found: dict[int, list[Quote]] = {record.row: [] for record in records}
        for row, num, article_id, kind, start, end, *rest in self._rows(sql, list(found)):
            # Cut here: SQLite would read the whole text anew for each quote.
            words = texts[num][start:end]
            found[row].append(Quote(article_id, kind, start, end, words, *rest))
        return {row: tuple(quotes) for row, quotes in found.items()}

    def quotes(self, nums: Sequence[int]) -> dict[int, tuple[Quote, ...]]:
        """The quotes of these articles by offset, by article number."""
        marks = ",".join("?" * len(nums))
        # The words are cut here: SQLite would count through the whole text for each quote.
        texts = {
            num: (article_id, text)
            for num, article_id, text in self._rows(
                f"SELECT num, id, text FROM articles WHERE num IN ({marks})", nums
            )
        }
        found: dict[int, list[Quote]] = {num: [] for num in nums}
        sql = f"""SELECT q.num, q.kind, q.start, q."end", coalesce(s.name, q.speaker_name),
            q.mention, q.cue, q.rule FROM quotes q LEFT JOIN speakers s USING (speaker)
            WHERE q.num IN ({marks}) ORDER BY q.num, q.start"""
        for num, kind, start, end, *named in self._rows(sql, nums):
            article_id, text = texts[num]
            found[num].append(Quote(article_id, kind, start, end, text[start:end], *named))
        return {num: tuple(quotes) for num, quotes in found.items()}

    def passage_speakers(self, rows: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Names of those quoted in each passage, by row; rows without a speaker are left out."""
        return self._speakers_by_row(rows, "name")

    def passage_speaker_keys(self, rows: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """As `passage_speakers`, but the keys that join a speaker's names."""
        return self._speakers_by_row(rows, "key")

    def _speakers_by_row(self, rows: Sequence[int], column: str) -> dict[int, tuple[str, ...]]:
        marks = ",".join("?" * len(rows))
        sql = (
            f"SELECT row, {column} FROM passage_speakers JOIN speakers USING (speaker)"
            f" WHERE row IN ({marks}) ORDER BY row, {column}"
        )
        found: dict[int, list[str]] = {}
        for row, value in self._rows(sql, [int(row) for row in rows]):
            found.setdefault(row, []).append(value)
        return {row: tuple(values) for row, values in found.items()}

    def words_of(self, names: Sequence[str], rows: Sequence[int]) -> dict[int, list[str]]:
        """What these speakers say in each of these passages, by row; silent rows are left out."""
        people, places = ",".join("?" * len(names)), ",".join("?" * len(rows))
        sql = f"""SELECT p.row, substr(a.text, q.start + 1, q."end" - q.start)
            FROM passage_speakers ps JOIN speakers s USING (speaker) JOIN passages p USING (row)
            JOIN articles a ON a.num = p.num
            JOIN quotes q ON q.num = p.num AND q.speaker = s.speaker
                AND q.start < p."end" AND p.start < q."end"
            WHERE s.name IN ({people}) AND ps.row IN ({places}) ORDER BY p.row, q.start"""
        found: dict[int, list[str]] = {}
        for row, text in self._rows(sql, [*names, *(int(row) for row in rows)]):
            found.setdefault(row, []).append(text)
        return found

    def speakers(self, prefix: str = "", limit: int = 50, offset: int = 0) -> list[SpeakerRecord]:
        """Speakers with a word of their name beginning so; most quoted first, then by name."""
        where, parameters = "", []
        if match := fts_prefix(prefix):
            where = "WHERE speaker IN (SELECT rowid FROM speaker_words WHERE speaker_words MATCH ?)"
            parameters = [match]
        sql = f"SELECT * FROM speakers {where} ORDER BY quotes DESC, name LIMIT ? OFFSET ?"
        return [self._speaker(row) for row in self._rows(sql, [*parameters, limit, offset])]

    def speaker(self, name: str) -> SpeakerRecord:
        """The speaker of exactly this name; raises NotFoundError."""
        found = self._rows("SELECT * FROM speakers WHERE name = ?", [name])
        if not found:
            raise NotFoundError(f"nobody named {name!r} is quoted in this index")
        return self._speaker(found[0])

    def speakers_under(self, term: str) -> list[tuple[str, int]]:
        """(name, quotes) of all speakers with this one among their `speakers.lookup_terms`."""
        sql = "SELECT name, quotes FROM speaker_terms JOIN speakers USING (speaker) WHERE term = ?"
        return self._rows(sql, [term])

    def _speaker(self, row: tuple[Any, ...]) -> SpeakerRecord:
        sql = "SELECT name FROM aliases WHERE speaker = ? ORDER BY uses DESC, name"
        return _speaker_record(row, tuple(name for (name,) in self._rows(sql, [row[0]])))

    def quotes_by(
        self, name: str | None, text: str = "", limit: int = 50, offset: int = 0
    ) -> tuple[int, list[tuple[Quote, ArticleBrief]]]:
        """Quotes of a speaker (None: of anybody) that hold `text`; newest first, undated last.

        Returns how many there are in all, and those from `offset` on.
        """
        where, values = self._said(name, text)
        found = f"FROM quotes q JOIN articles a USING (num) WHERE {where}"
        total = self._rows(f"SELECT count(*) {found}", values)[0][0]
        # The words are cut out of the articles for the page alone, not for all that is sorted.
        order = "ORDER BY a.published IS NULL, a.published DESC, q.num, q.start"
        rows = self._rows(
            f"""SELECT q.num, a.id, kind, start, "end", substr(a.text, start + 1, "end" - start),
            coalesce(s.name, speaker_name), mention, cue, rule
            FROM quotes q JOIN articles a USING (num) LEFT JOIN speakers s USING (speaker)
            WHERE q.quote IN (SELECT q.quote {found} {order} LIMIT ? OFFSET ?) {order}""",
            [*values, limit, offset],
        )
        briefs = self.briefs(sorted({row[0] for row in rows}))
        return total, [(Quote(*values), briefs[num]) for num, *values in rows]

    def _said(self, name: str | None, text: str) -> tuple[str, list[Any]]:
        """The condition on quotes `q` of articles `a`, and its parameters."""
        where, values = ["1"], list[Any]()
        if name is not None:
            where.append("q.speaker IN (SELECT speaker FROM speakers WHERE name = ?)")
            values.append(name)
        if text:
            words = 'substr(a.text, q.start + 1, q."end" - q.start)'
            where.append(f"instr(lower({words}), lower(?))")
            values.append(text)
        return " AND ".join(where), values

    def suggest(self, prefix: str, limit: int) -> list[Suggestion]:
        """Titles, speakers and sources with words that begin so: speakers first, then sources."""
        match = fts_prefix(prefix)
        if not match:
            return []
        sql = """SELECT 'speaker', name FROM (SELECT speakers.name FROM speaker_words JOIN speakers
                ON speaker = speaker_words.rowid WHERE speaker_words MATCH :match
                ORDER BY quotes DESC, speakers.name LIMIT :limit)
            UNION ALL SELECT 'source', source FROM (SELECT DISTINCT source FROM articles
                WHERE source >= :prefix COLLATE NOCASE
                AND source < :prefix || char(0x10ffff) COLLATE NOCASE
                ORDER BY source LIMIT :limit)
            UNION ALL SELECT 'title', title FROM (SELECT articles.title FROM title_words
                JOIN articles ON num = title_words.rowid WHERE title_words MATCH :match
                ORDER BY published DESC, num LIMIT :limit) LIMIT :limit"""
        given = {"match": match, "limit": limit, "prefix": prefix.strip()}
        return [Suggestion(*row) for row in self._rows(sql, given)]

    def name_counts(self) -> list[tuple[str, int]]:
        """Texts that hold names, with how much they count: speakers by quotes, titles once."""
        return self._rows(
            "SELECT name, quotes FROM speakers UNION ALL SELECT title, 1 FROM articles"
        )

    def titles(self, limit: int) -> list[tuple[int, str]]:
        """(article number, title) of articles with a title of their own, newest first."""
        sql = "SELECT num, title FROM articles ORDER BY title_derived, published DESC, num LIMIT ?"
        return [(num, title) for num, title in self._rows(sql, [limit])]


def fts_prefix(text: str) -> str:
    """An FTS5 query for all words of `text`, the last one as a prefix; "" when there is none.

    Only letters and digits reach the query, each word quoted, so nothing can be FTS syntax.
    """
    words = "".join(c if c.isalnum() else " " for c in text).split()
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day).toordinal() if day else 0


def _speaker_record(row: tuple[Any, ...], aliases: tuple[str, ...]) -> SpeakerRecord:
    _, key, name, quotes, articles, first, last = row
    return SpeakerRecord(
        name=name,
        key=key,
        quotes=quotes,
        articles=articles,
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        aliases=tuple(a for a in aliases if a != name),
    )
