"""`eval`: judge the search on questions of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from semsearch.cli.common import as_json, index_option, json_option, needing_extra, settings_with

if TYPE_CHECKING:
    from semsearch.corpus import Article
    from semsearch.evaluation import Report, VerdictReport
    from semsearch.searcher import Searcher

__all__ = ["evaluate"]

FILE = click.Path(dir_okay=False, path_type=Path)
KINDS = ("questions", "known-item", "unanswerable")


@click.command("eval")
@click.argument("collection", type=click.Path(exists=True, file_okay=False, path_type=Path))
@index_option
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="questions",
    show_default=True,
    help="The collection's questions; its articles' titles searched over bodies; or how the "
    "verdict tells answerable from unanswerable questions.",
)
@click.option("--dated", is_flag=True, help="Ask each question on its own day (metadata.date).")
@click.option("--split", default="test", show_default=True, help="Which qrels to use.")
@click.option("--worst", default=0, metavar="N", help="List the N worst questions of hybrid.")
@click.option("--baseline", type=FILE, help="Compare with a report saved by --save.")
@click.option("--save", type=FILE, help="Write every value and ranking, question by question.")
@json_option
def evaluate(
    collection: Path,
    index_dir: Path | None,
    kind: str,
    dated: bool,
    split: str,
    worst: int,
    baseline: Path | None,
    save: Path | None,
    as_json_: bool,
) -> None:
    """Measure search on COLLECTION, a folder in BEIR's layout whose corpus the index holds.

    Prints dense, lexical and hybrid side by side with 95 % intervals, and what hybrid gains over
    each of its parts with the p of a paired randomisation test. See docs/running/evaluation.md.
    """
    report = _measure(collection, index_dir, kind, dated, split)
    if save is not None:
        save.write_text(as_json(report.as_dict()), "utf-8")
    click.echo(as_json(report.as_dict()) if as_json_ else _text(report, worst, baseline))


def _measure(
    collection: Path, index_dir: Path | None, kind: str, dated: bool, split: str
) -> Report | VerdictReport:
    with needing_extra("eval"):
        from semsearch import evaluation
    from semsearch.encoder import load_encoder
    from semsearch.searcher import LiveIndex

    settings = settings_with(index_dir=index_dir)
    topics = evaluation.read_collection(collection, split)
    encoder = load_encoder(settings.model, settings.cache_dir, settings.encoder_threads)
    with LiveIndex(settings.index_dir, encoder, settings) as live, live.snapshot() as searcher:
        if kind == "known-item":
            titles = _articles(collection, searcher)
            return evaluation.known_item(searcher, titles, on_progress=_progress)
        if kind == "unanswerable":
            return evaluation.unanswerable(searcher, topics, on_progress=_progress)
        return evaluation.evaluate(searcher, topics, with_dates=dated, on_progress=_progress)


def _articles(collection: Path, searcher: Searcher) -> Iterator[Article]:
    """The articles of the collection's corpus that the index holds."""
    from semsearch.corpus import Article
    from semsearch.errors import NotFoundError
    from semsearch.readers import read_file

    for path in sorted(collection.glob("corpus.jsonl*")):
        for read in read_file(path, collection):
            if isinstance(read, Article):
                try:
                    searcher.brief(read.id)
                except NotFoundError as error:
                    raise NotFoundError(
                        f"{path}: {error}; index the collection's corpus first: "
                        f"semsearch reindex {path}"
                    ) from error
                yield read


def _text(report: Report | VerdictReport, worst: int, baseline: Path | None) -> str:
    from semsearch.evaluation import VerdictReport, load_values

    blocks = [report.table()]
    if not isinstance(report, VerdictReport):
        others = [mode for mode in report.values if mode != "hybrid"]
        blocks += [report.comparison("hybrid", other) for other in others]
        if baseline is not None:
            blocks.append(report.against(load_values(baseline)))
        if worst:
            blocks.append(report.worst("hybrid", report.measures[0], worst))
    return "\n\n".join(blocks)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} searches", nl=done == total, err=True)
