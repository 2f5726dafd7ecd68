"""A process that analyses articles for an indexer: `python -m semsearch.indexer.worker`.

On its standard input come pickles: an Analyser, then lists of articles; for each list it answers
one pickle, the list of their Analyses or the exception that stopped it. It ends when its input
does, so it never outlives the indexer, however that dies. Only the indexer that started it writes
to the pipe, which is why pickle is safe here.
"""

from __future__ import annotations

import pickle
import sys

from semsearch.corpus import Article
from semsearch.indexer.analysis import Analyser, Analysis

__all__: list[str] = []


def main() -> None:
    """Answer until the input ends."""
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    analyse: Analyser = pickle.load(asked)  # noqa: S301 -- our own parent wrote it
    while True:
        try:
            articles: list[Article] = pickle.load(asked)  # noqa: S301 -- as above
        except EOFError:
            return
        pickle.dump(_answer(analyse, articles), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _answer(analyse: Analyser, articles: list[Article]) -> list[Analysis] | Exception:
    try:
        return [analyse(article) for article in articles]
    except Exception as error:
        return error


if __name__ == "__main__":
    main()
