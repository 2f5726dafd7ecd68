"""Builds generations: files and journal in, one complete new generation out, or nothing at all.

`reindex` brings the index up to date with its sources and publishes atomically; `rollback`
returns to the generation before. The old generation answers until the new one is published, and
a run that is killed at any moment leaves nothing that the next run would not clean up; what it
had encoded by then is taken over.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from semsearch.encoder import Encoder, load_encoder
from semsearch.errors import (
    EncoderError,
    IndexCorruptError,
    IndexMissingError,
    IndexStateError,
    InputError,
)
from semsearch.index.check import Check, require, verify
from semsearch.index.generation import IndexFolder, Manifest
from semsearch.index.journal import Journal
from semsearch.index.store import Store, file_records
from semsearch.indexer.build import Build, splitter_settings
from semsearch.indexer.collect import Collector, Overlay
from semsearch.indexer.progress import ProgressFile
from semsearch.indexer.report import Listener, Progress, Summary
from semsearch.indexer.scan import Known, Scope
from semsearch.indexer.sinks import LazySink, NoSink
from semsearch.indexer.spool import Spool
from semsearch.settings import Settings
from semsearch.text.language import warm

__all__ = ["Check", "Options", "Progress", "Summary", "reindex", "rollback", "roots", "verify"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """How to reindex. `paths` empty means the roots the index knows, else the `seeds` setting.

    `journal_only` leaves the files alone, as they were at the last run, where there was one; the
    server folds changes over the API in so, whatever became of the files meanwhile.
    """

    paths: tuple[Path, ...] = ()
    forget: tuple[Path, ...] = ()
    dry_run: bool = False
    full: bool = False
    strict: bool = False
    allow_mass_delete: bool = False
    journal_only: bool = False
    wait_s: float = 0.0


def reindex(
    settings: Settings,
    options: Options | None = None,
    listener: Listener | None = None,
    encoder: Encoder | None = None,
) -> Summary:
    """Bring the index up to date; returns what was done.

    `encoder` is that of the settings' model where the caller has opened it already; else it is
    opened when something is to be encoded.

    Raises IndexBusyError when another indexer is at work, MassDeleteError, EncoderError when the
    index was built with another model, ReadError for a path that does not exist, and InputError
    in strict mode when anything could not be read. After an error the index is as it was.
    """
    options = options or Options()
    folder = IndexFolder(settings.index_dir)
    if options.dry_run:  # writes nothing, so it waits for nobody
        return _Run(folder, settings, options, listener or (lambda progress: None), encoder).go()
    try:
        with folder.writer_lock(options.wait_s), ProgressFile(folder.path, listener) as progress:
            return _Run(folder, settings, options, progress, encoder).go()
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise IndexStateError(
            f"{folder.path}: cannot be written: {error.strerror or error}{where}; the index is as "
            "it was"
        ) from error


def rollback(settings: Settings) -> str:
    """Make the generation before the live one live; returns its id.

    Raises IndexMissingError when there is none. The next reindex applies the changes again.
    """
    folder = IndexFolder(settings.index_dir)
    with folder.writer_lock():
        current = folder.require_current()
        previous = folder.previous(current)
        if previous is None:
            raise IndexMissingError(
                f"{folder.path}: there is no generation before {current} to return to"
            )
        folder.manifest(previous)
        folder.set_current(previous)
        return previous


def roots(settings: Settings, paths: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The absolute paths that a reindex looks at: those named, else those known, else the seeds."""
    named = tuple(path.resolve() for path in paths)
    known = tuple(Path(root) for root in known_roots(IndexFolder(settings.index_dir)))
    chosen = named or known or tuple(path.resolve() for path in settings.seeds)
    return tuple(dict.fromkeys(chosen))


def known_roots(folder: IndexFolder) -> list[str]:
    """The paths that the live generation was built from; they outlive a full rebuild.

    Where its manifest is damaged, those of the newest generation that can be read.
    """
    current = folder.current()
    if current is None:
        return []
    for generation in dict.fromkeys([current, *reversed(folder.list())]):
        try:
            found: list[str] = folder.manifest(generation)["roots"]
        except IndexCorruptError as error:
            log.warning("%s", error)
        else:
            return found
    return []


