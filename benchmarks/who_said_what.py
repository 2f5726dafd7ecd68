"""Questions for somebody's words, with and without the understanding of speakers.

    python benchmarks/who_said_what.py FOLDER --index DIR

DIR is an index of newsqa-2022's corpus, FOLDER holds its annotated articles. Two sets of questions
are next to this file, written by hand, one for a direct quotation each, in other words than the
quotation where there are others; speakers go by full name, last name or role. `who_said_what.tsv`
asks for annotated articles of the folder (every second one) and was looked at while the ranking
was made; `who_said_what_unseen.tsv` asks for the articles of `quotes_unseen.tsv` and was written
before anybody searched it: one in ten is typed in lower case, and one in eleven only looks like a
question for somebody's words. A hit is right when its passage overlaps the quotation. Other
passages in which the speaker says something on the topic are not known, so the figures are low
estimates for both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common import open_index, options
from quotes import HERE, UNSEEN, read_lines, read_table

from semsearch.hits import Query, SearchResults
from semsearch.searcher import Searcher

DEPTH = 10
Ends = dict[tuple[str, int], int]


@dataclass(frozen=True)
class Case:
    """One question: the passage to find overlaps `start` to `end` of the article."""

    question: str
    article: str
    start: int
    end: int


def read_cases(questions: Path, ends: Ends) -> list[Case]:
    """`ends` says where each annotated quotation ends, by its article and start."""
    keys = [(row["article"], int(row["start"]), row["question"]) for row in read_table(questions)]
    return [Case(text, article, start, ends[article, start]) for article, start, text in keys]


def search(searcher: Searcher, case: Case, aware: bool) -> SearchResults:
    return searcher.search(Query(case.question, k=DEPTH, read_speakers=aware, read_dates=False))


def rank_of(results: SearchResults, case: Case) -> int | None:
    """The rank of the first right hit, from 1; None when not among the first ten."""
    for hit in results.hits:
        same = hit.article.id == case.article
        if same and hit.passage.start < case.end and case.start < hit.passage.end:
            return hit.rank
    return None


def report(searcher: Searcher, name: str, cases: Sequence[Case]) -> None:
    plain = [rank_of(search(searcher, case, False), case) for case in cases]
    found = [search(searcher, case, True) for case in cases]
    aware = [rank_of(results, case) for results, case in zip(found, cases, strict=True)]
    understood = [any(c.kind == "speaker" and c.applied for c in one.chips) for one in found]
    print(f"\n{name}: {len(cases)} questions, {sum(understood)} of them understood and applied")
    print(f"{'':28} {'success@1':>10} {'MRR@10':>8} {'in ten':>8}")
    for way, ranks in (("without", plain), ("with speakers", aware)):
        first = sum(rank == 1 for rank in ranks) / len(ranks)
        reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
        print(f"{way:28} {first:10.3f} {reciprocal:8.3f} {sum(map(bool, ranks)):8}")


def main() -> None:
    parser = options(__doc__, index=True)
    parser.add_argument("folder", type=Path, help="annotated articles")
    given = parser.parse_args()
    known = {
        (r["article"], r["start"]): r["end"] for r in read_lines(given.folder / "quotes.jsonl")
    }
    unseen = {(r["article"], int(r["start"])): int(r["end"]) for r in read_table(UNSEEN)}
    with open_index(given.index) as live, live.snapshot() as searcher:
        print(f"{searcher.index.passages} passages")
        for name, file, ends in (
            ("looked at", "who_said_what.tsv", known),
            ("unseen", "who_said_what_unseen.tsv", unseen),
        ):
            report(searcher, name, read_cases(HERE / file, ends))


if __name__ == "__main__":
    main()
