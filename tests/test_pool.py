"""Analysing in several processes: the same analyses in the same order as in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from semsearch.corpus import Article
from semsearch.encoder import Encoder
from semsearch.encoder.tiny import TinyEncoder
from semsearch.indexer.analysis import Analyser, Analysis
from semsearch.indexer.pool import BATCH, FEW, Analysts
from semsearch.text.splitter import SplitterSettings


def analyser(encoder: Encoder) -> Analyser:
    return Analyser(encoder.counter, encoder.max_tokens, SplitterSettings(target_tokens=32))


def articles(count: int) -> list[Article]:
    return [
        Article(f"a{i}", f"Title {i}", f"Report {i} came in. “It is {i},” said Anna Keller. " * 4)
        for i in range(count)
    ]


def run(analysts: Analysts, given: Sequence[Article]) -> list[tuple[Article, str, Analysis]]:
    found = [one for article in given for one in analysts.put(article, f"{article.id}.txt")]
    found += analysts.finish()
    analysts.close()
    return found


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW + BATCH + 3])
def test_processes_give_what_one_gives_in_the_same_order(count: int) -> None:
    given = articles(count)
    analyse = analyser(TinyEncoder())
    expected = [(article, f"{article.id}.txt", analyse(article)) for article in given]
    assert run(Analysts(analyse, processes=2), given) == expected


@dataclass(frozen=True)
class Failing:
    """A counter that fails in whichever process it is called."""

    def __call__(self, texts: Sequence[str]) -> list[int]:
        raise ValueError("this tokenizer is broken")


def test_what_goes_wrong_in_a_process_is_raised_here() -> None:
    analysts = Analysts(Analyser(Failing(), 256, SplitterSettings()), processes=2)
    with pytest.raises((ValueError, OSError), match=r"broken|ended early"):
        run(analysts, articles(FEW + 1))
    analysts.close()


def test_a_counter_that_cannot_travel_is_used_here() -> None:
    tiny = TinyEncoder()
    analyse = Analyser(lambda texts: tiny.count_tokens(texts), 256, SplitterSettings())
    assert len(run(Analysts(analyse, processes=2), articles(FEW + 1))) == FEW + 1


def put_all(analysts: Analysts, given: list[Article]) -> None:
    """Put articles and take what is ready, without finishing."""
    for article in given:
        list(analysts.put(article, "f"))


def test_a_process_that_is_killed_is_an_error_and_no_deadlock() -> None:
    analysts = Analysts(analyser(TinyEncoder()), processes=2)
    try:
        put_all(analysts, articles(FEW))
        assert analysts._workers is not None
        for process in analysts._workers._processes:
            process.kill()
        # What was sent before the kill may be answered; what comes after it cannot be.
        with pytest.raises(OSError, match="ended early"):
            put_all(analysts, articles(FEW))
    finally:
        analysts.close()
