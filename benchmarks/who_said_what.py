"""Questions for somebody's words, with and without the understanding of speakers.

    semsearch reindex ../shared/newsqa-2022/corpus.jsonl.gz --index DIR
    python benchmarks/who_said_what.py DIR ../shared/quotes-2022

Two sets of questions lie beside this file, written by hand, one for a direct quotation each, in
other words than the quotation where there are others; speakers go by full name, last name or role.
`who_said_what.tsv` asks for annotated articles of the folder (every second one) and was looked at
while the ranking was made; `who_said_what_unseen.tsv` asks for the articles of `quotes_unseen.tsv`
and was written before anybody searched it: one in ten is typed in lower case, and one in eleven
only looks like a question for somebody's words. A hit is right when its passage overlaps the
quotation. Other passages in which the speaker says something on the topic
are not known, so the figures are low estimates for both ways.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.encoder import load_encoder
from semsearch.hits import Query, SearchResults
from semsearch.searcher import LiveIndex, Searcher
from semsearch.settings import load_settings

DEPTH = 10
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One question: the passage to find overlaps `start` to `end` of the article."""

    question: str
    article: str
    start: int
    end: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("folder", type=Path, help="annotated articles")
    parser.add_argument("--model", default="default")
    parser.add_argument("--list", action="store_true", help="print the questions and their ranks")
    arguments = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(arguments.model, settings.cache_dir)
    live = LiveIndex(arguments.index, encoder, settings)
    with live.snapshot() as searcher:
        print(f"{searcher.index.passages} passages")
        looked_at = read_cases(HERE / "who_said_what.tsv", ends_in_folder(arguments.folder))
        unseen = read_cases(HERE / "who_said_what_unseen.tsv", ends_unseen())
        report(searcher, "looked at", looked_at, arguments.list)
        report(searcher, "unseen", unseen, arguments.list)


def report(searcher: Searcher, name: str, cases: Sequence[Case], listed: bool) -> None:
    plain = [rank_of(searcher, case, False) for case in cases]
    aware = [rank_of(searcher, case, True) for case in cases]
    understood = [is_understood(searcher, case) for case in cases]
    print(f"\n{name}: {len(cases)} questions, {sum(understood)} of them understood and applied")
    print_table(plain, aware)
    if listed:
        for case, before, after, known in zip(cases, plain, aware, understood, strict=True):
            mark = "+" if known else " "
            print(f"{before or '-':>3} -> {after or '-':>3} {mark} {case.question}")


Ends = dict[tuple[str, int], int]


def ends_in_folder(folder: Path) -> Ends:
    """Where each annotated quotation ends, by its article and start."""
    with (folder / "quotes.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {(row["article"], row["start"]): row["end"] for row in rows}


def ends_unseen() -> Ends:
    with (HERE / "quotes_unseen.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return {(row["article"], int(row["start"])): int(row["end"]) for row in rows}


def read_cases(questions: Path, ends: Ends) -> list[Case]:
    with questions.open(encoding="utf-8", newline="") as lines:
        return [
            Case(
                question=row["question"],
                article=row["article"],
                start=int(row["start"]),
                end=ends[row["article"], int(row["start"])],
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def rank_of(searcher: Searcher, case: Case, aware: bool) -> int | None:
    """The rank of the first right hit, from 1; None when not among the first ten."""
    for hit in search(searcher, case, aware).hits:
        same = hit.article.id == case.article
        if same and hit.passage.start < case.end and case.start < hit.passage.end:
            return hit.rank
    return None


def search(searcher: Searcher, case: Case, aware: bool) -> SearchResults:
    return searcher.search(Query(case.question, k=DEPTH, read_speakers=aware, read_dates=False))


def is_understood(searcher: Searcher, case: Case) -> bool:
    chips = search(searcher, case, True).chips
    return any(chip.kind == "speaker" and chip.applied for chip in chips)


def print_table(plain: Sequence[int | None], aware: Sequence[int | None]) -> None:
    print(f"{'':28} {'success@1':>10} {'MRR@10':>8} {'in ten':>8}")
    for name, ranks in (("without", plain), ("with speakers", aware)):
        first, reciprocal = scores(ranks)
        print(f"{name:28} {first:10.3f} {reciprocal:8.3f} {sum(map(bool, ranks)):8}")


def scores(ranks: Sequence[int | None]) -> tuple[float, float]:
    """(success@1, MRR@10)."""
    first = sum(rank == 1 for rank in ranks)
    reciprocal = sum(1 / rank for rank in ranks if rank)
    return first / max(1, len(ranks)), reciprocal / max(1, len(ranks))


if __name__ == "__main__":
    main()
