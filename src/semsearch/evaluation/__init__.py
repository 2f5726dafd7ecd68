"""How good is search on a collection of your own? Measures every mode, side by side.

`read_collection` reads a BEIR folder; `evaluate`, `known_item` and `unanswerable` ask the
questions of a Searcher and give reports, which print and save themselves (`report.py`).
"""

from semsearch.evaluation.asking import evaluate, known_item, unanswerable
from semsearch.evaluation.collection import Collection, Topic, read_collection
from semsearch.evaluation.report import Report, VerdictReport, load_values

__all__ = [
    "Collection",
    "Report",
    "Topic",
    "VerdictReport",
    "evaluate",
    "known_item",
    "load_values",
    "read_collection",
    "unanswerable",
]
