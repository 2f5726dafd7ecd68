"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["fsync_path", "replace_text"]


def replace_text(path: Path, text: str, *, durable: bool = True, mode: int = 0o666) -> None:
    """Replace `path` so that a reader sees the old text or the new one, never a part.

    `durable`: on disk when this returns, whatever fails afterwards. `mode` are the permissions of
    the new file, less the process's umask, from its first byte on. The temporary file lies in the
    same folder, because a rename across file systems copies. Raises OSError; the old text stays.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)
    if durable:
        fsync_path(path.parent)


def fsync_path(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
