"""Who said what: extraction against the annotated articles, next to a simple baseline.

    python benchmarks/quotes.py FOLDER --corpus CORPUS.jsonl.gz [--speed] [--errors]

The folder holds `articles.jsonl` and `quotes.jsonl` (its README gives the rules of annotation). A
found quote matches a gold row when their intersection over union is at least 0.8; each gold row
and each found quote matches at most once. A speaker is right when the names are equal after
titles, "the" and case are dropped, or when one is the other's last name and nobody else in the
article's gold has it.

With `--corpus`, `quotes_unseen.tsv` is measured too: 71 further articles of the
corpus in six batches, of which it holds places and names but no text. Each batch was annotated
by reading before the rules met it, and looked at afterwards (the documentation has the figures of
the first sight).
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from common import articles, machine, options

from semsearch.corpus import Article, Quote
from semsearch.quotes.extraction import extract_quotes

HERE = Path(__file__).parent
UNSEEN = HERE / "quotes_unseen.tsv"
MATCH_FROM = 0.8
PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i"])
TITLES = frozenset(["the", "a", "an", "mr", "mrs", "ms", "dr", "sir", "lord", "president", "judge"])

Extractor = Callable[[Article], Sequence[Quote]]
Span = dict[str, Any]  # a gold row: kind, start, end, speaker, mention


@dataclass(frozen=True)
class Gold:
    """One annotated article."""

    article: Article
    rows: list[Span]

    def text(self, row: Span) -> str:
        return self.article.text[row["start"] : row["end"]]


@dataclass
class Tally:
    """Counts over some articles; grows as articles are added."""

    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    matched: Counter[str] = field(default_factory=Counter)
    speakers: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def accuracy(self, group: str) -> float:
        right, wrong = self.speakers[group, True], self.speakers[group, False]
        return right / max(1, right + wrong)

    def scores(self, kind: str) -> tuple[float, float, float]:
        precision = self.matched[kind] / max(1, self.found[kind])
        recall = self.matched[kind] / max(1, self.gold[kind])
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


# Reading -----------------------------------------------------------------------------------------


def read_lines(path: Path) -> Iterable[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def read_gold(folder: Path) -> list[Gold]:
    rows: dict[str, list[Span]] = defaultdict(list)
    for row in read_lines(folder / "quotes.jsonl"):
        rows[row["article"]].append(row)
    return [
        Gold(Article(id=item["_id"], title=item["title"], text=item["text"]), rows[item["_id"]])
        for item in read_lines(folder / "articles.jsonl")
    ]


def read_unseen(corpus: Path) -> dict[str, list[Gold]]:
    """The further annotated articles by their batch, with their text out of the corpus."""
    rows: dict[str, list[Span]] = defaultdict(list)
    batches: dict[str, str] = {}
    for row in read_table(UNSEEN):
        span = {"start": int(row["start"]), "end": int(row["end"])}
        rows[row["article"]].append({**row, **span})
        batches[row["article"]] = row["batch"]
    found: dict[str, list[Gold]] = {batch: [] for batch in sorted(set(batches.values()))}
    for article in articles(corpus):
        if article.id in rows:
            found[batches[article.id]].append(Gold(article, rows[article.id]))
    return found


# Comparing ---------------------------------------------------------------------------------------


def measure(gold: Sequence[Gold], extract: Extractor, show: bool = False) -> Tally:
    tally = Tally()
    for item in gold:
        found = extract(item.article)
        for kind in ("direct", "indirect"):
            compare(item, [quote for quote in found if quote.kind == kind], kind, tally, show)
    return tally


def compare(item: Gold, found: list[Quote], kind: str, tally: Tally, show: bool) -> None:
    """Count one article's quotes of a kind, and print what is wrong with them where asked."""
    rows = [row for row in item.rows if row["kind"] == kind]
    names = [plain_name(row["speaker"]) for row in item.rows]
    tally.gold[kind] += len(rows)
    tally.found[kind] += len(found)
    for row in rows:
        best = max(found, key=lambda quote: overlap(row, quote), default=None)
        if best is None or overlap(row, best) < MATCH_FROM:
            if show:
                print(f"missed {kind}: {row['mention']!r}, {item.text(row)!r}")
            continue
        found.remove(best)
        tally.matched[kind] += 1
        right = same_speaker(row["speaker"], best.speaker, names)
        tally.speakers["all", right] += 1
        if (row["mention"] or "").lower() in PRONOUNS:
            tally.speakers["pronouns", right] += 1
        if show and not right:
            print(f"speaker {best.speaker!r} [{best.rule}], not {row['speaker']!r}: {best.text!r}")
    for quote in found if show else ():
        print(f"extra {kind} [{quote.rule}]: {quote.mention!r}, {quote.text!r}")


def overlap(row: Span, quote: Quote) -> float:
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
        (start, end), text = match.span(1), match.group(1)
        if len(text.split()) < 3:
            continue
        outside = [name for name in capitals if name.end() <= start or name.start() >= end]
        nearest = min(
            outside, key=lambda name: max(start - name.end(), name.start() - end), default=None
        )
        who = nearest.group() if nearest else None
        found.append(Quote(article.id, "direct", start, end, text, who, who, None, "baseline"))
    return found


# Printing ----------------------------------------------------------------------------------------


def print_row(name: str, gold: Sequence[Gold], extract: Extractor = extract_quotes) -> None:
    tally = measure(gold, extract)
    values = [*tally.scores("direct"), *tally.scores("indirect")]
    values += [tally.accuracy("all"), tally.accuracy("pronouns")]
    print(f"{f'{name} ({len(gold)})':32}" + "".join(f"{value:10.3f}" for value in values))


def print_speed(corpus: Path) -> None:
    """Processor time on one core, over every twelfth article."""
    some = list(islice(articles(corpus), 0, None, 12))
    size = sum(len(article.text.encode()) for article in some) / 1e6
    started = time.process_time()
    quotes = sum(len(extract_quotes(article)) for article in some)
    seconds = time.process_time() - started
    print(f"\n{machine()}\n{len(some)} articles, {size:.1f} MB, {quotes} quotes: ", end="")
    print(f"{size / seconds:.2f} MB/s of processor time")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("folder", type=Path, help="annotated articles")
    parser.add_argument("--corpus", type=Path, help="newsqa-2022's, with the further articles")
    parser.add_argument("--speed", action="store_true", help="measure speed on the corpus")
    parser.add_argument("--errors", action="store_true", help="print every error")
    given = parser.parse_args()
    gold = read_gold(given.folder)
    heads = ("direct P", "R", "F1", "indir. P", "R", "F1", "speakers", "pronouns")
    print(f"{'':32}" + "".join(f"{head:>10}" for head in heads))
    for name, part in (("all", gold), ("even articles", gold[::2]), ("odd articles", gold[1::2])):
        print_row(f"rules, {name}", part)
    print_row("baseline, all", gold, baseline)
    batches = read_unseen(given.corpus) if given.corpus else {}
    for name, part in batches.items():
        print_row(f"rules, batch {name}", part)
    further = [item for part in batches.values() for item in part]
    if further:
        print_row("rules, all batches", further)
        print_row("baseline, all batches", further, baseline)
    if given.errors:
        measure([*gold, *further], extract_quotes, show=True)
    if given.speed and given.corpus:
        print_speed(given.corpus)


if __name__ == "__main__":
    main()
