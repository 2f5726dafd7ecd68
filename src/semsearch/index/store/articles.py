"""Articles and their passages, out of a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from semsearch.corpus import Article, Passage
from semsearch.errors import NotFoundError
from semsearch.hits import ArticleBrief
from semsearch.index.store.database import Database

__all__ = ["ArticleStore", "PassageRecord", "passage_of"]

BRIEF = "num, id, title, title_derived, source, url, published, language, place"


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage by row, with its article's number and its speakers' numbers left to joins."""

    row: int
    num: int
    id: str
    number: int
    start: int
    end: int


class ArticleStore(Database):
    """What a store holds of articles and passages."""

    def article(self, article_id: str) -> Article:
        """The article; raises NotFoundError."""
        return self.article_by_num(self.num(article_id))

    def num(self, article_id: str) -> int:
        """The article's number in this index; raises NotFoundError."""
        found = self._rows("SELECT num FROM articles WHERE id = ?", [article_id])
        if not found:
            raise NotFoundError(f"no article has the id {article_id!r}")
        return int(found[0][0])

    def article_by_num(self, num: int) -> Article:
        """The article with this number, which must exist."""
        brief = self.briefs([num])[num]
        text = self._rows("SELECT text FROM articles WHERE num = ?", [num])[0][0]
        return Article(
            id=brief.id,
            title=brief.title,
            text=text,
            title_derived=brief.title_derived,
            url=brief.url,
            source=brief.source,
            published=brief.published,
            authors=brief.authors,
            language=brief.language,
            place=brief.place,
        )

    def briefs(self, nums: Sequence[int]) -> dict[int, ArticleBrief]:
        """Articles without their text, by number."""
        marks = ",".join("?" * len(nums))
        authors: dict[int, list[str]] = {}
        for num, name in self._rows(
            f"SELECT num, name FROM authors WHERE num IN ({marks}) ORDER BY num, position",
            nums,
        ):
            authors.setdefault(num, []).append(name)
        rows = self._rows(f"SELECT {BRIEF} FROM articles WHERE num IN ({marks})", nums)
        return {row[0]: _brief(row, tuple(authors.get(row[0], ()))) for row in rows}

    def briefs_by_id(self, article_ids: Sequence[str]) -> dict[str, ArticleBrief]:
        """Articles without their text, by id; unknown ids are left out."""
        marks = ",".join("?" * len(article_ids))
        nums = self._rows(f"SELECT num FROM articles WHERE id IN ({marks})", article_ids)
        return {brief.id: brief for brief in self.briefs([num for (num,) in nums]).values()}

    def records(self, rows: Sequence[int]) -> dict[int, PassageRecord]:
        """Passages by row; rows that do not exist are left out."""
        found: dict[int, PassageRecord] = {}
        for start in range(0, len(rows), 30_000):  # SQLite takes 32,766 parameters at most
            part = [int(row) for row in rows[start : start + 30_000]]
            marks = ",".join("?" * len(part))
            sql = f'SELECT row, num, id, number, start, "end" FROM passages WHERE row IN ({marks})'
            found.update((row[0], PassageRecord(*row)) for row in self._rows(sql, part))
        return found

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """All passages of an article in order; raises NotFoundError."""
        num = self.num(article_id)
        text = self._rows("SELECT text FROM articles WHERE num = ?", [num])[0][0]
        sql = (
            'SELECT row, num, id, number, start, "end" FROM passages WHERE num = ? ORDER BY number'
        )
        records = [PassageRecord(*row) for row in self._rows(sql, [num])]
        return tuple(passage_of(record, article_id, text) for record in records)

    def record_by_id(self, passage_id: str) -> PassageRecord:
        """A passage by its public id; raises NotFoundError."""
        sql = 'SELECT row, num, id, number, start, "end" FROM passages WHERE id = ?'
        found = self._rows(sql, [passage_id])
        if not found:
            raise NotFoundError(f"no passage has the id {passage_id!r}")
        return PassageRecord(*found[0])

    def texts(self, nums: Sequence[int]) -> dict[int, str]:
        """The texts of these articles, by number."""
        marks = ",".join("?" * len(nums))
        return dict(self._rows(f"SELECT num, text FROM articles WHERE num IN ({marks})", nums))


def passage_of(record: PassageRecord, article_id: str, text: str) -> Passage:
    """The passage that a record speaks of, given its article's id and text."""
    return Passage(
        record.id,
        article_id,
        record.number,
        record.start,
        record.end,
        text[record.start : record.end],
    )


def _brief(row: tuple[Any, ...], authors: tuple[str, ...]) -> ArticleBrief:
    _, article_id, title, derived, source, url, published, language, place = row
    return ArticleBrief(
        id=article_id,
        title=title,
        title_derived=bool(derived),
        source=source,
        url=url,
        published=date.fromisoformat(published) if published else None,
        authors=authors,
        language=language,
        place=place,
    )
