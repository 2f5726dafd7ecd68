"""How repeated passages are found: `python benchmarks/duplicates.py [COLLECTION]`.

Prints the cost of signing beside datasketch's MinHash, the cost of collapsing a page's pool, and
for the near pairs of a BEIR folder, by estimated similarity, how much of their words is common
in fact: the table that the threshold was chosen from. `--read N` prints N pairs around it.
"""

# ruff: noqa: S311 -- samples of pairs need no cryptographic chance
from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.ranking.duplicates import PLACES, THRESHOLD, collapse, signatures
from semsearch.settings import default_cache_dir
from semsearch.text.splitter import split

DEFAULT = Path(__file__).resolve().parents[1] / "../shared/newsqa-2022"
PASSAGE_WORDS = 150
BINS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99, 1.01)

Signatures = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage and where it is from."""

    article: str
    title: str
    text: str


def load(folder: Path) -> list[Piece]:
    """The passages of a collection."""
    tiny = load_encoder("tiny", default_cache_dir())
    pieces = []
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            article = Article(id=row["_id"], title=row["title"], text=row["text"])
            passages = split(article, tiny.count_tokens, PASSAGE_WORDS)
            pieces += [Piece(article.id, article.title, passage.text) for passage in passages]
    return pieces


def seconds(job: Callable[[], object], rounds: int = 1) -> float:
    """Processor seconds of a job, the least of some rounds."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


