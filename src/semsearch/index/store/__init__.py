"""The truth of a generation: articles, passages, quotes and speakers in one SQLite file."""

from semsearch.index.store.articles import PassageRecord, passage_of
from semsearch.index.store.reader import COLUMNS, SpeakerRecord, Store, Suggestion
from semsearch.index.store.tallies import Tallies, write_tallies
from semsearch.index.store.writer import Changes, FileRecord, StoreWriter, file_records

__all__ = [
    "COLUMNS",
    "Changes",
    "FileRecord",
    "PassageRecord",
    "SpeakerRecord",
    "Store",
    "StoreWriter",
    "Suggestion",
    "Tallies",
    "file_records",
    "passage_of",
    "write_tallies",
]
