"""PDF files: the text of their pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from semsearch.corpus import Article, Failure
from semsearch.readers.metadata import build

__all__ = ["read"]


def read(path: Path, base_id: str) -> Iterator[Article | Failure]:
    """The one article of the file: its pages, an empty line between them.

    The date in a PDF's metadata is that of the file, so it is not taken for the publication's.
    """
    try:
        text, fields = _extracted(path)
        yield build(base_id, text, fields)
    except OSError:
        raise
    # Damaged PDFs make pypdf raise almost anything: its own errors, KeyError, RecursionError.
    except Exception as error:
        reason = str(error) or type(error).__name__
        yield Failure(str(path), None, f"not readable as PDF: {reason}")


def _extracted(path: Path) -> tuple[str, dict[str, object]]:
    from pypdf import PdfReader  # late: no other format needs it

    reader = PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it needs a password")
    pages = (page.extract_text().strip() for page in reader.pages)
    text = "\n\n".join(page for page in pages if page)
    if not text:
        raise ValueError("it holds no text (a scan?)")
    stated = reader.metadata
    if stated is None:
        return text, {}
    return text, {"title": _title(stated.title), "authors": stated.author}


def _title(stated: str | None) -> str | None:
    """The stated title, unless it is what a program writes when nobody states one."""
    name = (stated or "").strip()
    made_up = name.lower().startswith(("microsoft word", "untitled", "powerpoint"))
    return None if made_up or name.lower().endswith((".doc", ".docx", ".indd", ".pdf")) else name
