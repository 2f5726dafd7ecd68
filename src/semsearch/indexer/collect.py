"""Deciding article by article: what is added, changed, removed, or left as it is.

The sources are the files in scope and the journal of the API. The journal overlays the files:
what was put there replaces a file's article of the same id, what was deleted there stays away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from semsearch.corpus import Article, Failure
from semsearch.errors import MassDeleteError
from semsearch.indexer.analysis import readable
from semsearch.indexer.report import Summary
from semsearch.indexer.scan import FileScan, Known, Scanner, Scope
from semsearch.journal import Change, Journal
from semsearch.store import FileRecord

__all__ = ["JOURNAL", "Collector", "Sink"]

JOURNAL = "journal:"


class Sink(Protocol):
    """Where decisions go: a generation being built, or nothing for a dry run."""

    def put(self, article: Article, file: str) -> None: ...
    def move(self, article_id: str, file: str) -> None: ...
    def remove(self, article_id: str) -> None: ...
    def file(self, record: FileRecord, failures: list[Failure]) -> None: ...
    def refresh(self, record: FileRecord) -> None: ...
    def forget_file(self, path: str) -> None: ...


@dataclass
class Overlay:
    """The journal's last word on each id it mentions: the change's number, and whether it put."""

    words: dict[str, tuple[int, bool]]
    last: int

    @classmethod
    def of(cls, journal: Journal) -> Overlay:
        """Read the whole journal, keeping no article's text."""
        words: dict[str, tuple[int, bool]] = {}
        last = 0
        for change in journal.changes():
            words[change.article_id] = (change.n, change.article is not None)
            last = change.n
        return cls(words, last)

    def has_put(self, article_id: str) -> bool:
        return self.words.get(article_id, (0, False))[1]

    def is_last(self, change: Change) -> bool:
        """Whether no later change speaks of the same article."""
        return self.words[change.article_id][0] == change.n


class Collector:
    """One pass over all sources, telling `sink` what to do and `summary` what was done."""

    def __init__(self, known: Known, sink: Sink, summary: Summary) -> None:
        self._known = known
        self._sink = sink
        self._summary = summary
        self._seen: dict[str, str] = {}
        # Files that could not be read to their end: what the index holds of them stays, since
        # a damaged file says nothing about what was meant to go.
        self._damaged: set[str] = set()
        self._scanner = Scanner(known)

    def files(
        self, scope: Scope, overlay: Overlay, on_article: Callable[[int], None]
    ) -> None:
        """Read what changed among the files in scope."""
        count = 0
        for scan in self._scanner.changed_files(scope.files):
            if isinstance(scan, Failure):
                self._fail([scan])
                continue
            for article in self._articles(scan, overlay):
                self._decide(article, scan.record.path)
                count += 1
                on_article(count)
            self._summary.files_read += 1
            self._fail(scan.failures)
            self._sink.file(scan.record, scan.failures)
        for record in self._scanner.refreshed:
            self._sink.refresh(record)
        self._summary.files_unchanged = len(self._scanner.unchanged)

    def _articles(self, scan: FileScan, overlay: Overlay) -> Iterator[Article]:
        for article in scan.articles:
            owner = self._owner(article.id)
            if owner is not None:
                reason = f"article id {article.id!r} is used by {owner} already; this one is left out"
                scan.failures.append(Failure(scan.record.path, None, reason))
            elif article.id in overlay.words:
                self._seen[article.id] = JOURNAL
            else:
                yield readable(article)

    def _owner(self, article_id: str) -> str | None:
        """The file that this id belongs to in this run, None when it is free."""
        if article_id in self._seen:
            return self._seen[article_id]
        _, file = self._known.articles.get(article_id, (None, ""))
        return file if file in self._scanner.unchanged else None

    def _decide(self, article: Article, file: str) -> None:
        self._seen[article.id] = file
        known_hash, known_file = self._known.articles.get(article.id, (None, None))
        if known_hash == article.content_hash:
            self._summary.articles_unchanged += 1
            if known_file != file:
                self._sink.move(article.id, file)
            return
        if known_hash is None:
            self._summary.articles_added += 1
        else:
            self._summary.articles_changed += 1
        self._sink.put(article, file)

    def journal(self, changes: Iterator[Change], overlay: Overlay) -> None:
        """Apply changes that came over the API; of several for one id the last one counts."""
        for change in filter(overlay.is_last, changes):
            if change.article is not None:
                self._decide(readable(change.article), JOURNAL)
            elif change.article_id in self._known.articles or change.article_id in self._seen:
                self._seen.pop(change.article_id, None)
                self._summary.articles_removed += 1
                self._sink.remove(change.article_id)

    def vanished(self, scope: Scope, overlay: Overlay, allow_mass_delete: bool) -> None:
        """Remove what the files in scope no longer hold; raises MassDeleteError."""
        present = {str(file.path) for _, file in scope.files}
        lost_files = {
            path
            for path, record in self._known.files.items()
            if scope.holds(record) and path not in present
        }
        kept = self._scanner.unchanged | self._damaged
        lost = [
            article_id
            for article_id, (_, file) in self._known.articles.items()
            if article_id not in self._seen
            and (file in lost_files or (file in present and file not in kept))
            and not overlay.has_put(article_id)
        ]
        self._guard(len(lost), allow_mass_delete)
        for article_id in lost:
            self._sink.remove(article_id)
        for path in lost_files:
            self._sink.forget_file(path)
        self._summary.articles_removed += len(lost)

    def _guard(self, lost: int, allowed: bool) -> None:
        total = len(self._known.articles)
        if lost * 2 > total and not allowed:
            raise MassDeleteError(
                f"this run would remove {lost} of {total} articles; nothing was changed. If that "
                "is meant, run it again with --allow-mass-delete; if not, look whether a folder "
                "is empty or not mounted"
            )

    def _fail(self, failures: list[Failure]) -> None:
        self._summary.articles_failed += len(failures)
        self._summary.failures.extend(failures)
        self._damaged.update(f.path for f in failures if f.line is None)
