"""`keys`: make, list and revoke the keys of the API."""

from __future__ import annotations

from pathlib import Path

import click

from semsearch.cli.common import index_option, settings_with
from semsearch.web.keys import SCOPES, Key, KeyRing, Scope

__all__ = ["keys"]


@click.group()
def keys() -> None:
    """Make, list and revoke API keys; a running server follows at once."""


@keys.command()
@index_option
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("search",),
    show_default=True,
    type=click.Choice(SCOPES),
    help="What the key allows; repeatable. write implies search, admin implies all.",
)
def add(index_dir: Path | None, name: str, scopes: tuple[Scope, ...]) -> None:
    """Make a key called NAME and print it, this once: only a hash is kept."""
    key, text = _ring(index_dir).add(name, scopes)
    click.echo(text)
    click.echo(f"key {key.id} ({name}) allows: {', '.join(key.scopes)}", err=True)


@keys.command("list")
@index_option
def list_keys(index_dir: Path | None) -> None:
    """List the keys, oldest first."""
    for key in _ring(index_dir).list():
        click.echo(_line(key))


@keys.command()
@index_option
@click.argument("key_id", metavar="ID")
def revoke(index_dir: Path | None, key_id: str) -> None:
    """Revoke the key of this ID, as `semsearch keys list` shows it."""
    key = _ring(index_dir).revoke(key_id)
    click.echo(f"revoked {_line(key)}", err=True)


def _ring(index_dir: Path | None) -> KeyRing:
    return KeyRing(settings_with(index_dir=index_dir).index_dir)


def _line(key: Key) -> str:
    return f"{key.id}  {key.made.date()}  {','.join(key.scopes):<12}  {key.name}"
