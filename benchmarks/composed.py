"""Collections of any size for benchmarks: real articles first, then composed ones.

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
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from asking import open_index_store

from semsearch.corpus import Article
from semsearch.encoder import Encoder
from semsearch.index.vectors.faiss import open_store
from semsearch.indexer.analysis import embed_key
from semsearch.readers import find_files, read_file
from semsearch.text.sentences import sentences

__all__ = ["Composer", "StandIn", "write_articles"]

Floats = npt.NDArray[np.float32]
PER_FILE = 1000  # articles in a file of a composed collection
RARE = 3  # articles that hold a name, at most, for it to be spelt anew
NOISE = 0.02  # per number of a vector: 0.39 of its length at 384 numbers
_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
_VOWELS = "aeiou"


@dataclass(frozen=True)
class _Source:
    """A real article and its paragraphs, each with the places of the rare names in it."""

    article: Article
    paragraphs: tuple[str, ...]


class Composer:
    """Articles by number: the same number is the same article in each run."""

    def __init__(self, collection: Path) -> None:
        articles = [
            article
            for file in find_files([collection])
            for article in read_file(file.path, file.root)
            if isinstance(article, Article)
        ]
        held = Counter(name for a in articles for name in set(_NAME.findall(a.text)))
        self._rare = {name for name, count in held.items() if count <= RARE}
        self._sources = [
            _Source(a, tuple(line for line in a.text.split("\n") if line.strip())) for a in articles
        ]

    def __len__(self) -> int:
        """How many real articles there are."""
        return len(self._sources)

    def article(self, number: int) -> Article:
        """Below `len` the real ones; then one composed on each of them, round after round."""
        turn, place = divmod(number, len(self._sources))
        source = self._sources[place]
        if turn == 0:
            return source.article
        chance = random.Random(number)  # noqa: S311 -- a benchmark's choice, repeatable
        other = chance.choice(self._sources).paragraphs or ("",)
        share, lines = chance.uniform(0.2, 0.5), list(source.paragraphs)
        for i in range(len(lines)):
            if chance.random() < share:
                lines[i] = other[(i + chance.randrange(3)) % len(other)]
        published = source.article.published
        return replace(
            source.article,
            id=f"{source.article.id}-{turn}",
            title=self._renamed(source.article.title, turn),
            text=self._renamed("\n\n".join(lines), turn),
            published=published and published + timedelta(days=chance.randrange(-180, 180)),
        )

    def _renamed(self, text: str, turn: int) -> str:
        def other(match: re.Match[str]) -> str:
            name = match[0]
            return _spelt(name, turn) if name in self._rare else name

        return _NAME.sub(other, text)


@lru_cache(maxsize=1 << 18)
def _spelt(name: str, turn: int) -> str:
    """Another name of the same length: its vowels move on, each by its own step."""
    code = zlib.crc32(f"{name} {turn}".encode())
    letters = list(name)
    for i, letter in enumerate(letters):
        if letter in _VOWELS:
            letters[i] = _VOWELS[(_VOWELS.index(letter) + code % 5) % 5]
            code //= 5
    letters[-1] = "abcdefghijklmnopqrstuvwxyz"[code % 26]
    return "".join(letters)


def write_articles(composer: Composer, count: int, folder: Path) -> int:
    """Articles in files of PER_FILE until they have about `count` passages; how many articles.

    A passage has about 880 characters in news.
    """
    folder.mkdir(parents=True)
    characters, number = 0, 0
    while characters < count * 880:
        with (folder / f"part-{number // PER_FILE:04}.jsonl").open("w", encoding="utf-8") as file:
            for _ in range(PER_FILE):
                article = composer.article(number)
                file.write(as_row(article))
                characters, number = characters + len(article.text), number + 1
                if characters >= count * 880:
                    break
    return number


def as_row(article: Article) -> str:
    """An article as a line of a file that the readers read."""
    row = {
        "_id": article.id,
        "title": article.title,
        "text": article.text,
        "metadata": {
            "url": article.url,
            "source": article.source,
            "published": article.published and article.published.isoformat(),
            "authors": list(article.authors),
        },
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


class StandIn:
    """An Encoder in whose place it stands: questions are encoded, passages are put together.

    It goes by the encoder's own name, so an index that is built with it can be searched with the
    encoder itself. `index` is an index of the real articles, built with that encoder.
    """

    def __init__(self, encoder: Encoder, index: Path) -> None:
        self._encoder = encoder
        self.name, self.dim = encoder.name, encoder.dim
        self.max_tokens, self.fingerprint = encoder.max_tokens, encoder.fingerprint
        store = open_index_store(index)
        rows = store.rows()
        generation = index / "generations" / (index / "current").read_text().strip()
        self._vectors = open_store(generation / "vectors.faiss").vectors(np.array(rows, np.int64))
        self._whole: dict[bytes, int] = {}
        self._home: dict[int, int] = {}
        places = {row: place for place, row in enumerate(rows)}
        for record, _, text in store.lexical_rows(rows):
            place = places[record.row]
            self._whole[embed_key(text)] = place
            self._home.update((key, place) for key, _ in _keys(text))
        store.close()

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self._encoder.counter

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        return self._encoder.encode_queries(texts)

    def encode_passages(
        self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None
    ) -> Floats:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        chance = np.random.default_rng(zlib.crc32(texts[0].encode()))
        made = chance.standard_normal((len(texts), self.dim), np.float32) * NOISE
        for vector, text in zip(made, texts, strict=True):
            place = self._whole.get(embed_key(text))
            if place is not None:
                vector[:] = self._vectors[place]
            else:
                vector += self._mean(text)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        if on_progress is not None:
            on_progress(len(texts))
        return made

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
