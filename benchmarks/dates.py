"""How well dates in questions are read: `python benchmarks/dates.py [COLLECTION]`.

Prints, for a BEIR folder whose questions carry `metadata.date`: which phrases people use, how
often a right article (and what share of them) was published inside the range read from each, the
time a question takes, and beside it what dateparser's search makes of a list of phrases.
"""

from __future__ import annotations

import gzip
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from semsearch.question.dates import DateSpan, joint_range, read_dates

DEFAULT = Path(__file__).resolve().parents[1] / "../shared/newsqa-2022"
PHRASES = (
    "last June", "in 2022", "since March 3", "this week", "last week", "yesterday", "on Tuesday",
    "last Friday", "two weeks ago", "a few days ago", "in the past month", "last year",
    "between March and May 2022", "from June 3 to June 5", "early 2021", "the summer of 2021",
    "Q3 2021", "in the 1990s", "June 16, 2022", "16 June 2022", "16/06/2022", "05/06/2022",
    "2022-06-16", "it may rain", "the Sunday Times", "the 2022 World Cup", "2000 soldiers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the day it was asked, and when its right articles were published."""

    text: str
    now: date
    published: tuple[date, ...]


def load(folder: Path) -> list[Asked]:
    """The distinct questions of a collection that have labels."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = {row["_id"]: row["metadata"].get("published") for row in map(json.loads, lines)}
    right: dict[str, dict[str, date]] = defaultdict(dict)
    for line in (folder / "qrels/test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, article, _ = line.split("\t")
        if articles.get(article):
            right[question][article] = date.fromisoformat(articles[article][:10])
    rows: dict[str, dict[str, Any]] = {}
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["_id"]] = row
    return [
        Asked(row["text"], date.fromisoformat(row["metadata"]["date"]), tuple(right[key].values()))
        for key, row in rows.items()
        if right[key]
    ]


def shape(asked: Asked, span: DateSpan) -> str:
    """The phrase with its numbers and names taken out, to count like with like."""
    words = []
    for word in asked.text[span.start : span.end].lower().split():
        bare = word.strip(",.'")
        if bare.endswith("day") and bare not in ("today", "yesterday", "day"):
            bare = "<weekday>"
        elif bare.isdigit():
            bare = "<year>" if len(bare) == 4 else "<number>"
        elif bare.capitalize() in MONTHS:
            bare = "<month>"
        words.append(bare)
    return " ".join(words) + ("" if span.sure else " (offered)")


MONTHS = frozenset(f"{date(2000, month, 1):%B}" for month in range(1, 13))


def inside(days: tuple[date, ...], first: date | None, last: date | None) -> list[bool]:
    """Which of the days lie in the range."""
    return [(first or date.min) <= day <= (last or date.max) for day in days]


def hit_rates(questions: list[Asked]) -> None:
    """Print the hit rates of the ranges, by phrase and together."""
    groups: dict[str, list[list[bool]]] = defaultdict(list)
    for asked in questions:
        spans = read_dates(asked.text, asked.now)
        for span in spans:
            days = inside(asked.published, span.published_from, span.published_to)
            groups[shape(asked, span)].append(days)
        if any(span.sure for span in spans):
            groups["ALL FILTERS APPLIED"].append(inside(asked.published, *joint_range(spans)))
    print(f"{len(questions)} distinct questions with labels")
    print(f"{'phrase':34}{'questions':>10}{'any right inside':>18}{'right inside':>14}")
    for name, hits in sorted(groups.items(), key=lambda item: -len(item[1])):
        found = sum(map(any, hits)) / len(hits)
        share = sum(map(sum, hits)) / sum(map(len, hits))
        print(f"{name:34}{len(hits):10}{found:18.3f}{share:14.3f}")


def week_windows(questions: list[Asked]) -> None:
    """Print what "this week" would catch under other meanings."""
    weeks = [asked for asked in questions if "this week" in asked.text.lower()]
    meanings: dict[str, Callable[[date], date]] = {
        "calendar week": lambda now: now - timedelta(now.weekday()),
        "last 5 days": lambda now: now - timedelta(5),
        "last 7 days": lambda now: now - timedelta(7),
        "last 10 days": lambda now: now - timedelta(10),
        "last 14 days": lambda now: now - timedelta(14),
    }
    print(f'\n"this week" ({len(weeks)} questions), each to one day after the question')
    for name, start in meanings.items():
        hits = [inside(one.published, start(one.now), one.now + timedelta(1)) for one in weeks]
        found = sum(map(any, hits)) / len(hits)
        share = sum(map(sum, hits)) / sum(map(len, hits))
        print(f"{name:34}{found:28.3f}{share:14.3f}")


def title_windows(folder: Path) -> None:
    """Print how titles fare, read as if asked on the day their article was published."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    filtered = kept = after = 0
    for row in rows:
        now = date.fromisoformat(row["metadata"]["published"][:10])
        first, last = joint_range(read_dates(row["title"], now))
        if first or last:
            filtered += 1
            kept += inside((now,), first, last)[0]
            after += inside((now,), first, None)[0]
    print(
        f"\n{len(rows)} titles: {filtered} give a filter, whose range holds the article's day for "
        f"{kept} ({kept / filtered:.3f}), whose first day is not after it for {after}"
    )


def timed(read: Callable[[str], object], text: str, rounds: int) -> float:
    """Milliseconds of one reading, the median of `rounds`."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        read(text)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def cost(questions: list[Asked]) -> None:
    """Print the time per question, with and without a date word in it."""
    now = date(2022, 6, 17)
    dated = [one.text for one in questions if read_dates(one.text, now)]
    plain = [one.text for one in questions if not read_dates(one.text, now)]
    for name, texts in (("with dates", dated), ("without dates", plain)):
        times = sorted(timed(lambda text: read_dates(text, now), text, 5) for text in texts)
        middle, most = times[len(times) // 2], times[-1]
        print(f"{name}: {len(texts)} questions, median {middle:.3f} ms, slowest {most:.3f} ms")


def compare() -> None:
    """Print what semsearch and dateparser make of each phrase."""
    start = time.perf_counter()
    from dateparser.search import (  # type: ignore[import-untyped]  # it ships no types
        search_dates,
    )

    print(f"\nimporting dateparser.search: {(time.perf_counter() - start) * 1000:.0f} ms")
    now = date(2022, 6, 17)
    base = datetime(2022, 6, 17)  # noqa: DTZ001 -- dateparser wants a naive base
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}

    def search(text: str) -> list[tuple[str, datetime]]:
        return search_dates(text, languages=["en"], settings=settings) or []

    search("warm up on 3 May 2020")
    print(f"{'phrase':30}{'semsearch':48}{'ms':>7}  {'dateparser':44}{'ms':>7}")
    for phrase in PHRASES:
        text = f"what was said {phrase}?"
        spans = read_dates(text, now)
        ours = "; ".join(span.label + ("" if span.sure else " (offered)") for span in spans)
        theirs = "; ".join(f"{words}: {found:%d %b %Y}" for words, found in search(text))
        fast, slow = timed(lambda one: read_dates(one, now), text, 9), timed(search, text, 5)
        print(f"{phrase:30}{ours or '-':48}{fast:7.3f}  {theirs or '-':44}{slow:7.2f}")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    collection = load(chosen)
    hit_rates(collection)
    week_windows(collection)
    title_windows(chosen)
    cost(collection)
    compare()