class _Run:
    """One run of the indexer, holding the writer lock."""

    def __init__(
        self,
        folder: IndexFolder,
        settings: Settings,
        options: Options,
        listener: Listener,
        encoder: Encoder | None,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._options = options
        self._listener = listener
        self._given = encoder
        self._journal = Journal(folder.path)
        self._forgotten = tuple(path.resolve() for path in options.forget)
        self._ahead = ThreadPoolExecutor(2, "ahead")
        self._encoder: Future[Encoder] | None = None
        self._parent_id = folder.current()
        self._parent: Manifest | None = None
        self.summary = Summary(previous=self._parent_id, dry_run=options.dry_run)

    def go(self) -> Summary:
        started = time.monotonic()
        if not self._options.dry_run:
            self._folder.clean(self._settings.keep_generations)
        self._open_parent()
        sink = LazySink(self._start_build)
        try:
            overlay = self._collect(sink)
            if not self._options.dry_run:
                self._publish(sink, overlay)
        except BaseException:
            if sink.build is not None:
                sink.build.abandon()
            raise
        finally:
            self._ahead.shutdown()
        self.summary.seconds = round(time.monotonic() - started, 3)
        return self.summary

    # Opening -----------------------------------------------------------------------------------

    def _open_parent(self) -> None:
        """Read the live generation's manifest unless this run starts from nothing."""
        if self._parent_id is None or self._options.full:
            return
        manifest = self._folder.manifest(self._parent_id)
        if manifest["model"] != self._settings.model:
            raise EncoderError(
                f"{self._folder.path}: the index was built with the model {manifest['model']!r}, "
                f"the settings ask for {self._settings.model!r}; vectors of two models cannot be "
                "compared. Run `semsearch reindex --full` to build the index anew"
            )
        # Other passage settings: every article is split anew, which is a full build; passages
        # that come out the same cost their encoding again, as nothing else tells them apart.
        if manifest["splitter"] == asdict(splitter_settings(self._settings)):
            self._parent = manifest

    def _known(self) -> Known:
        if self._parent_id is None:
            return Known()
        path = self._folder.generation_path(self._parent_id) / "store.sqlite"
        try:
            store = Store(path)
        except IndexCorruptError as error:
            if self._parent is not None:
                raise
            log.warning("building anew without comparing: %s", error)
            return Known(rebuild=True)
        with store:
            return Known(file_records(path), store.article_hashes(), self._parent is None)

    def _roots(self) -> tuple[Path, ...]:
        """What to look at. A full build looks at all known roots too: it starts from nothing."""
        wanted = roots(self._settings, self._options.paths)
        if self._parent is None:
            wanted = tuple(dict.fromkeys([*map(Path, known_roots(self._folder)), *wanted]))
        return tuple(root for root in wanted if root not in self._forgotten)

    # Collecting --------------------------------------------------------------------------------

    def _collect(self, sink: LazySink) -> Overlay:
        """Find out what changed, telling the sink."""
        started = time.monotonic()
        known = self._known()
        files_too = self._parent is None or not self._options.journal_only
        roots_now = self._roots() if files_too else ()
        scope = Scope.of(roots_now, self._forgotten, known_roots(self._folder))
        self.summary.files_skipped = scope.skipped
        target = NoSink() if self._options.dry_run else sink
        collector = Collector(known, scope, target, self.summary)
        overlay = Overlay.of(self._journal)
        if collector.will_read and not self._options.dry_run:
            self._load_ahead()
        collector.files(overlay, lambda n: self._listener(Progress("reading", n, None)))
        after = self._parent["journal_seq"] if self._parent else 0
        collector.journal(self._journal.changes(after), overlay)
        collector.vanished(overlay, self._options.allow_mass_delete)
        self._held = collector.held()
        if self._options.strict:
            self._refuse_failures(collector.unchanged)
        self.summary.articles_unchanged = len(known.articles) - (
            self.summary.articles_changed + self.summary.articles_removed
        )
        self.summary.stage_seconds["reading"] = round(time.monotonic() - started, 3)
        return overlay

    def _refuse_failures(self, unchanged: Collection[str]) -> None:
        """Raise InputError for what failed now, or failed before in a file that is unchanged."""
        failures = list(self.summary.failures)
        if self._parent_id is not None and unchanged:
            path = self._folder.generation_path(self._parent_id) / "store.sqlite"
            with Store(path) as store:
                failures += [f for f in store.failures(limit=-1) if f.path in unchanged]
        if failures:
            first = failures[0]
            where = first.path if first.line is None else f"{first.path}:{first.line}"
            raise InputError(
                f"{len(failures)} files or rows could not be read, the first {where}: "
                f"{first.reason}; nothing was changed"
            )

    # Building ----------------------------------------------------------------------------------

    def _start_build(self) -> Build:
        """Open a staging folder on the parent; called at the first change."""
        encoder = self._load_encoder()
        parent = None
        if self._parent is not None and self._parent_id is not None:
            parent = self._folder.generation_path(self._parent_id)
        staging = self._folder.new_staging()
        self._staging = staging
        return Build(staging, parent, encoder, self._settings, self._listener, self.summary)

    def _load_ahead(self) -> None:
        """Load the models on other threads while files are read: they take a second together."""
        self._ahead.submit(warm)
        self._encoder = self._ahead.submit(self._open_encoder)

    def _load_encoder(self) -> Encoder:
        if self._encoder is None:
            self._encoder = self._ahead.submit(self._open_encoder)
        return self._encoder.result()

    def _open_encoder(self) -> Encoder:
        encoder = self._given or load_encoder(
            self._settings.model, self._settings.cache_dir, self._settings.encoder_threads
        )
        built_with = self._parent["encoder"]["fingerprint"] if self._parent else None
        if built_with not in (None, encoder.fingerprint):
            raise EncoderError(
                f"{self._folder.path}: the model {self._settings.model!r} is not the one the "
                "index was built with (its weights or prompts changed). Run `semsearch "
                "reindex --full` to build the index anew"
            )
        return encoder

    def _publish(self, sink: LazySink, overlay: Overlay) -> None:
        build = sink.settle()
        # The very first run publishes even an empty index, so that "empty" and "missing" differ.
        if build is None and (self._parent is None or self._journal_moved(overlay)):
            build = sink.build = self._start_build()
        if build is None:
            # Nothing is left to encode: what a killed run encoded has been published since.
            shutil.rmtree(self._folder.spool, ignore_errors=True)
            self._count_unchanged()
            return
        encoder = self._load_encoder()
        spool = Spool(self._folder.spool, encoder.fingerprint, encoder.dim)
        try:
            manifest = build.finish(self._manifest(encoder, overlay), spool)
            self._listener(Progress("checking", 0, 1))
            started = time.monotonic()
            require(self._staging.path, encoder.dim)
            self.summary.stage_seconds["checking"] = round(time.monotonic() - started, 3)
            started = time.monotonic()
            self._staging.publish(manifest)
            self.summary.stage_seconds["publishing"] = round(time.monotonic() - started, 3)
        finally:
            spool.close()
        spool.remove()
        self._journal.compact()
        self._folder.clean(self._settings.keep_generations)
        self._take_counts(self._staging.generation, manifest)

    def _journal_moved(self, overlay: Overlay) -> bool:
        return self._parent is not None and self._parent["journal_seq"] != overlay.last

    def _manifest(self, encoder: Encoder, overlay: Overlay) -> Manifest:
        return {
            "parent": self._parent_id if self._parent else None,
            "model": self._settings.model,
            "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
            "dim": encoder.dim,
            "splitter": asdict(splitter_settings(self._settings)),
            "roots": self._roots_from_now_on(),
            "journal_seq": overlay.last,
            "failures": len(self.summary.failures),
        }

    def _roots_from_now_on(self) -> list[str]:
        """The known roots and the new ones, without those that were forgotten, that lie in
        another, or that are gone with all that they held (a folder that was moved)."""
        kept: list[Path] = []
        for root in dict.fromkeys([*map(Path, known_roots(self._folder)), *self._roots()]):
            inside = root.is_dir() and any(other in root.parents for other in kept)
            alive = root.exists() or any(_under(file, root) for file in self._held)
            if alive and not inside and root not in self._forgotten:
                kept.append(root)
        return [str(root) for root in kept]

    def _count_unchanged(self) -> None:
        if self._parent is not None and self._parent_id is not None:
            self._take_counts(self._parent_id, self._parent)

    def _take_counts(self, generation: str, manifest: Manifest) -> None:
        self.summary.generation = generation
        counts = manifest["counts"]
        self.summary.articles = counts["articles"]
        self.summary.passages = counts["passages"]
        self.summary.quotes = counts["quotes"]


def _under(file: str, root: Path) -> bool:
    return Path(file) == root or root in Path(file).parents
