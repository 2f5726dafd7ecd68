"""The truth of a generation: articles, passages, quotes and speakers in one SQLite file."""

from semsearch.store.articles import PassageRecord, passage_of
from semsearch.store.reader import COLUMNS, SpeakerRecord, Store, Suggestion
from semsearch.store.tallies import Tallies, write_tallies
from semsearch.store.writer import Changes, FileRecord, StoreWriter, file_records

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
