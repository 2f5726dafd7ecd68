"""How often the answer sentence holds the answer: `python benchmarks/answers.py [COLLECTION]`.

For a BEIR folder whose questions carry answer strings. The passages judged are those of right
articles that hold an answer, of at least two sentences, the five of each question that hold most
of its words (those a search would show). A method scores where the sentence it picks holds an
answer; scores are averaged over the passages of a question, then over questions. Weights are
fitted on one half of the questions (by a hash of their ids) and judged on the other.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.corpus import Article
from semsearch.encoder import load_encoder
from semsearch.ranking.answers import (
    EVIDENCE,
    WEIGHTS,
    best_sentence,
    evidence,
)
from semsearch.ranking.question_terms import matched_spans, missing_terms, question_terms
from semsearch.settings import default_cache_dir
from semsearch.text.splitter import sentences, split
from semsearch.text.stems import stems_of
from semsearch.text.word_arrays import (
    TextWords,
    pack_words,
    stem_numbers,
    text_words,
    unpack_words,
)
from semsearch.text.words import words

DEFAULT = Path(__file__).resolve().parents[1] / "../shared/newsqa-2022"
SHOWN = 5  # passages of a question that are judged
PASSAGE_WORDS = 150

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A passage that holds an answer: its sentences, which of them hold it, and the evidence."""

    key: str
    question: str
    sentences: tuple[str, ...]
    right: NDArray[np.bool_]
    evidence: Rows
    coverage: float

    @property
    def fitting(self) -> bool:
        """Whether the question is of the half that weights are fitted on."""
        return hashlib.sha256(self.key.encode()).digest()[0] % 2 == 0


Pick = Callable[[Case], int]


def normal(text: str) -> str:
    """The words of a text, so that answers are found whatever the punctuation."""
    return f" {' '.join(word.text for word in words(text))} "


def load(folder: Path) -> tuple[list[Case], Callable[[str], float]]:
    """The passages to judge, and the rarity of words over all passages."""
    tiny = load_encoder("tiny", default_cache_dir())
    passages: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    holding: Counter[str] = Counter()
    total = 0
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            article = Article(id=row["_id"], title=row["title"], text=row["text"])
            passages[article.id] = found = []
            for passage in split(article, tiny.count_tokens, PASSAGE_WORDS):
                total += 1
                holding.update({word.text for word in words(passage.text)})
                spans = sentences(article.text, passage.start, passage.end)
                found.append((passage.text, tuple(article.text[s:e] for s, e in spans)))

    def idf(word: str) -> float:
        return math.log1p(total / (1 + holding[word]))

    questions: dict[str, dict[str, Any]] = {}
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        questions[row["_id"]] = row
    right: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels/test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, article_id, _ = line.split("\t")
        right[question].add(article_id)
    cases = [
        case
        for key, row in sorted(questions.items())
        for case in judged(key, row, [p for a in sorted(right[key]) for p in passages[a]], idf)
    ]
    return cases, idf


def judged(
    key: str,
    row: dict[str, Any],
    found: list[tuple[str, tuple[str, ...]]],
    idf: Callable[[str], float],
) -> list[Case]:
    """The passages of one question that are judged."""
    answers = [normal(answer) for answer in row["metadata"]["answers"]]
    question = question_terms(row["text"])
    stems = stems_of("en")
    numbers = stem_numbers(stems[word] for word in question.words).tolist()
    weights = dict(zip(numbers, map(idf, question.words), strict=True))
    cases = []
    for text, parts in dict.fromkeys(found):
        right = np.array([any(one in normal(part) for one in answers) for part in parts], bool)
        if len(parts) < 2 or not right.any():
            continue
        held = sum(
            weights[stem] for stem in weights.keys() & set(text_words(text, "en").stems.tolist())
        )
        rows = evidence(question, *joined(parts), idf)
        cases.append(Case(key, row["text"], parts, right, rows, held))
    return sorted(cases, key=lambda case: -case.coverage)[:SHOWN]


def joined(parts: tuple[str, ...]) -> tuple[str, TextWords]:
    """A text of these sentences, cut into words as the index keeps them."""
    text = " ".join(parts)
    begins = np.cumsum([0, *(len(part) + 1 for part in parts[:-1])])
    return text, unpack_words(pack_words(text, "en"), begins)


