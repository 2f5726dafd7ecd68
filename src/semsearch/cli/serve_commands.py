"""`serve`: the web service."""

from __future__ import annotations

from pathlib import Path

import click

from semsearch.cli.common import index_option, settings_with

__all__ = ["serve"]


@click.command()
@index_option
@click.option("--host", help="Address to bind (setting host).")
@click.option("--port", type=int, help="Port to bind, 0 for a free one (setting port).")
@click.option("--workers", type=int, help="Server processes (setting workers).")
@click.option(
    "--anonymous",
    type=click.Choice(["loopback", "always", "never"]),
    help="Who may search without a key (setting anonymous).",
)
@click.option("--model", help="Encoder; must be the one the index was built with.")
def serve(
    index_dir: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    anonymous: str | None,
    model: str | None,
) -> None:
    """Serve the search page and the JSON API until told to stop."""
    from semsearch.web.serving.launch import serve as run

    run(
        settings_with(
            index_dir=index_dir,
            host=host,
            port=port,
            workers=workers,
            anonymous=anonymous,
            model=model,
        )
    )
