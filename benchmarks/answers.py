"""How often does the answer sentence of a hit hold the answer?

    python benchmarks/answers.py COLLECTION --index DIR

COLLECTION is a folder in BEIR's layout, whose corpus DIR indexes and whose questions carry answer
strings. The passages judged are those of right articles that hold an answer, of at least two
sentences: the first five of each question in the order of a search. A choice scores where the
sentence holds an answer; scores are averaged over the passages of a question, then over questions.
The weights that semsearch chooses by were fitted on one half of newsqa-2022's questions (by a hash
of their ids), so each half has a column.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import Floats, open_index, options

from semsearch.encoder import Encoder
from semsearch.evaluation import Topic, read_collection
from semsearch.hits import Hit, Query
from semsearch.searcher import Searcher
from semsearch.text.sentences import sentences
from semsearch.text.words import words

DEPTH = 100  # hits looked at for passages to judge
SHOWN = 5  # passages of a question that are judged


@dataclass(frozen=True)
class Case:
    """A passage that holds an answer: its sentences, which hold it, and which was chosen."""

    topic: Topic
    sentences: tuple[str, ...]
    right: npt.NDArray[np.bool_]
    chosen: int

    @property
    def fitting(self) -> bool:
        """Whether the question is of the half that weights were fitted on."""
        return hashlib.sha256(self.topic.id.encode()).digest()[0] % 2 == 0


def normal(text: str) -> str:
    """The words of a text, so that answers are found whatever the punctuation."""
    return f" {' '.join(word.text for word in words(text))} "


def cases_of(searcher: Searcher, topic: Topic) -> Iterator[Case]:
    """The passages to judge among those that a search for a question finds, best first."""
    # Dates of the question are not read: "this week" of today says nothing about an old one.
    query = Query(topic.text, DEPTH, read_dates=False, collapse_duplicates=False, per_article=0)
    answers = [normal(answer) for answer in topic.answers]
    for hit in searcher.search(query).hits:
        if hit.article.id in topic.relevant:
            case = judged(topic, answers, hit, searcher.article(hit.article.id).text)
            if len(case.sentences) > 1 and case.right.any():
                yield case


def judged(topic: Topic, answers: Sequence[str], hit: Hit, text: str) -> Case:
    spans = sentences(text, hit.passage.start, hit.passage.end)
    parts = tuple(text[start:end] for start, end in spans)
    right = np.array([any(answer in normal(part) for answer in answers) for part in parts], bool)
    chosen = max(i for i, (start, _) in enumerate(spans) if start <= hit.answer.start)
    return Case(topic, parts, right, chosen)


def nearest(encoder: Encoder, cases: Sequence[Case]) -> list[int]:
    """The sentence of each passage that is nearest to its question by the encoder."""
    texts = sorted({part for case in cases for part in case.sentences})
    known = dict(zip(texts, encoder.encode_passages(texts), strict=True))
    asked: Floats = encoder.encode_queries([case.topic.text for case in cases])
    return [
        int(np.argmax([known[part] @ vector for part in case.sentences]))
        for case, vector in zip(cases, asked, strict=True)
    ]


def score(cases: Sequence[Case], picks: Sequence[int], fitting: bool) -> float:
    """How often the picked sentence holds an answer, averaged over the questions of a half."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for case, pick in zip(cases, picks, strict=True):
        if case.fitting == fitting:
            hits[case.topic.id].append(bool(case.right[pick]))
    return float(np.mean([np.mean(one) for one in hits.values()]))


def report(cases: Sequence[Case], encoder: Encoder) -> None:
    mean = np.mean([len(case.sentences) for case in cases])
    questions = len({case.topic.id for case in cases})
    print(f"{len(cases)} passages of {questions} questions, {mean:.1f} sentences each\n")
    choices = {
        "first sentence": [0 for _ in cases],
        "longest sentence": [int(np.argmax([*map(len, case.sentences)])) for case in cases],
        "encoder alone": nearest(encoder, cases),
        "semsearch": [case.chosen for case in cases],
    }
    print(f"{'chooses a sentence with the answer':36}{'fitting half':>14}{'other half':>12}")
    for name, picks in choices.items():
        print(f"{name:36}{score(cases, picks, True):14.3f}{score(cases, picks, False):12.3f}")


def main() -> None:
    parser = options(__doc__, index=True)
    parser.add_argument("collection", type=Path)
    given = parser.parse_args()
    topics = [topic for topic in read_collection(given.collection).topics if topic.answers]
    with open_index(given.index) as live, live.snapshot() as searcher:
        report([c for topic in topics for c in [*cases_of(searcher, topic)][:SHOWN]], live.encoder)


if __name__ == "__main__":
    main()
