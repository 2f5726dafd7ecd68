"""The lexical index: which passages hold the question's words, and how tellingly (BM25).

Made of tantivy segments, which are written once and never changed, so a new generation's index
shares them with the old one by hard links and adds only what is new. tantivy never sees text to
parse: passages go in as space-separated terms, questions as queries built term by term, so no
question can be a syntax error or reach a field that it should not.

Whole articles have a small index of their own in the subfolder `articles`: an article that holds
all words of a question speaks for its passages, even if no passage holds them all.

Fields of a passage: `stems` and `title_stems` (stemmed in the article's language, stop words
left out, for scoring), `exact` (every word unstemmed, with positions, for phrases and
exclusions), raw `source`, `authors`, `speakers`, `language`, and the day of publication.
"""

from __future__ import annotations

from semsearch.index.lexical.indexing import update, worn
from semsearch.index.lexical.searching import LexicalIndex, open_lexical
from semsearch.index.lexical.terms import LexicalRow

__all__ = ["LexicalIndex", "LexicalRow", "open_lexical", "update", "worn"]
