"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from semsearch.errors import InputError

if TYPE_CHECKING:
    from semsearch.settings import Settings

__all__ = ["as_json", "index_option", "json_option", "needing_extra", "settings_with"]

index_option = click.option(
    "--index",
    "index_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the index (setting index_dir).",
)
json_option = click.option("--json", "as_json_", is_flag=True, help="Print JSON.")


def settings_with(**overrides: Any) -> Settings:
    """The settings, with what the command line gave on top; None means not given."""
    from semsearch.settings import load_settings

    return load_settings(overrides)


@contextmanager
def needing_extra(extra: str) -> Iterator[None]:
    """Around imports that an extra of the package brings; says how to install it when it is absent.

    Raises InputError.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(
            f"this command needs {error.name}, which is not installed: "
            f"pip install 'semsearch[{extra}]'"
        ) from error


def as_json(value: Any, default: Callable[[Any], Any] = str) -> str:
    """Indented JSON that keeps letters readable."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=default)
