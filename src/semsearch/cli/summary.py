"""Texts of the index commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from semsearch.index.generation import Manifest
from semsearch.indexer.progress import Summary

__all__ = ["info_text", "summary_text"]


def summary_text(summary: Summary, most_failures: int) -> str:
    """What a run did, in a few lines."""
    lines = [_headline(summary), _files(summary)]
    if summary.changed:
        lines.append(
            f"  articles: {summary.articles_added:,} added, {summary.articles_changed:,} changed, "
            f"{summary.articles_removed:,} removed, {summary.articles_unchanged:,} unchanged"
        )
    if summary.generation and not summary.dry_run:
        lines.append(
            f"  index: {summary.articles:,} articles, {summary.passages:,} passages, "
            f"{summary.quotes:,} quotes"
        )
        if summary.passages_embedded or summary.passages_resumed:
            lines.append(_embedded(summary))
    lines += _failures(summary, most_failures)
    return "\n".join(lines)


def _headline(summary: Summary) -> str:
    took = f"in {summary.seconds:.2f} s"
    if summary.dry_run:
        what = "would change the index as follows" if summary.changed else "nothing would change"
        return f"dry run: {what} ({took})"
    if not summary.changed and summary.generation == summary.previous:
        return f"nothing changed; generation {summary.generation} stays live ({took})"
    if not summary.changed:
        return f"no article changed; published generation {summary.generation} {took}"
    return f"published generation {summary.generation} {took}"


def _files(summary: Summary) -> str:
    return (
        f"  files: {summary.files_read:,} read, {summary.files_unchanged:,} unchanged, "
        f"{summary.files_skipped:,} skipped; {summary.articles_failed:,} files or rows failed"
    )


def _embedded(summary: Summary) -> str:
    seconds = summary.stage_seconds.get("embedding", 0.0)
    rate = f" at {summary.passages_embedded / seconds:,.0f}/s" if seconds > 0 else ""
    resumed = (
        f", {summary.passages_resumed:,} whose text was encoded before"
        if summary.passages_resumed
        else ""
    )
    return f"  embedded {summary.passages_embedded:,} passages{rate}{resumed}"


def _failures(summary: Summary, most: int) -> list[str]:
    lines = [
        f"  failed: {f.path}{'' if f.line is None else f':{f.line}'}: {f.reason}"
        for f in summary.failures[:most]
    ]
    if len(summary.failures) > most:
        lines.append(f"  … and {len(summary.failures) - most:,} more (all with --json)")
    return lines


def info_text(path: Path, current: str, manifests: Sequence[Manifest]) -> str:
    """The live generation in detail, the others in a line each."""
    live = next(m for m in manifests if m["generation"] == current)
    counts = live["counts"]
    lines = [
        f"{path}: generation {current}, published {live['published_at']}",
        f"  {counts['articles']:,} articles, {counts['passages']:,} passages, "
        f"{counts['quotes']:,} quotes by {counts['speakers']:,} speakers, "
        f"{live['bytes'] / 1e6:,.1f} MB",
        f"  encoder: {live['encoder']['name']} ({live['dim']} dimensions)",
        f"  from: {', '.join(live['roots']) or 'the API only'}",
    ]
    lines += [
        f"  also on disk: {m['generation']}, {m['counts']['articles']:,} articles"
        for m in manifests
        if m["generation"] != current
    ]
    return "\n".join(lines)
