"""From an article to its quotes, direct and indirect, with their speakers.

`read_speech` is pure: an article goes in, quotes and roles come out, ordered by start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from semsearch.corpus import Article, Quote
from semsearch.quotes.direct import (
    Attribution,
    Attributor,
    is_quotation,
    is_stray,
    looks_like_title,
)
from semsearch.quotes.grammar.clauses import Clause, find_clauses
from semsearch.quotes.grammar.quotation_marks import (
    QuotedSpan,
    blank_out,
    find_spans,
    split_paragraphs,
)
from semsearch.quotes.grammar.sentence_lookup import split_sentences
from semsearch.quotes.indirect import find_reported
from semsearch.quotes.lexicon.titles import HONORIFICS
from semsearch.quotes.names.people import People
from semsearch.quotes.resolution import Resolver

__all__ = ["Speech", "extract_quotes", "read_speech"]

_NOT_WORDS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Speech:
    """What an article's people say. `quotes` are by start, then end.

    `roles` are (speaker, role) pairs as the article introduces its speakers: ("Vladimir Putin",
    "Russian President"); without repetition, by speaker, then role.
    """

    quotes: tuple[Quote, ...]
    roles: tuple[tuple[str, str], ...]


def extract_quotes(article: Article) -> tuple[Quote, ...]:
    """All quotes of the article, by start, then end.

    Every quote's text is `article.text[start:end]`. Never raises, whatever the text holds.
    """
    return read_speech(article).quotes


def read_speech(article: Article) -> Speech:
    """The quotes of an article, and the roles in which it introduces the speakers."""
    text = article.text
    paragraphs = split_paragraphs(text)
    spans = find_spans(text, paragraphs)
    blanked = blank_out(text, spans, [looks_like_title(text, span) for span in spans])
    sentences = split_sentences(blanked, paragraphs)
    people = People(blanked, article.title)
    clauses = find_clauses(blanked, sentences, people)
    if not clauses and not spans:
        return Speech((), ())
    resolver = Resolver(blanked, sentences, people)
    speakers = {id(clause): resolver.resolve(clause) for clause in clauses}
    quoted = [span for span in spans if is_quotation(text, span)]
    attributor = Attributor(text, blanked, quoted, clauses, sentences, resolver, paragraphs)
    attributions = [attributor.attribute(number) for number in range(len(quoted))]
    direct = _direct_quotes(article, quoted, attributions, speakers)
    kept = [
        quote
        for quote, span, attribution in zip(direct, quoted, attributions, strict=True)
        if not is_stray(text, span, attribution, paragraphs[span.paragraph][0])
    ]
    quoting = {id(attribution.clause) for attribution in attributions if attribution.clause}
    indirect = [
        _quote(article, "indirect", found.start, found.end, found.rule, found.clause, speakers)
        for found in find_reported(text, blanked, clauses, sentences, quoting)
    ]
    quotes = sorted([*_echoes(kept), *indirect], key=lambda quote: (quote.start, quote.end))
    return Speech(tuple(quotes), _roles(quotes, people))


def _roles(quotes: list[Quote], people: People) -> tuple[tuple[str, str], ...]:
    speakers = {quote.speaker for quote in quotes if quote.speaker is not None}
    return tuple(
        sorted(
            (name, role)
            for name in speakers
            for role in people.titles.get(name, ())
            if role.lower().rstrip(".") not in HONORIFICS | {"former"}
        )
    )


def _quote(
    article: Article,
    kind: str,
    start: int,
    end: int,
    rule: str,
    clause: Clause | None,
    speakers: dict[int, str | None],
) -> Quote:
    return Quote(
        article_id=article.id,
        kind="direct" if kind == "direct" else "indirect",
        start=start,
        end=end,
        text=article.text[start:end],
        speaker=speakers[id(clause)] if clause else None,
        mention=article.text[clause.subject.start : clause.subject.end] if clause else None,
        cue=clause.cue if clause else None,
        rule=rule,
    )


def _direct_quotes(
    article: Article,
    spans: list[QuotedSpan],
    attributions: list[Attribution],
    speakers: dict[int, str | None],
) -> list[Quote]:
    found: list[Quote] = []
    for span, attribution in zip(spans, attributions, strict=True):
        quote = _quote(
            article, "direct", span.start, span.end, attribution.rule, attribution.clause, speakers
        )
        if attribution.follows is not None:
            source = found[attribution.follows]
            quote = replace(quote, speaker=source.speaker, mention=source.mention, cue=source.cue)
        elif attribution.speaker is not None:
            quote = replace(quote, speaker=attribution.speaker, mention=attribution.mention)
        found.append(quote)
    return _spoken_on(spans, found)


def _spoken_on(spans: list[QuotedSpan], quotes: list[Quote]) -> list[Quote]:
    """Gives the paragraphs of a quotation that names its speaker at the end that speaker."""
    found = list(quotes)
    for at in range(len(found) - 2, -1, -1):
        runs_on = not spans[at].closed and spans[at + 1].paragraph == spans[at].paragraph + 1
        if runs_on and quotes[at].rule in ("none", "floor", "multi-paragraph"):
            later = found[at + 1]
            found[at] = replace(
                found[at],
                speaker=later.speaker,
                mention=later.mention,
                cue=later.cue,
                rule="multi-paragraph",
            )
    return found


def _echoes(quotes: list[Quote]) -> list[Quote]:
    """Gives a heading's quotation the speaker of the longer one that repeats its words."""
    if all(quote.speaker is not None for quote in quotes):
        return quotes
    plain = [" " + _NOT_WORDS.sub(" ", quote.text.lower()).strip() + " " for quote in quotes]
    return [
        quote if quote.speaker is not None else _echo(quote, plain[at], quotes, plain)
        for at, quote in enumerate(quotes)
    ]


def _echo(quote: Quote, words: str, quotes: list[Quote], plain: list[str]) -> Quote:
    for other, longer in zip(quotes, plain, strict=True):
        if other.speaker is not None and words in longer:
            return replace(quote, speaker=other.speaker, rule="echo")
    return quote
