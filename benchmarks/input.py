"""How fast articles are read and split, how long passages are, and what counts as promotional.

Usage: python benchmarks/input.py PATH... [--model default] [--examples 0] [--seed 1]

Prints CPU seconds (other programs on the machine change them little), the lengths of the
passages, and how many lines each promotional rule takes. `--examples` prints lines of each rule,
chosen by chance, to judge the rules by.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from semsearch.corpus import Article, Passage
from semsearch.encoder import load_encoder
from semsearch.readers import find_files, read_file
from semsearch.settings import default_cache_dir
from semsearch.text.boilerplate import boilerplate, rule_of
from semsearch.text.sentences import sentences
from semsearch.text.splitter import SplitterSettings, split
from semsearch.text.token_counts import WordCounts

Result = TypeVar("Result")


def timed(name: str, work: Callable[[], Result]) -> Result:
    begin = time.process_time()
    result = work()
    print(f"{name:34} {time.process_time() - begin:7.2f} s")
    return result


def articles(paths: Iterable[Path]) -> list[Article]:
    sources = (source for source in find_files(paths) if source.skip is None)
    found = (item for source in sources for item in read_file(source.path, source.root))
    return [item for item in found if isinstance(item, Article)]


def print_lengths(passages: list[Passage], count: Callable[[list[str]], list[int]]) -> None:
    tokens = sorted(count([passage.text for passage in passages]))
    marks = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    quantiles = ", ".join(f"{mark:.0%} {tokens[int(mark * len(tokens))]}" for mark in marks)
    print(
        f"tokens per passage: mean {sum(tokens) / len(tokens):.0f}, {quantiles}, max {tokens[-1]}"
    )


def print_rules(corpus: list[Article], examples: int) -> None:
    lines: dict[str, list[str]] = defaultdict(list)
    for article in corpus:
        for start, end in boilerplate(article.text):
            line = article.text[start:end]
            lines[rule_of(line) or "label inside a line"].append(line)
    for rule, found in sorted(lines.items(), key=lambda item: -len(item[1])):
        print(f"{len(found):6} {rule}")
        different = sorted(set(found))
        for line in random.sample(different, min(examples, len(different))):
            print(f"         {line[:160]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--examples", type=int, default=0, help="lines of each rule to print")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)

    encoder = load_encoder(options.model, default_cache_dir())
    counter = WordCounts(encoder.count_tokens)
    shape = SplitterSettings()

    corpus = timed("reading", lambda: articles(options.paths))
    characters = sum(len(article.text) for article in corpus)
    print(f"{len(corpus)} articles, {characters / 1e6:.1f} million characters")
    timed("sentences", lambda: [sentences(article.text) for article in corpus])
    timed("promotional lines", lambda: [boilerplate(article.text) for article in corpus])
    passages = timed(
        "splitting, all of it",
        lambda: [p for a in corpus for p in split(a, counter, encoder.max_tokens, shape)],
    )
    print(f"{len(passages)} passages of {encoder.max_tokens} tokens at most")
    print_lengths(passages, counter)
    print_rules(corpus, options.examples)


if __name__ == "__main__":
    main()
