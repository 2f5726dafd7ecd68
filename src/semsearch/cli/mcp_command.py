"""`mcp`: the index as tools for assistants."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from semsearch.cli.common import index_option, needing_extra, settings_with

__all__ = ["mcp"]


@click.command()
@index_option
@click.option(
    "--transport",
    type=click.Choice(["stdio", "streamable-http"]),
    default="stdio",
    show_default=True,
    help="stdio for programs that start this one, streamable-http for others.",
)
@click.option("--host", help="Address to bind over HTTP (setting host).")
@click.option("--port", type=int, help="Port to bind over HTTP (setting port).")
@click.option("--model", help="Encoder; must be the one the index was built with.")
def mcp(
    index_dir: Path | None,
    transport: Literal["stdio", "streamable-http"],
    host: str | None,
    port: int | None,
    model: str | None,
) -> None:
    """Serve the index to assistants over the Model Context Protocol."""
    with needing_extra("mcp"):
        from semsearch.mcp.tools import serve

    serve(settings_with(index_dir=index_dir, host=host, port=port, model=model), transport)
