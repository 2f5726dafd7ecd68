"""`search` and `quotes`: commands that ask."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from semsearch.cli.common import as_json, index_option, json_option, settings_with

__all__ = ["quotes", "search"]


@click.command()
@click.argument("question", nargs=-1, required=True)
@index_option
@click.option("-k", default=5, show_default=True, help="How many hits.")
@click.option("--mode", type=click.Choice(["hybrid", "dense", "lexical"]), default="hybrid")
@click.option("--explain", is_flag=True, help="Show the parts of each score.")
@json_option
def search(
    question: tuple[str, ...],
    index_dir: Path | None,
    k: int,
    mode: Any,
    explain: bool,
    as_json_: bool,
) -> None:
    """Answer QUESTION with ranked passages."""
    settings = settings_with(index_dir=index_dir)
    from semsearch.encoder import load_beside

    encoder = load_beside(settings.model, settings.cache_dir, settings.encoder_threads)
    # Imported now, not before: Python reads these while the network is made ready.
    from semsearch.cli.hit_text import results_text
    from semsearch.hits import Query
    from semsearch.searcher import LiveIndex

    query = Query(" ".join(question), k=k, mode=mode, per_article=settings.per_article)
    with (
        LiveIndex(settings.index_dir, encoder.result(), settings) as live,
        live.snapshot() as searcher,
    ):
        results = searcher.search(query)
    click.echo(as_json(asdict(results)) if as_json_ else results_text(results, explain))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def quotes(file: Path, as_json_: bool) -> None:
    """Print who said what in FILE (any format that can be indexed)."""
    from semsearch.corpus import Article, Failure
    from semsearch.quotes.extraction import extract_quotes
    from semsearch.readers import read_file

    for read in read_file(file, file.parent):
        if isinstance(read, Failure):
            click.echo(f"{read.path}:{read.line or 0}: {read.reason}", err=True)
        elif isinstance(read, Article):
            for quote in extract_quotes(read):
                click.echo(_quote_line(asdict(quote), as_json_))


def _quote_line(quote: dict[str, Any], json_wanted: bool) -> str:
    if json_wanted:
        return as_json(quote)
    marks = "“{}”" if quote["kind"] == "direct" else "{}"
    return f"{quote['speaker'] or 'unnamed'}: {marks.format(' '.join(quote['text'].split()))}"