def score(cases: list[Case], pick: Pick) -> float:
    """How often the picked sentence holds an answer, averaged over questions."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        hits[case.key].append(bool(case.right[pick(case)]))
    return float(np.mean([np.mean(one) for one in hits.values()]))


def fit(cases: list[Case], columns: Callable[[Case], Rows], rounds: int = 600) -> Rows:
    """Weights under which a softmax over the sentences gives the right ones most probability."""
    cases = [case for case in cases if not case.right.all()]
    shares = Counter(case.key for case in cases)
    weight = np.array([1 / shares[case.key] for case in cases])
    lengths = [len(case.sentences) for case in cases]
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    rows = np.concatenate([columns(case) for case in cases])
    right = np.concatenate([case.right for case in cases])
    weights = np.zeros(rows.shape[1])
    speed = np.zeros_like(weights)
    for _ in range(rounds):
        force = np.exp(rows @ weights)
        given = force / np.repeat(np.add.reduceat(force, starts), lengths)
        held = np.where(right, force, 0.0)
        wanted = held / np.repeat(np.add.reduceat(held, starts), lengths)
        pull = rows.T @ ((wanted - given) * np.repeat(weight, lengths)) - 0.1 * weights
        speed = 0.9 * speed + 0.01 * pull
        weights += speed
    return weights


def cosines(cases: list[Case]) -> dict[str, Rows]:
    """The default encoder's similarity of each question with each sentence, by their texts."""
    encoder = load_encoder("default", default_cache_dir())
    questions = sorted({case.question for case in cases})
    texts = sorted({part for case in cases for part in case.sentences})
    start = time.perf_counter()
    known = dict(zip(texts, encoder.encode_passages(texts), strict=True))
    seconds = time.perf_counter() - start
    print(f"encoding {len(texts)} sentences: {1000 * seconds / len(texts):.2f} ms each")
    asked = dict(zip(questions, encoder.encode_queries(questions), strict=True))
    return {
        case.question + "\0" + "\0".join(case.sentences): np.array(
            [known[part] @ asked[case.question] for part in case.sentences], np.float64
        )
        for case in cases
    }


def report(cases: list[Case]) -> None:
    """Print the table of methods, and the weights that a fit on the fitting half gives."""
    near = cosines(cases)

    def cosine(case: Case) -> Rows:
        return near[case.question + "\0" + "\0".join(case.sentences)]

    def with_cosine(case: Case) -> Rows:
        return np.hstack([case.evidence, cosine(case)[:, None]])

    train = [case for case in cases if case.fitting]
    fitted = fit(train, lambda case: case.evidence)
    joint = fit(train, with_cosine)
    methods: dict[str, Pick] = {
        "first sentence": lambda case: 0,
        "longest sentence": lambda case: int(np.argmax([len(part) for part in case.sentences])),
        "encoder alone": lambda case: int(np.argmax(cosine(case))),
        "question's words by rarity": lambda case: int(np.argmax(case.evidence[:, 0])),
        "semsearch": lambda case: int(np.argmax(case.evidence @ WEIGHTS)),
        "the same, weights as fitted": lambda case: int(np.argmax(case.evidence @ fitted)),
        "the same with the encoder": lambda case: int(np.argmax(with_cosine(case) @ joint)),
    }
    test = [case for case in cases if not case.fitting]
    print(f"{'picks a sentence with the answer':34}{'fitting half':>14}{'other half':>12}")
    for name, pick in methods.items():
        print(f"{name:34}{score(train, pick):14.3f}{score(test, pick):12.3f}")
    print("\nevidence  shipped  fitted")
    for name, shipped, found in zip(EVIDENCE, WEIGHTS, fitted, strict=True):
        print(f"{name:9}{shipped:8.1f}{found:8.2f}")
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in test:
        by_kind[question_terms(case.question).kind].append(case)
    print("\nother half by what is asked for")
    for kind, some in sorted(by_kind.items()):
        count = len({case.key for case in some})
        alone = score(some, methods["encoder alone"])
        print(
            f"{kind:8}{count:5} questions  {score(some, methods['semsearch']):.3f}"
            f"  (encoder alone {alone:.3f})"
        )


def cost(cases: list[Case], idf: Callable[[str], float]) -> None:
    """Print the time that a page of ten hits takes, whose words are cut when it is indexed."""
    page = [(question_terms(case.question), *joined(case.sentences)) for case in cases[::7][:200]]
    jobs: dict[str, Callable[[], object]] = {
        "question, read": lambda: [question_terms(case.question) for case in cases[:20]],
        "cut, ten passages": lambda: [text_words(text, "en") for _, text, _ in page],
        "best_sentence, ten passages": lambda: [best_sentence(*one, idf) for one in page],
        "matched_spans, ten passages": lambda: [matched_spans(*one) for one in page],
        "missing_terms, ten passages": lambda: [missing_terms(q, w.stems, t) for q, t, w in page],
    }
    print()
    for name, job in jobs.items():
        best = math.inf
        for _ in range(7):
            start = time.perf_counter()
            job()
            best = min(best, time.perf_counter() - start)
        print(f"{name}: {1000 * best / 20:.3f} ms")  # 20 questions, 20 pages of ten


if __name__ == "__main__":
    all_cases, rarity = load(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
    mean = np.mean([len(case.sentences) for case in all_cases])
    print(
        f"{len(all_cases)} passages of {len({case.key for case in all_cases})} questions, "
        f"{mean:.1f} sentences each"
    )
    report(all_cases)
    cost(all_cases, rarity)
