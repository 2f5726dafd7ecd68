"""Spelling help: a name in the question that the index does not hold, but nearly does."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from semsearch.index.opened import OpenIndex
from semsearch.text.words import fold, words

__all__ = ["Speller"]

# Shorter words are near too many others.
SHORTEST = 4
# From this length on two slips are forgiven, below it one.
LONG = 7


class Speller:
    """Corrects words that no passage holds to names of speakers and titles. Thread-safe.

    The vocabulary is read by `warm`, or at the first question with an unknown word; then it takes
    a few milliseconds, and nothing for other questions.
    """

    def __init__(self, index: OpenIndex) -> None:
        self._index = index

    def warm(self) -> None:
        """Read the vocabulary: some 20 microseconds per title and speaker, the first time."""
        self._names  # noqa: B018 -- reading the property builds it

    def correct(self, text: str) -> str | None:
        """The question with unknown words replaced by the nearest name; None when none is near."""
        corrected, offset = text, 0
        frequencies = self._index.lexical.frequencies(text)
        for word in words(text):
            if len(word.text) < SHORTEST or frequencies.get(word.text, 1):
                continue
            near = self._nearest(word.text)
            if near is not None:
                start, end = word.start + offset, word.end + offset
                corrected = corrected[:start] + near + corrected[end:]
                offset += len(near) - (word.end - word.start)
        return corrected if corrected != text else None

    def _nearest(self, word: str) -> str | None:
        """The name nearest to a folded word; of equally near ones the most frequent."""
        slips = 2 if len(word) >= LONG else 1
        found = process.extract(
            word, self._names.keys(), scorer=OSA.distance, score_cutoff=slips, limit=8
        )
        # A wrong first letter is rare in typing, and common between unrelated names.
        near = [(distance, name) for name, distance, _ in found if name[0] == word[0]]
        if not near:
            return None
        best = min(near, key=lambda pair: (pair[0], -self._names[pair[1]][1], pair[1]))[1]
        return self._names[best][0]

    @cached_property
    def _names(self) -> dict[str, tuple[str, int]]:
        """Folded capitalised word -> (as it is written mostly, how often)."""
        written: Counter[str] = Counter()
        for name, uses in self._index.store.name_counts():
            for word in words(name):
                spelt = name[word.start : word.end]
                if spelt[:1].isupper() and len(spelt) >= SHORTEST:
                    written[spelt] += uses
        names: dict[str, tuple[str, int]] = {}
        for spelt, uses in written.most_common():
            folded = fold(spelt)
            best, total = names.get(folded, (spelt, 0))
            names[folded] = (best, total + uses)
        return names
