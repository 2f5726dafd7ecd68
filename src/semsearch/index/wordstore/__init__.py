"""The words of passages, tokenized when they were indexed, by row.

A folder of raw arrays in segments. A segment is written once and never changed, so a new
generation shares the old one's by hard links and adds one for what is new; `table.npy` says where
each row's words lie. Two files make a segment: words as `word_arrays.pack_words` gives them (first
those of the article's title, then the passage's), and where the passage's sentences begin.
"""

from __future__ import annotations

from semsearch.index.wordstore.recording import WordRow, language_of, update
from semsearch.index.wordstore.stored import RowWords, Standing, WordStore, open_words

__all__ = ["RowWords", "Standing", "WordRow", "WordStore", "language_of", "open_words", "update"]
