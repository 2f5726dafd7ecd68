"""Write docs/running/settings.md from the settings: `python scripts/settings_table.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from semsearch.settings import PREFIX, Settings

__all__ = ["document"]

TARGET = Path(__file__).resolve().parents[1] / "docs/running/settings.md"
HEAD = f"""# Settings

Every setting has a default, so none has to be set. A setting is read from these places; a later one
overrides an earlier one:

1. a TOML file: `semsearch.toml` in the working directory, or the file that `SEMSEARCH_CONFIG`
   names, with lines such as `port = 9000` or `seeds = ["news", "archive"]`;
2. an environment variable, `{PREFIX}` and the name in capitals: `{PREFIX}PORT=9000`; lists are
   separated by commas: `{PREFIX}SEEDS=news,archive`;
3. an option on the command line, where the command has one (`--index`, `--model`, `--host`, …).

A name that does not exist or a value that is not allowed is an error that says where it was set.
Units are part of the names: `_ms` is milliseconds, `_bytes` bytes, `_chars` characters.

This table is made by `scripts/settings_table.py`; a test compares the two.

| setting | default | allowed | what it does |
|---|---|---|---|
"""


def document() -> str:
    """The whole page."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return HEAD + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{name}` | {_default(field)} | {_allowed(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "`~/.cache/semsearch`"
    return _value(field.default)


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value)) or "none"
    if value is None or value == "":
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(field: FieldInfo) -> str:
    if options := [str(o) for o in get_args(field.annotation) if isinstance(o, str)]:
        return ", ".join(f"`{option}`" for option in options)
    bounds = [_bound(rule) for rule in field.metadata]
    kind = "yes/no" if field.annotation is bool else ""
    return ", ".join(filter(None, [kind, *bounds]))


def _bound(rule: Any) -> str:
    for sign, attribute in (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt")):
        if (limit := getattr(rule, attribute, None)) is not None:
            return f"{sign} {limit}"
    return ""


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
    sys.stdout.write(f"wrote {TARGET}\n")
