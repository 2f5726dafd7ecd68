"""Who said what: extraction against the annotated articles, beside a simple baseline.

    python benchmarks/quotes.py ../shared/quotes-2022 --corpus ../shared/newsqa-2022/corpus.jsonl.gz
        --speed

The folder holds `articles.jsonl` and `quotes.jsonl` (its README gives the rules of annotation). A
found quote matches a gold row when their intersection over union is at least 0.8; each gold row
and each found quote matches at most once. A speaker is right when the names are equal after
titles, "the" and case are dropped, or when one is the other's last name and nobody else in the
article's gold has it.

With `--corpus`, `quotes_unseen.tsv` beside this file is measured too: 71 further articles of the
corpus in six batches, of which it holds places and names but no text. Each batch was annotated
by reading before the rules met it, and looked at afterwards (docs/quotes.md has the figures of the
first sight).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from semsearch.corpus import Article, Quote, QuoteKind
from semsearch.quotes.extraction import extract_quotes

MATCH_FROM = 0.8
UNSEEN = Path(__file__).with_name("quotes_unseen.tsv")
PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i"])
TITLES = frozenset(["the", "a", "an", "mr", "mrs", "ms", "dr", "sir", "lord", "president", "judge"])

Extractor = Callable[[Article], Sequence[Quote]]


@dataclass(frozen=True)
class Gold:
    """One annotated article."""

    article: Article
    rows: list[dict[str, Any]]


@dataclass
class Tally:
    """Counts over some articles; grows as articles are added."""

    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    speakers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)

    def accuracy(self, group: str) -> float:
        right, wrong = self.speakers[group, True], self.speakers[group, False]
        return right / (right + wrong) if right + wrong else 0.0

    def scores(self, kind: str) -> tuple[float, float, float]:
        precision = self.matched[kind] / max(1, self.found[kind])
        recall = self.matched[kind] / max(1, self.gold[kind])
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="annotated articles")
    parser.add_argument("--corpus", type=Path, help="corpus.jsonl.gz with the further articles")
    parser.add_argument("--speed", action="store_true", help="measure speed on the corpus")
    parser.add_argument("--errors", action="store_true", help="print every error")
    arguments = parser.parse_args()
    gold = read_gold(arguments.folder)
    parts = (("all", gold), ("even articles", gold[::2]), ("odd articles", gold[1::2]))
    print(
        f"{'':28} {'direct P':>9} {'R':>6} {'F1':>6} {'indirect P':>11} {'R':>6} {'F1':>6}", end=""
    )
    print(f" {'speakers':>9} {'pronouns':>9}")
    for name, part in parts:
        print_row(f"rules, {name} ({len(part)})", measure(part, extract_quotes))
    print_row("baseline, all", measure(gold, baseline))
    unseen = read_unseen(arguments.corpus) if arguments.corpus is not None else {}
    for name, part in unseen.items():
        print_row(f"rules, batch {name} ({len(part)})", measure(part, extract_quotes))
    further = [item for part in unseen.values() for item in part]
    if further:
        print_row("rules, all batches", measure(further, extract_quotes))
        print_row("baseline, all batches", measure(further, baseline))
    print_rules(measure([*gold, *further], extract_quotes, arguments.errors))
    if arguments.speed and arguments.corpus is not None:
        print_speed(arguments.corpus)


def read_gold(folder: Path) -> list[Gold]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in _lines(folder / "quotes.jsonl"):
        rows.setdefault(row["article"], []).append(row)
    return [
        Gold(Article(id=item["_id"], title=item["title"], text=item["text"]), rows[item["_id"]])
        for item in _lines(folder / "articles.jsonl")
    ]


def read_unseen(corpus: Path) -> dict[str, list[Gold]]:
    """The further annotated articles by their batch, with their text out of the corpus."""
    rows: dict[str, list[dict[str, Any]]] = {}
    batches: dict[str, str] = {}
    with UNSEEN.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            span = {"start": int(row["start"]), "end": int(row["end"])}
            rows.setdefault(row["article"], []).append({**row, **span, "cue": None})
            batches[row["article"]] = row["batch"]
    found: dict[str, list[Gold]] = {batch: [] for batch in sorted(set(batches.values()))}
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if item["_id"] not in rows:
                continue
            article = Article(id=item["_id"], title=item["title"], text=item["text"])
            own = rows[article.id]
            for row in own:
                row["text"] = article.text[row["start"] : row["end"]]
            found[batches[article.id]].append(Gold(article, own))
    return found


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def measure(gold: Sequence[Gold], extract: Extractor, show: bool = False) -> Tally:
    tally = Tally()
    for item in gold:
        found = extract(item.article)
        for kind in ("direct", "indirect"):
            _compare(item, [quote for quote in found if quote.kind == kind], kind, tally, show)
    return tally


def _compare(item: Gold, found: list[Quote], kind: str, tally: Tally, show: bool) -> None:
    rows = [row for row in item.rows if row["kind"] == kind]
    names = [plain_name(row["speaker"]) for row in item.rows]
    tally.gold[kind] += len(rows)
    tally.found[kind] += len(found)
    free = list(found)
    for row in rows:
        best = max(free, key=lambda quote: overlap(row, quote), default=None)
        if best is None or overlap(row, best) < MATCH_FROM:
            if show:
                print(f"missed {kind}: {row['text'][:100]!r} ({row['mention']}, {row['cue']})")
            continue
        free.remove(best)
        tally.matched[kind] += 1
        right = same_speaker(row["speaker"], best.speaker, names)
        tally.rules[best.rule, "right" if right else "wrong speaker"] += 1
        tally.speakers["all", right] += 1
        if (row["mention"] or "").lower() in PRONOUNS:
            tally.speakers["pronouns", right] += 1
        if show and not right:
            print(f"speaker [{best.rule}]: {best.speaker!r}, gold {row['speaker']!r}: ", end="")
            print(repr(best.text[:80]))
    for quote in free:
        tally.rules[quote.rule, "no such quote"] += 1
        if show:
            print(f"extra {kind} [{quote.rule}]: {quote.text[:100]!r} ({quote.mention})")


def overlap(row: dict[str, Any], quote: Quote) -> float:
    """Intersection over union of the two spans, in [0, 1]."""
    shared = min(row["end"], quote.end) - max(row["start"], quote.start)
    union = max(row["end"], quote.end) - min(row["start"], quote.start)
    return max(0, shared) / union if union else 0.0


def plain_name(name: str | None) -> str:
    words = re.findall(r"[\w'.-]+", (name or "").lower().replace("\u2019", "'"))
    words = [word.removesuffix("'s") for word in words]
    while words and words[0].rstrip(".") in TITLES:
        words = words[1:]
    return " ".join(words)


def same_speaker(gold: str | None, found: str | None, names: Sequence[str]) -> bool:
    left, right = plain_name(gold), plain_name(found)
    if left == right:
        return True
    if not left or not right or (" " in left and " " in right):
        return False
    last = left.split()[-1]
    holders = {name for name in names if " " in name and name.split()[-1] == last}
    return last == right.split()[-1] and len(holders) <= 1


_QUOTED = re.compile('["“]([^"“”]+)["”]')
_CAPITALS = re.compile("[A-Z][\\w\u2019'-]+(?: [A-Z][\\w\u2019'-]+)*")


def baseline(article: Article) -> list[Quote]:
    """Everything of three words or more between double marks, by the nearest capitalised words."""
    capitals = list(_CAPITALS.finditer(article.text))
    found = []
    for match in _QUOTED.finditer(article.text):
        start, end = match.span(1)
        if len(match.group(1).split()) < 3:
            continue
        outside = [name for name in capitals if name.end() <= start or name.start() >= end]
        nearest = min(
            outside, key=lambda name: max(start - name.end(), name.start() - end), default=None
        )
        speaker = nearest.group() if nearest else None
        kind: QuoteKind = "direct"
        found.append(
            Quote(article.id, kind, start, end, match.group(1), speaker, speaker, None, "baseline")
        )
    return found


def print_row(name: str, tally: Tally) -> None:
    direct, indirect = tally.scores("direct"), tally.scores("indirect")
    print(f"{name:28} {direct[0]:9.3f} {direct[1]:6.3f} {direct[2]:6.3f}", end="")
    print(f" {indirect[0]:11.3f} {indirect[1]:6.3f} {indirect[2]:6.3f}", end="")
    print(f" {tally.accuracy('all'):9.3f} {tally.accuracy('pronouns'):9.3f}")


def print_rules(tally: Tally) -> None:
    columns = ("right", "wrong speaker", "no such quote")
    print(f"\n{'rule':18}" + "".join(f"{column:>15}" for column in columns))
    for rule in sorted({rule for rule, _ in tally.rules}):
        print(f"{rule:18}" + "".join(f"{tally.rules[rule, column]:15}" for column in columns))


def print_speed(path: Path) -> None:
    """Processor time on one core, over every twelfth article."""
    articles = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 12 == 0:
                row = json.loads(line)
                articles.append(Article(id=row["_id"], title=row["title"], text=row["text"]))
    size = sum(len(article.text.encode()) for article in articles)
    started = time.process_time()
    quotes = sum(len(extract_quotes(article)) for article in articles)
    seconds = time.process_time() - started
    print(f"\n{len(articles)} articles, {size / 1e6:.1f} MB, {quotes} quotes: ", end="")
    print(f"{size / 1e6 / seconds:.2f} MB/s of processor time")


if __name__ == "__main__":
    main()