def runs(text: str) -> list[str]:
    """The runs of three words of a text, as the signatures see them."""
    words = "".join(c if c.isalnum() or c == "_" else " " for c in text.lower()).split()
    return [" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))]


def compare_costs(pieces: list[Piece]) -> Signatures:
    """Print the cost of signatures, and datasketch's on a part; gives the signatures."""
    from datasketch import MinHash  # type: ignore[import-untyped]  # it ships no types

    texts = [piece.text for piece in pieces]
    signed: list[Signatures] = []
    ours = seconds(lambda: signed.append(signatures(texts)))
    part = texts[:3000]
    shingles = [[run.encode() for run in runs(text)] for text in part]

    def datasketch() -> None:
        for run in (run for text in part if (run := [r.encode() for r in runs(text)])):
            MinHash(num_perm=PLACES).update_batch(run)

    def datasketch_bulk() -> None:
        MinHash.bulk(shingles, num_perm=PLACES)

    print(
        f"signing {len(texts)} passages: {ours:.1f} s of processor time, "
        f"{signed[0].nbytes / len(texts):.0f} bytes each"
    )
    for name, job in (("one by one", datasketch), ("bulk, runs given", datasketch_bulk)):
        print(f"datasketch {name}: {seconds(job) / len(part) * len(texts):.1f} s")
    return signed[0]


def compare_accuracy(pieces: list[Piece], signed: Signatures, pairs: list[tuple[int, int]]) -> None:
    """Print how far the estimates lie from the true Jaccard similarities."""
    errors = []
    for one, other in random.Random(0).sample(pairs, min(2000, len(pairs))):
        first, second = set(runs(pieces[one].text)), set(runs(pieces[other].text))
        true = len(first & second) / len(first | second)
        errors.append(abs(true - estimate(signed, one, other)))
    print(f"mean error of the estimate over {len(errors)} near pairs: {np.mean(errors):.3f}")


def collapse_cost(signed: Signatures) -> None:
    """Print the time to collapse pools of 400."""
    order = np.random.default_rng(0).permutation(len(signed))[:400]
    pools = {
        "400 passages at random": signed[order],
        "40 passages ten times each": np.tile(signed[order[:40]], (10, 1)),
        "one passage 400 times": np.tile(signed[order[:1]], (400, 1)),
    }
    for name, pool in pools.items():
        print(f"collapsing {name}: {1000 * seconds(lambda: collapse(pool), 9):.2f} ms")  # noqa: B023 -- called at once


def estimate(signed: Signatures, one: int, other: int) -> float:
    """The estimated similarity of two passages."""
    return float(np.mean(signed[one] == signed[other]))


def near_pairs(signed: Signatures) -> list[tuple[int, int]]:
    """Pairs that agree in three places in a row somewhere: nearly all from 0.4 up."""
    found: set[tuple[int, int]] = set()
    for place in range(0, PLACES - 2, 3):
        groups = defaultdict(list)
        for row, key in enumerate(map(bytes, np.ascontiguousarray(signed[:, place : place + 3]))):
            groups[key].append(row)
        for rows in groups.values():
            found.update(combinations(rows[:50], 2))  # of great groups, some
    return sorted(found)


def common(one: str, other: str) -> tuple[float, float]:
    """Which shares of the shorter and of the longer text's words stand in both, in order."""
    first, second = sorted((one.split(), other.split()), key=len)
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    size = sum(block.size for block in blocks)
    return size / max(1, len(first)), size / max(1, len(second))


def binned(
    pieces: list[Piece], signed: Signatures, pairs: list[tuple[int, int]]
) -> Iterator[tuple[float, float, list[tuple[int, int]]]]:
    """The pairs of different articles, by estimated similarity."""
    estimates = [estimate(signed, *pair) for pair in pairs]
    for low, high in pairwise(BINS):
        yield (
            low,
            high,
            [
                (one, other)
                for (one, other), share in zip(pairs, estimates, strict=True)
                if low <= share < high and pieces[one].article != pieces[other].article
            ],
        )


def table(pieces: list[Piece], signed: Signatures, pairs: list[tuple[int, int]]) -> None:
    """Print by similarity how many pairs say the same."""
    chooser = random.Random(0)
    print(
        f"\n{'estimate':12}{'pairs':>7}{'shorter in longer':>19}{'longer in shorter':>19}"
        f"{'same text':>11}{'held whole':>12}"
    )
    for low, high, some in binned(pieces, signed, pairs):
        shares = [
            common(pieces[one].text, pieces[other].text)
            for one, other in chooser.sample(some, min(150, len(some)))
        ]
        if not shares:
            continue
        shorter, longer = np.median(np.array(shares), axis=0)
        same = np.mean([both >= 0.8 for _, both in shares])
        whole = np.mean([least >= 0.9 for least, _ in shares])
        print(
            f"{low:.2f}-{min(high, 1):.2f}{len(some):10}{shorter:19.2f}{longer:19.2f}"
            f"{same:11.2f}{whole:12.2f}"
        )
    print("same text: at least 0.8 of the longer is common; held whole: 0.9 of the shorter is")


def read(pieces: list[Piece], signed: Signatures, pairs: list[tuple[int, int]], count: int) -> None:
    """Print some pairs around the threshold with the words that differ."""
    near = [
        (one, other)
        for one, other in pairs
        if abs(estimate(signed, one, other) - THRESHOLD) < 0.1
        and pieces[one].article != pieces[other].article
    ]
    for one, other in random.Random(1).sample(near, min(count, len(near))):
        first, second = pieces[one].text.split(), pieces[other].text.split()
        steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
        print(
            f"\n{estimate(signed, one, other):.2f}  {pieces[one].title}  //  {pieces[other].title}"
        )
        for kind, a, b, c, d in steps:
            if kind != "equal":
                print(f"   - {' '.join(first[a:b])[:110]}\n   + {' '.join(second[c:d])[:110]}")


def main(arguments: list[str]) -> None:
    """Run all, or print pairs to read."""
    wanted = int(arguments.pop()) if "--read" in arguments else 0
    folders = [argument for argument in arguments if argument != "--read"]
    pieces = load(Path(folders[0]) if folders else DEFAULT)
    if wanted:
        signed = signatures(piece.text for piece in pieces)
        read(pieces, signed, near_pairs(signed), wanted)
        return
    signed = compare_costs(pieces)
    collapse_cost(signed)
    pairs = near_pairs(signed)
    compare_accuracy(pieces, signed, pairs)
    table(pieces, signed, pairs)


if __name__ == "__main__":
    main(sys.argv[1:])
