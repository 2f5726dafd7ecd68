"""`reindex`, `verify`, `info`, `rollback`: commands on the index as a whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semsearch.cli.common import as_json, index_option, json_option, settings_with
from semsearch.cli.progress_display import progress_on

if TYPE_CHECKING:
    from semsearch.settings import Settings

__all__ = ["info", "reindex", "rollback", "verify"]

PATH = click.Path(path_type=Path)
SHOWN_FAILURES = 20
WATCH_TIMEOUT_MS = 500


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@index_option
@click.option("--model", help="Encoder: default, tiny, or a sentence-transformers name or path.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--full", is_flag=True, help="Build from nothing; needed after changing the model.")
@click.option("--watch", is_flag=True, help="Stay, and run again whenever the folders change.")
@click.option("--strict", is_flag=True, help="Change nothing if any file or row cannot be read.")
@click.option("--allow-mass-delete", is_flag=True, help="Let more than half of the articles go.")
@click.option("--forget", multiple=True, type=PATH, help="Drop what came from this path.")
@click.option("--wait", "wait_s", default=0.0, help="Seconds to wait for another indexer.")
@json_option
def reindex(
    paths: tuple[Path, ...],
    index_dir: Path | None,
    model: str | None,
    watch: bool,
    as_json_: bool,
    **flags: Any,
) -> None:
    """Bring the index up to date with PATHS (files and folders).

    Without PATHS: with the paths it was built from, or the `seeds` setting at first. Only changed
    passages are embedded again; a running server takes over the new index by itself.
    """
    settings = settings_with(index_dir=index_dir, model=model)
    _reindex_once(settings, paths, flags, as_json_)
    if watch:
        _watch(settings, paths, flags, as_json_)


def _reindex_once(
    settings: Settings, paths: tuple[Path, ...], flags: dict[str, Any], json_wanted: bool
) -> None:
    from semsearch.cli.summary import summary_text
    from semsearch.indexer import Options
    from semsearch.indexer import reindex as run

    with progress_on(sys.stderr) as listener:
        summary = run(settings, Options(paths=paths, **flags), listener)
    if json_wanted:
        click.echo(as_json(summary.to_json()))
    else:
        click.echo(summary_text(summary, SHOWN_FAILURES))


def _watch(
    settings: Settings, paths: tuple[Path, ...], flags: dict[str, Any], json_wanted: bool
) -> None:
    from watchfiles import watch

    from semsearch.errors import SemsearchError
    from semsearch.indexer import roots

    watched = roots(settings, paths)
    # A full build is for the first run only; later ones take what changed.
    flags = {**flags, "full": False}
    watching = False
    # The first time-out says that watching has begun: what changed before is looked for then.
    for changes in watch(
        *watched, raise_interrupt=False, yield_on_timeout=True, rust_timeout=WATCH_TIMEOUT_MS
    ):
        if not watching:
            click.echo(f"watching {', '.join(map(str, watched))}; stop with Ctrl-C", err=True)
        elif not changes:
            continue
        watching = True
        try:
            _reindex_once(settings, paths, flags, json_wanted)
        except SemsearchError as error:
            # The next change may mend it: a watcher that leaves at the first error is no watcher.
            click.echo(f"semsearch: {error}", err=True)


@click.command()
@index_option
@json_option
def verify(index_dir: Path | None, as_json_: bool) -> None:
    """Check the index: checksums, equal counts, and a probe through each retriever."""
    from semsearch.index.check import verify as run
    from semsearch.index.generation import IndexFolder

    folder = IndexFolder(settings_with(index_dir=index_dir).index_dir)
    checks = run(folder)
    if as_json_:
        click.echo(as_json([{"check": c.name, "problem": c.problem} for c in checks]))
    else:
        for check in checks:
            click.echo(
                f"{'ok' if check.problem is None else 'BAD':<4}{check.name}"
                + (f": {check.problem}" if check.problem else "")
            )
    if any(check.problem for check in checks):
        click.echo(
            "the index is damaged: `semsearch rollback` returns to the previous generation, "
            "`semsearch reindex --full` builds a new one",
            err=True,
        )
        sys.exit(1)


@click.command()
@index_option
@json_option
def info(index_dir: Path | None, as_json_: bool) -> None:
    """Say what the index holds: generations, counts, encoder, sources of its articles."""
    from semsearch.cli.summary import info_text
    from semsearch.index.generation import IndexFolder

    folder = IndexFolder(settings_with(index_dir=index_dir).index_dir)
    current = folder.require_current()
    manifests = [folder.manifest(generation) for generation in folder.list()]
    if as_json_:
        click.echo(as_json({"current": current, "generations": manifests}))
    else:
        click.echo(info_text(folder.path, current, manifests))


@click.command()
@index_option
def rollback(index_dir: Path | None) -> None:
    """Return to the generation before the live one; running servers follow."""
    from semsearch.indexer import rollback as run

    generation = run(settings_with(index_dir=index_dir))
    click.echo(f"generation {generation} is live again; the next reindex applies the changes anew")
