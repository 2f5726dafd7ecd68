"""Hits as text for a terminal."""

from __future__ import annotations

from semsearch.hits import Hit, SearchResults

__all__ = ["results_text"]

VERDICTS = {"weak": "Only weak matches.", "none": "No good match; the closest passages:"}


def results_text(results: SearchResults, explain: bool) -> str:
    """All hits of a page, with what was understood from the question."""
    lines = [f"{chip.kind}: {chip.label}" for chip in results.chips if chip.applied]
    if results.verdict in VERDICTS:
        lines.append(VERDICTS[results.verdict])
    for hit in results.hits:
        lines += ["", *_hit_lines(hit, explain)]
    lines += ["", f"{len(results.hits)} of {results.total} hits in {results.took_ms:.0f} ms"]
    return "\n".join(lines)


def _hit_lines(hit: Hit, explain: bool) -> list[str]:
    article = hit.article
    facts = [article.source, article.published and article.published.isoformat()]
    origin = " · ".join(str(fact) for fact in (article.title, *facts) if fact)
    lines = [f"{hit.rank}. {origin}", f"   → {' '.join(hit.answer.text.split())}"]
    lines += [f"     “{' '.join(q.text.split())}” — {q.speaker}" for q in hit.quotes if q.speaker]
    if hit.missing:
        lines.append(f"     missing: {', '.join(hit.missing)}")
    if hit.duplicates:
        lines.append(f"     also in {len(hit.duplicates)} more")
    if explain:
        parts = " + ".join(f"{part.name} {part.value:.3f}" for part in hit.parts)
        lines.append(f"     {hit.score:.3f} = {parts}")
    return lines
