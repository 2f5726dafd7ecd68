"""One run of the indexer: what changed, built into a new generation that is published whole."""

from __future__ import annotations

import logging
import shutil
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from semsearch.encoder import Encoder, load_encoder
from semsearch.errors import (
    EncoderError,
    IndexCorruptError,
    IndexMissingError,
    IndexStateError,
    InputError,
)
from semsearch.index.check import require
from semsearch.index.generation import IndexFolder, Manifest
from semsearch.index.journal import Journal
from semsearch.index.store import Store, file_records
from semsearch.indexer.build import Build, splitter_settings
from semsearch.indexer.collect import Collector, Decision, Overlay, Refresh
from semsearch.indexer.progress import Listener, Progress, ProgressFile, Summary
from semsearch.indexer.scan import Known, Scope
from semsearch.indexer.spool import Spool
from semsearch.settings import Settings
from semsearch.text.language import warm

__all__ = ["Options", "Progress", "Summary", "reindex", "rollback", "roots"]

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
    in strict mode when anything could not be read. After an error before the new generation is
    published the index is as it was; cleaning up follows, and its errors are raised too.
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
    """One run of the indexer, holding the writer lock. Make it, then `go`, once."""

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
        self._journal = Journal(folder.path)
        self._forgotten = tuple(path.resolve() for path in options.forget)
        self._live = folder.current()
        # The manifest of the live generation; None in a run that starts from nothing.
        self._parent = self._read_parent()
        self._models = _Models(lambda: self._open_encoder(encoder))
        self._summary = Summary(previous=self._live, dry_run=options.dry_run)

    def go(self) -> Summary:
        """Bring the index up to date; returns what was done."""
        started = time.monotonic()
        if not self._options.dry_run:
            self._folder.clean(self._settings.keep_generations)
        with closing(self._models):
            self._bring_up_to_date()
        self._summary.seconds = round(time.monotonic() - started, 3)
        return self._summary

    def _bring_up_to_date(self) -> None:
        started = time.monotonic()
        self._listener(Progress("reading", 0, None))
        overlay = Overlay.of(self._journal)
        collector = self._collector(overlay)
        decisions = self._decisions(collector, started)
        if self._options.dry_run:
            deque(decisions, maxlen=0)
            return
        if collector.will_read:
            self._models.load()
        # A time stamp that moved is no reason for a generation; those come last.
        first = next(decisions, None)
        worth_one = first is not None and not isinstance(first, Refresh)
        # The very first run publishes even an empty index, so that "empty" and "missing" differ.
        if worth_one or self._parent is None or self._parent["journal_seq"] != overlay.last:
            self._build(chain([first] if first else [], decisions), collector)
            return
        deque(decisions, maxlen=0)
        # Nothing is left to encode: what a killed run encoded has been published since.
        shutil.rmtree(self._folder.spool, ignore_errors=True)
        self._take_counts(self._live, self._parent)

    # Opening -----------------------------------------------------------------------------------

    def _read_parent(self) -> Manifest | None:
        """The live generation's manifest, None where this run starts from nothing."""
        if self._live is None or self._options.full:
            return None
        manifest = self._folder.manifest(self._live)
        if manifest["model"] != self._settings.model:
            raise EncoderError(
                f"{self._folder.path}: the index was built with the model {manifest['model']!r}, "
                f"the settings ask for {self._settings.model!r}; vectors of two models cannot be "
                "compared. Run `semsearch reindex --full` to build the index anew"
            )
        # Other passage settings: every article is split anew, which is a full build; passages
        # that come out the same cost their encoding again, as nothing else tells them apart.
        unchanged = manifest["splitter"] == asdict(splitter_settings(self._settings))
        return manifest if unchanged else None

    def _known(self) -> Known:
        if self._live is None:
            return Known()
        path = self._folder.generation_path(self._live) / "store.sqlite"
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

    def _open_encoder(self, given: Encoder | None) -> Encoder:
        encoder = given or load_encoder(
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

    # Deciding ----------------------------------------------------------------------------------

    def _collector(self, overlay: Overlay) -> Collector:
        files_too = self._parent is None or not self._options.journal_only
        roots_now = self._roots() if files_too else ()
        scope = Scope.of(roots_now, self._forgotten, known_roots(self._folder))
        self._summary.files_skipped = scope.skipped
        return Collector(self._known(), scope, overlay, self._summary)

    def _decisions(self, collector: Collector, started: float) -> Iterator[Decision]:
        """What to change, one by one as it is found out; raises what forbids the whole run."""
        after = self._parent["journal_seq"] if self._parent else 0
        yield from collector.decide(
            self._journal.changes(after),
            self._options.allow_mass_delete,
            lambda n: self._listener(Progress("reading", n, None)),
        )
        if self._options.strict:
            self._refuse_failures(collector.unchanged)
        self._summary.stage_seconds["reading"] = round(time.monotonic() - started, 3)

    def _refuse_failures(self, unchanged: Collection[str]) -> None:
        """Raise InputError for what failed now, or failed before in a file that is unchanged."""
        failures = list(self._summary.failures)
        if self._live is not None and unchanged:
            path = self._folder.generation_path(self._live) / "store.sqlite"
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

    def _build(self, decisions: Iterable[Decision], collector: Collector) -> None:
        """Carry the decisions out in a new generation, and publish it."""
        encoder = self._models.encoder()
        staging = self._folder.new_staging()
        try:
            manifest = self._fill(staging.path, encoder, decisions, collector)
            with self._summary.timed("publishing"):
                staging.publish(manifest)
        except BaseException:
            staging.discard()
            raise
        shutil.rmtree(self._folder.spool, ignore_errors=True)
        self._journal.compact()
        self._folder.clean(self._settings.keep_generations)
        self._take_counts(staging.generation, manifest)

    def _fill(
        self, path: Path, encoder: Encoder, decisions: Iterable[Decision], collector: Collector
    ) -> Manifest:
        """Write a whole generation into this folder; returns its manifest."""
        parent = self._folder.generation_path(self._live) if self._parent and self._live else None
        with closing(
            Build(path, parent, encoder, self._settings, self._listener, self._summary)
        ) as build:
            build.replay(decisions)
            with closing(Spool(self._folder.spool, encoder.fingerprint, encoder.dim)) as spool:
                written = build.finish(spool)
        self._listener(Progress("checking", 0, 1))
        with self._summary.timed("checking"):
            require(path, encoder.dim)
        self._listener(Progress("checking", 1, 1))
        return self._manifest(encoder, collector) | written

    def _manifest(self, encoder: Encoder, collector: Collector) -> Manifest:
        return {
            "parent": self._live if self._parent else None,
            "model": self._settings.model,
            "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
            "dim": encoder.dim,
            "splitter": asdict(splitter_settings(self._settings)),
            "roots": self._roots_from_now_on(collector.held()),
            "journal_seq": collector.overlay.last,
            "failures": len(self._summary.failures),
        }

    def _roots_from_now_on(self, held: Collection[str]) -> list[str]:
        """The known roots and the new ones, without those that were forgotten, that lie in
        another, or that are gone with all that they held (a folder that was moved)."""
        kept: list[Path] = []
        for root in dict.fromkeys([*map(Path, known_roots(self._folder)), *self._roots()]):
            inside = root.is_dir() and any(other in root.parents for other in kept)
            alive = root.exists() or any(_under(file, root) for file in held)
            if alive and not inside and root not in self._forgotten:
                kept.append(root)
        return [str(root) for root in kept]

    def _take_counts(self, generation: str | None, manifest: Manifest) -> None:
        self._summary.generation = generation
        counts = manifest["counts"]
        self._summary.articles = counts["articles"]
        self._summary.passages = counts["passages"]
        self._summary.quotes = counts["quotes"]


class _Models:
    """The models, loaded on other threads while files are read: they take a second together."""

    def __init__(self, open_encoder: Callable[[], Encoder]) -> None:
        self._open_encoder = open_encoder
        self._threads = ThreadPoolExecutor(2, "models")
        self._encoder: Future[Encoder] | None = None

    def load(self) -> Future[Encoder]:
        """Begin to load them, the first time."""
        if self._encoder is None:
            self._threads.submit(warm)
            self._encoder = self._threads.submit(self._open_encoder)
        return self._encoder

    def encoder(self) -> Encoder:
        """The encoder, waiting for it; raises what opening it raised."""
        return self.load().result()

    def close(self) -> None:
        """Wait for what is being loaded."""
        self._threads.shutdown()


def _under(file: str, root: Path) -> bool:
    return Path(file) == root or root in Path(file).parents
