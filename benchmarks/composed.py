"""Collections of any size for growth.py: real articles first, then composed ones.

A composed article takes the paragraphs of one real article and puts some of another's in place of
a fifth to a half of them; names that few articles hold are spelt anew in each round, so that words
and speakers grow in number as they do in news. Word statistics, lengths, quotes and metadata stay
those of news; what an article tells as a whole does not hang together.

`StandIn` gives such passages vectors without the hours that encoding millions takes. It is honest
for size and speed, not for ranking: a real passage gets its real vector, a composed one the mean
of the real vectors of the passages that its sentences come from, with noise.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from string import ascii_lowercase

import numpy as np
from common import Floats, articles, open_texts, open_vectors, unit

from semsearch.corpus import Article
from semsearch.encoder import Encoder
from semsearch.text.sentences import sentences

__all__ = ["PER_FILE", "Composer", "StandIn", "write_articles"]

PER_FILE = 1000  # articles in a file of a composed collection
CHARACTERS = 880  # of a passage in news, about
RARE = 3  # articles that hold a name, at most, for it to be spelt anew
NOISE = 0.02  # per number of a vector: 0.39 of its length at 384 numbers
_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")


class Composer:
    """Articles by number: the same number is the same article in each run."""

    def __init__(self, corpus: Path) -> None:
        self._real = list(articles(corpus))
        held = Counter(name for a in self._real for name in set(_NAME.findall(a.text)))
        self._rare = {name for name, count in held.items() if count <= RARE}

    def article(self, number: int) -> Article:
        """The real ones first; then one composed on each of them, round after round."""
        turn, place = divmod(number, len(self._real))
        source = self._real[place]
        if turn == 0:
            return source
        chance = random.Random(number)  # noqa: S311 -- a benchmark's choice, repeatable
        other = _paragraphs(chance.choice(self._real)) or [""]
        share, lines = chance.uniform(0.2, 0.5), _paragraphs(source)
        for i in range(len(lines)):
            if chance.random() < share:
                lines[i] = other[(i + chance.randrange(3)) % len(other)]
        published = source.published
        return replace(
            source,
            id=f"{source.id}-{turn}",
            title=self._renamed(source.title, turn),
            text=self._renamed("\n\n".join(lines), turn),
            published=published and published + timedelta(days=chance.randrange(-180, 180)),
        )

    def _renamed(self, text: str, turn: int) -> str:
        def other(match: re.Match[str]) -> str:
            return _spelt(match[0], turn) if match[0] in self._rare else match[0]

        return _NAME.sub(other, text)


def _paragraphs(article: Article) -> list[str]:
    return [line for line in article.text.split("\n") if line.strip()]


@lru_cache(maxsize=1 << 18)
def _spelt(name: str, turn: int) -> str:
    """Another name of the same length: its last two letters are others in each round."""
    first, second = divmod(zlib.crc32(f"{name} {turn}".encode()) % 26**2, 26)
    return f"{name[:-2]}{ascii_lowercase[first]}{ascii_lowercase[second]}"


def write_articles(composer: Composer, passages: int, folder: Path) -> int:
    """Articles in files of PER_FILE until they have about `passages`; how many articles."""
    folder.mkdir(parents=True)
    characters, number = 0, 0
    while characters < passages * CHARACTERS:
        with (folder / f"part-{number // PER_FILE:04}.jsonl").open("w", encoding="utf-8") as file:
            for _ in range(PER_FILE):
                article = composer.article(number)
                file.write(_as_row(article))
                characters, number = characters + len(article.text), number + 1
                if characters >= passages * CHARACTERS:
                    break
    return number


def _as_row(article: Article) -> str:
    """An article as a line of a file that the readers read."""
    metadata = {
        "url": article.url,
        "source": article.source,
        "published": article.published and article.published.isoformat(),
        "authors": list(article.authors),
    }
    row = {"_id": article.id, "title": article.title, "text": article.text, "metadata": metadata}
    return json.dumps(row, ensure_ascii=False) + "\n"


class StandIn:
    """An Encoder in whose place it stands: questions are encoded, passages are put together.

    It goes by the encoder's own name, so an index that is built with it can be searched with the
    encoder itself. `index` is an index of the real articles, built with that encoder.
    """

    def __init__(self, encoder: Encoder, index: Path) -> None:
        self.name, self.dim, self.counter = encoder.name, encoder.dim, encoder.counter
        self.max_tokens, self.fingerprint = encoder.max_tokens, encoder.fingerprint
        self.count_tokens, self.encode_queries = encoder.count_tokens, encoder.encode_queries
        self._whole: dict[int, int] = {}
        self._home: dict[int, int] = {}
        with open_texts(index) as store:
            rows = store.rows()
            places = {row: place for place, row in enumerate(rows)}
            for record, _, text in store.lexical_rows(rows):
                self._whole[hash(text)] = place = places[record.row]
                self._home.update((key, place) for key, _ in _keys(text))
        self._vectors = open_vectors(index).vectors(np.array(rows, np.int64))

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Floats:
        """Their vectors: `(len(texts), dim)`, unit rows."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        chance = np.random.default_rng(zlib.crc32(texts[0].encode()))
        made = chance.standard_normal((len(texts), self.dim), np.float32) * NOISE
        for vector, text in zip(made, texts, strict=True):
            place = self._whole.get(hash(text))
            if place is None:
                vector += self._mean(text)
            else:
                vector[:] = self._vectors[place]
        if on_progress is not None:
            on_progress(len(texts))
        return unit(made)

    def _mean(self, text: str) -> Floats:
        """Of the vectors of the passages that the sentences come from, by their lengths."""
        found = [(self._home[key], size) for key, size in _keys(text) if key in self._home]
        if not found:
            found = [(zlib.crc32(text.encode()) % len(self._vectors), 1)]
        places, sizes = zip(*found, strict=True)
        total: Floats = np.array(sizes, np.float32) @ self._vectors[list(places)]
        total /= np.linalg.norm(total)
        return total


def _keys(text: str) -> Iterator[tuple[int, int]]:
    """For each sentence a number that names of any spelling leave alone, and its length."""
    for start, end in sentences(text):
        words = [word for word in text[start:end].split() if not word[0].isupper()]
        yield hash(" ".join(words)), end - start
