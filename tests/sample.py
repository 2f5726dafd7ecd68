"""A small collection that tests build real indexes from, and helpers that do so.

Ten short articles with known sources, authors, dates and speakers. Two of them (`wire-1`,
`wire-2`) carry the same report, `rates-1` and `rates-2` are about one subject, `undated` has
neither date, source nor author, and `german` is in another language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from semsearch.encoder import load_encoder
from semsearch.indexer import Options, Summary, reindex
from semsearch.quotes.speakers import SpeakerLookup, lookup_terms, speaker_key
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings

__all__ = [
    "ARTICLES",
    "Row",
    "Speaker",
    "build",
    "lookup_of",
    "open_live",
    "tiny_settings",
    "write_rows",
]

Row = Mapping[str, Any]


class Speaker(NamedTuple):
    """Somebody who can be asked about. `aliases` are their mentions and roles."""

    name: str
    quotes: int = 1
    aliases: tuple[str, ...] = ()


_WIRE = (
    "A cargo train left the tracks near Ostrava on Monday and spilled grain over the line. "
    "Nobody was hurt, the railway said, and the line will be closed until Thursday while cranes "
    "lift the eleven waggons back onto their wheels."
)

ARTICLES: tuple[Row, ...] = (
    {
        "id": "rates-1",
        "title": "Central bank raises its rate",
        "text": "The central bank raised its main rate by half a point on Tuesday.\n\n"
        '"Inflation is our first concern," said Governor Anna Keller. "We will do what it takes."'
        "\n\nAnalysts had expected a smaller step. Bond prices fell in early trading.",
        "source": "Morning Ledger",
        "authors": ["Ruth Adler"],
        "published": "2022-03-01",
    },
    {
        "id": "rates-2",
        "title": "Mortgages grow dearer",
        "text": "Home buyers will pay more after the central bank raised its main rate.\n\n"
        'Tom Okafor, who leads the builders\' union, said: "Families cannot carry this for long."',
        "source": "Evening Post",
        "authors": ["Ben Strand", "Ruth Adler"],
        "published": "2022-03-02",
    },
    {
        "id": "wire-1",
        "title": "Train spills grain",
        "text": _WIRE,
        "source": "Morning Ledger",
        "published": "2022-04-11",
    },
    {
        "id": "wire-2",
        "title": "Grain on the line",
        "text": _WIRE,
        "source": "Evening Post",
        "published": "2022-04-12",
    },
    {
        "id": "glacier",
        "title": "Glacier lost a tenth of its ice",
        "text": "The glacier lost a tenth of its ice in two summers, the survey found. "
        "Meltwater has formed a lake that was on no map in 2019.\n\n"
        '"I have never seen such a summer," said Mira Solberg, who has measured the ice since '
        "1998.",
        "source": "Northern Field",
        "authors": ["Ida Lund"],
        "published": "2022-09-14",
    },
    {
        "id": "harbour",
        "title": "Harbour strike ends",
        "text": "Dockers went back to work on Friday after nine days on strike. The harbour will "
        "need two weeks to clear its containers.\n\nThe union won a raise of six percent.",
        "source": "Evening Post",
        "authors": ["Ben Strand"],
        "published": "2022-10-07",
    },
    {
        "id": "violin",
        "title": "A violin comes home",
        "text": "A violin that was stolen in 1981 has been returned to the orchestra. "
        "It lay in an attic for forty years, wrapped in a curtain.",
        "source": "Northern Field",
        "published": "2023-01-20",
    },
    {
        "id": "budget",
        "title": "Parliament passes the budget",
        "text": "Parliament passed the budget by three votes. Defence spending rises to two "
        "percent of output.\n\n"
        '"Raising budgets makes no sense without soldiers," said Anna Keller in the debate.',
        "source": "Morning Ledger",
        "authors": ["Ruth Adler"],
        "published": "2023-02-03",
    },
    {
        "id": "undated",
        "title": "How to prune an apple tree",
        "text": "Cut in late winter, before the buds swell. Take out dead wood first, then the "
        "branches that cross. Leave the collar of each branch on the stem.",
    },
    {
        "id": "german",
        "title": "Brücke wieder offen",
        "text": "Die Brücke über die Elbe ist seit Samstag wieder für den Verkehr geöffnet. "
        "Die Arbeiten hatten vierzehn Monate gedauert und drei Millionen Euro gekostet.",
        "source": "Elbbote",
        "published": "2023-02-04",
    },
)


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write rows as JSON lines, making the folder; returns `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def tiny_settings(folder: Path, **overrides: Any) -> Settings:
    """Settings of an index at `folder`/index with the tiny encoder, fed from `folder`/seeds."""
    chosen: dict[str, Any] = {
        "index_dir": folder / "index",
        "cache_dir": folder / "cache",
        "seeds": (folder / "seeds",),
        "model": "tiny",
    }
    return Settings(**(chosen | overrides))


def build(settings: Settings, *paths: Path, **options: Any) -> Summary:
    """Reindex with these paths (none: what the index knows, else the seeds) and options."""
    return reindex(settings, Options(paths=paths, **options))


def open_live(settings: Settings) -> LiveIndex:
    """A LiveIndex on the index of these settings; close it when done."""
    encoder = load_encoder(settings.model, settings.cache_dir)
    return LiveIndex(settings.index_dir, encoder, settings)


def lookup_of(speakers: Iterable[Speaker]) -> SpeakerLookup:
    """A lookup among these speakers, as an index of their quotes would give it."""
    under: dict[str, list[tuple[str, int]]] = {}
    for speaker in speakers:
        key = speaker_key(speaker.name)
        for term in lookup_terms(key, speaker.aliases) if key else ():
            under.setdefault(term, []).append((speaker.name, speaker.quotes))
    return SpeakerLookup(lambda term: under.get(term, []))
