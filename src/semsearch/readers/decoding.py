"""Bytes -> text: which encoding a file is in."""

from __future__ import annotations

import codecs
from typing import IO

__all__ = ["decode", "encoding_of", "peek", "without_surrogates"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str | None:
    """The encoding of a file that begins with `head`; None when nothing fits.

    `head` may end inside a character. A byte order mark decides; else UTF-8 where that fits, or
    fits but for some damage; else what charset-normalizer finds most plausible.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged_utf8(head) else _guessed(head)
    return "utf-8"


def _is_damaged_utf8(head: bytes) -> bool:
    """Whether more characters beyond ASCII are whole UTF-8 than bytes are not.

    Text in an older encoding hardly ever is; taken for one, damaged UTF-8 would come out as
    "â€œ" without a word of warning.
    """
    text = head.decode("utf-8", "surrogateescape")
    beyond_ascii = [char for char in text if char >= "\x80"]
    bad = sum("\udc80" <= char <= "\udcff" for char in beyond_ascii)
    return len(beyond_ascii) > 2 * bad


def _guessed(head: bytes) -> str | None:
    # Imported late: most files are UTF-8, and a run over them should not pay for it.
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    return best.encoding if best else None


def decode(data: bytes) -> str:
    """The text of a whole file. Raises UnicodeError where no encoding fits."""
    encoding = encoding_of(data)
    if encoding is None:
        raise UnicodeError("no known encoding fits the bytes")
    return data.decode(encoding)


def peek(stream: IO[bytes], size: int = 65_536) -> bytes:
    """The first bytes of a seekable stream, which is left at its start."""
    head = stream.read(size)
    stream.seek(0)
    return head


def without_surrogates(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD, one for one, so that it can be stored.

    They come out of broken JSON escapes and can be neither encoded nor displayed.
    """
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
