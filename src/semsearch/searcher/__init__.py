"""Answers questions on the index: `LiveIndex` follows it, a `Searcher` is one snapshot of it."""

from semsearch.searcher.live import LiveIndex
from semsearch.searcher.searcher import Searcher

__all__ = ["LiveIndex", "Searcher"]
