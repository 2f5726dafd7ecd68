"""Who said what: the quotations of an article, direct and indirect, with their speakers.

`extract_quotes` is pure: an article goes in, quotes come out, ordered by start. The way there:
paragraphs and quotation marks (`marks`), sentences over the text with quotations blanked
(`sentences`), reporting clauses with their subjects (`clauses`, `phrases`), the clause of each
quotation (`direct`), reported clauses (`indirect`), and the fullest name of each speaker
(`resolution`, `people`).
"""

from __future__ import annotations

from semsearch.corpus import Article, Quote
from semsearch.quotes.clauses import Clause, find_clauses
from semsearch.quotes.direct import Attribution, attribute, is_quotation, looks_like_title
from semsearch.quotes.indirect import find_reported
from semsearch.quotes.marks import Span, blank_out, find_spans, split_paragraphs
from semsearch.quotes.people import People
from semsearch.quotes.resolution import Resolver
from semsearch.quotes.sentences import split_sentences

__all__ = ["extract_quotes"]


def extract_quotes(article: Article) -> tuple[Quote, ...]:
    """All quotes of the article, by start, then end.

    Every quote's text is `article.text[start:end]`. Never raises, whatever the text holds.
    """
    text = article.text
    paragraphs = split_paragraphs(text)
    spans = find_spans(text, paragraphs)
    blanked = blank_out(text, spans, [looks_like_title(text, span) for span in spans])
    sentences = split_sentences(blanked, paragraphs)
    people = People(blanked)
    clauses = find_clauses(blanked, sentences, people)
    resolver = Resolver(text, blanked, sentences, people)
    speakers = {id(clause): resolver.resolve(clause) for clause in clauses}
    quoted = [span for span in spans if is_quotation(text, span)]
    attributions = attribute(blanked, quoted, clauses, sentences)
    found = _direct_quotes(article, quoted, attributions, speakers)
    quoting = {id(attribution.clause) for attribution in attributions if attribution.clause}
    for reported in find_reported(blanked, clauses, sentences, quoting):
        clause = reported.clause
        found.append(
            Quote(
                article.id,
                "indirect",
                reported.start,
                reported.end,
                text[reported.start : reported.end],
                speakers[id(clause)],
                clause.subject.text,
                clause.cue,
                reported.rule,
            )
        )
    return tuple(sorted(found, key=lambda quote: (quote.start, quote.end)))


def _direct_quotes(
    article: Article,
    spans: list[Span],
    attributions: list[Attribution],
    speakers: dict[int, str | None],
) -> list[Quote]:
    found: list[Quote] = []
    for span, attribution in zip(spans, attributions, strict=True):
        clause: Clause | None = attribution.clause
        speaker: str | None = None
        mention: str | None = None
        cue: str | None = None
        if clause is not None:
            speaker, mention, cue = speakers[id(clause)], clause.subject.text, clause.cue
        elif attribution.follows is not None:
            source = found[attribution.follows]
            speaker, mention, cue = source.speaker, source.mention, source.cue
        found.append(
            Quote(
                article.id,
                "direct",
                span.start,
                span.end,
                article.text[span.start : span.end],
                speaker,
                mention,
                cue,
                attribution.rule,
            )
        )
    return found
