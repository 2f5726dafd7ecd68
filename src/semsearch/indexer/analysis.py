"""Article -> everything that the index holds of it, by the pure rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from semsearch.corpus import Article, Passage, Quote
from semsearch.quotes.extraction import read_speech
from semsearch.quotes.speakers import speaker_key
from semsearch.text.language import detect
from semsearch.text.splitter import SplitterSettings, split

__all__ = ["Analyser", "Analysis", "embed_key", "readable"]

TEXTS = ("id", "title", "text", "url", "source", "language", "place")


@dataclass(frozen=True, slots=True)
class Analysis:
    """An article ready for the store: passages with embed keys, quotes with speaker keys, and
    the roles (speaker key, role) in which it introduces the speakers."""

    article: Article
    passages: tuple[tuple[Passage, bytes], ...]
    quotes: tuple[tuple[Quote, str | None], ...]
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Analyser:
    """Splits articles and finds language and quotes; picklable when its counter is."""

    count_tokens: Callable[[Sequence[str]], list[int]]
    max_tokens: int
    splitter: SplitterSettings

    def __call__(self, article: Article) -> Analysis:
        article = replace(article, language=article.language or detect(article.text))
        passages = split(article, self.count_tokens, self.max_tokens, self.splitter)
        speech = read_speech(article)
        return Analysis(
            article,
            tuple((passage, embed_key(passage.text)) for passage in passages),
            tuple(
                (quote, speaker_key(quote.speaker) if quote.speaker else None)
                for quote in speech.quotes
            ),
            tuple((key, role) for name, role in speech.roles if (key := speaker_key(name))),
        )


def embed_key(text: str) -> bytes:
    """16 bytes that stand for the text that is embedded; equal keys share a vector."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def readable(article: Article) -> Article:
    """The article without what SQLite cannot hold: NUL and lone surrogates become U+FFFD.

    One character for one, so offsets stay what they were.
    """
    fixed = {name: _readable(getattr(article, name)) for name in TEXTS if getattr(article, name)}
    authors = tuple(map(_readable, article.authors))
    if authors == article.authors and all(getattr(article, n) == t for n, t in fixed.items()):
        return article
    return replace(article, authors=authors, **fixed)  # type: ignore[arg-type]  # texts only


def _readable(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.replace("\0", "\ufffd") if "\0" in text else text
