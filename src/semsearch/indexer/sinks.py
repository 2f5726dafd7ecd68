"""Where a run's decisions go: nowhere, or into a build that starts with the first change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from semsearch.corpus import Article, Failure
from semsearch.index.store import FileRecord
from semsearch.indexer.build import Build

__all__ = ["LazySink", "NoSink"]


class NoSink:
    """A dry run: everything is decided and nothing done."""

    def put(self, article: Article, file: str) -> None: ...
    def move(self, article_id: str, file: str) -> None: ...
    def remove(self, article_id: str) -> None: ...
    def file(self, record: FileRecord, failures: list[Failure]) -> None: ...
    def refresh(self, record: FileRecord) -> None: ...
    def forget_file(self, path: str) -> None: ...


@dataclass
class LazySink:
    """Starts a build at the first change, so that a run without one costs next to nothing.

    Records of files are held back: a time stamp that moved is no reason for a generation.
    """

    start: Callable[[], Build]
    build: Build | None = None
    held: list[tuple[FileRecord, list[Failure]]] = field(default_factory=list)
    refreshed: list[FileRecord] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def _started(self) -> Build:
        if self.build is None:
            self.build = self.start()
        return self.build

    def put(self, article: Article, file: str) -> None:
        self._started().put(article, file)

    def remove(self, article_id: str) -> None:
        self._started().remove(article_id)

    def move(self, article_id: str, file: str) -> None:
        self.moved.append((article_id, file))

    def file(self, record: FileRecord, failures: list[Failure]) -> None:
        self.held.append((record, list(failures)))

    def refresh(self, record: FileRecord) -> None:
        self.refreshed.append(record)

    def forget_file(self, path: str) -> None:
        self.forgotten.append(path)

    def settle(self) -> Build | None:
        """Hand over what was held back; the build, or None when there is nothing to publish.

        Changed bytes that changed no article are worth a generation: without one, each later
        run would read them again.
        """
        if self.build is None and not (self.held or self.moved or self.forgotten):
            return None
        build = self._started()
        for article_id, file in self.moved:
            build.move(article_id, file)
        for path in self.forgotten:
            build.forget_file(path)
        for record, failures in self.held:
            build.file(record, failures)
        for record in self.refreshed:
            build.refresh(record)
        return build
