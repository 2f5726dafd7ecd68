"""Deciding article by article: what is added, changed, removed, or left as it is.

The sources are the files in scope and the journal of the API. The journal overlays the files:
what was put there replaces a file's article of the same id, what was deleted there stays away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.errors import MassDeleteError
from semsearch.index.journal import Change, Journal
from semsearch.index.store import FileRecord
from semsearch.indexer.analysis import readable
from semsearch.indexer.progress import Summary
from semsearch.indexer.scan import Known, Scanner, Scope

__all__ = [
    "JOURNAL",
    "Collector",
    "Decision",
    "ForgetFile",
    "Move",
    "NoteFile",
    "Overlay",
    "Put",
    "Refresh",
    "Remove",
]

JOURNAL = "journal:"


@dataclass(frozen=True, slots=True)
class Put:
    """Add this article of this file, or replace the one that has its id."""

    article: Article
    file: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the article; there may be none of this id."""

    article_id: str


@dataclass(frozen=True, slots=True)
class Move:
    """An unchanged article now comes from another file."""

    article_id: str
    file: str


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file was read, but for these failures."""

    record: FileRecord
    failures: Sequence[Failure]


@dataclass(frozen=True, slots=True)
class ForgetFile:
    """A file is gone."""

    path: str


@dataclass(frozen=True, slots=True)
class Refresh:
    """A file's time stamp moved; its bytes and failures are as before."""

    record: FileRecord


Decision = Put | Remove | Move | NoteFile | ForgetFile | Refresh


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
        return self.words.get(change.article_id, (0, False))[0] == change.n


class Collector:
    """One pass over all sources: `decide` once, then ask for the rest. Fills in `summary`."""

    def __init__(self, known: Known, scope: Scope, overlay: Overlay, summary: Summary) -> None:
        self._known = known
        self._scope = scope
        self.overlay = overlay
        self._summary = summary
        self._scanner = Scanner(known, scope)
        # Article id -> the source that it belongs to in this run; and the ids that go.
        self._seen: dict[str, str] = {}
        self._gone: set[str] = set()
        # Files that could not be read to their end: what the index holds of them stays, since
        # a damaged file says nothing about what was meant to go.
        self._damaged: set[str] = set()

    def decide(
        self,
        changes: Iterable[Change],
        allow_mass_delete: bool,
        on_article: Callable[[int], None],
    ) -> Iterator[Decision]:
        """What to do, found out while it is asked for, so that few articles are held at a time.

        No id is spoken of twice, and each Refresh comes after all that is a reason for a new
        generation. `changes` are those of the journal that the index lacks. `on_article` hears
        how many articles were read. Raises MassDeleteError.
        """
        yield from self._read_files(on_article)
        yield from self._apply(changes)
        yield from self._drop_vanished(allow_mass_delete)
        yield from map(Refresh, self._scanner.refreshed)
        summary = self._summary
        summary.files_unchanged = len(self._scanner.unchanged)
        summary.articles_removed = len(self._gone)
        summary.articles_unchanged = len(self._known.articles) - (
            summary.articles_changed + summary.articles_removed
        )

    def _read_files(self, on_article: Callable[[int], None]) -> Iterator[Decision]:
        """Read what changed among the files in scope."""
        count = 0
        for scan in self._scanner.to_read():
            if isinstance(scan, Failure):
                self._fail([scan])
                continue
            contested = False
            for article in scan.articles:
                if (owner := self._owner(article.id, scan.record.path)) is not None:
                    scan.failures.append(_id_taken(article.id, scan.record.path, owner))
                    contested |= owner != scan.record.path
                elif article.id in self.overlay.words:
                    self._seen[article.id] = JOURNAL
                else:
                    yield from self._compare(readable(article), scan.record.path)
                count += 1
                on_article(count)
            self._summary.files_read += 1
            self._fail(scan.failures)
            yield NoteFile(replace(scan.record, contested=contested), scan.failures)

    @property
    def will_read(self) -> bool:
        """Whether any file is new or changed."""
        return self._scanner.will_read

    @property
    def unchanged(self) -> set[str]:
        """Paths of the files whose bytes are as before, and that were not read again."""
        return self._scanner.unchanged

    def _owner(self, article_id: str, path: str) -> str | None:
        """The source that this id belongs to in this run, None when this file may have it.

        Of several files the first in the order of the run wins, whichever the index knew before,
        so that a run that reads little decides as a full one does.
        """
        if article_id in self._seen:
            return self._seen[article_id]
        _, file = self._known.articles.get(article_id, ("", path))
        if file in self._scanner.unchanged and file != path:
            if self._scanner.position[file] < self._scanner.position[path]:
                return file
            self._scanner.reread.add(file)  # it loses the id, and is to say so
        elif file not in self._scanner.position and not self._scope.holds(file):
            return file if file != JOURNAL and Path(file).exists() else None
        return None

    def _compare(self, article: Article, file: str) -> Iterator[Decision]:
        """What to do with an article that was read; nothing where the index has it so."""
        self._seen[article.id] = file
        known_hash, known_file = self._known.articles.get(article.id, (None, None))
        if known_hash == article.content_hash and not self._known.rebuild:
            if known_file != file:
                yield Move(article.id, file)
            return
        if known_hash is None:
            self._summary.articles_added += 1
        elif known_hash != article.content_hash:
            self._summary.articles_changed += 1
        yield Put(article, file)

    def _apply(self, changes: Iterable[Change]) -> Iterator[Decision]:
        """Apply changes that came over the API; of several for one id the last one counts."""
        for change in filter(self.overlay.is_last, changes):
            if change.article is not None:
                yield from self._compare(readable(change.article), JOURNAL)
                continue
            self._seen.pop(change.article_id, None)
            yield Remove(change.article_id)
            if change.article_id in self._known.articles:
                self._gone.add(change.article_id)

    def _drop_vanished(self, allow_mass_delete: bool) -> Iterator[Decision]:
        """Remove what the files in scope no longer hold; raises MassDeleteError."""
        lost = [
            article_id
            for article_id, (_, file) in self._known.articles.items()
            if article_id not in self._seen
            and article_id not in self._gone
            and not self.overlay.has_put(article_id)
            and (self._known.rebuild or self._lost(file))
        ]
        self._guard(len(lost), allow_mass_delete)
        self._gone.update(lost)
        yield from map(Remove, lost)
        yield from map(ForgetFile, self._dead_files())

    def _lost(self, file: str) -> bool:
        """Whether a file that no longer names an article of its own means that it should go."""
        if file in self._scanner.position:
            return file not in self._scanner.unchanged and file not in self._damaged
        return self._scope.holds(file)

    def _dead_files(self) -> list[str]:
        """Known files that went, and those elsewhere that went with all that they held (a folder
        that was moved)."""
        held = self.held()
        return [
            path
            for path in self._known.files
            if path not in self._scanner.position
            and (self._scope.holds(path) or (path not in held and not Path(path).exists()))
        ]

    def held(self) -> set[str]:
        """The files that articles of the coming generation come from."""
        kept = self._known.articles.keys() - self._gone
        old = {} if self._known.rebuild else {i: self._known.articles[i][1] for i in kept}
        return set((old | self._seen).values())

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
        self._damaged.update(
            f.path
            for f in failures
            if f.kind == "rest_lost" or (f.kind == "unreadable" and f.line is None)
        )


def _id_taken(article_id: str, path: str, owner: str) -> Failure:
    reason = f"article id {article_id!r} is used by {owner} already; this one is left out"
    return Failure(path, None, reason, "id_taken")
