"""The command line: parses arguments, prints, draws progress. Work is done elsewhere.

Exit codes: 0 all well, 1 the command ran and found something wrong (a damaged index), 2 the
command could not run as asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from semsearch import __version__
from semsearch.errors import SemsearchError

__all__ = ["cli", "main"]

# Module, and the name in it where that is not the command's own. Imported when called: the key
# commands need not load the indexer.
COMMANDS = {
    "reindex": "index_commands",
    "verify": "index_commands",
    "info": "index_commands",
    "rollback": "index_commands",
    "search": "search_commands",
    "quotes": "search_commands",
    "eval": "eval_command:evaluate",
    "serve": "serve_commands",
    "keys": "key_commands",
    "mcp": "mcp_command",
}


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        room, _, name = COMMANDS[cmd_name].partition(":")
        module = import_module(f"semsearch.cli.{room}")
        command: click.Command = getattr(module, name or cmd_name)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="semsearch")
def cli() -> None:
    """Answer questions about news articles with the exact passages that answer them."""


def _leave_at_once() -> NoReturn:
    """End a process that has only read. Taking networks, maps and modules apart piece by piece
    would keep the shell waiting for a tenth of a second after the answer."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; expected errors are printed without a trace and exit with 2."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        cli.main(args=given, prog_name="semsearch")
    except SystemExit as left:
        if given[:1] == ["search"] and not left.code:
            _leave_at_once()
        raise
    except SemsearchError as error:
        click.echo(f"semsearch: {error}", err=True)
        sys.exit(2)
