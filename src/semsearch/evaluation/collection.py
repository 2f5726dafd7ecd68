"""Reads a collection in BEIR's layout: `queries.jsonl` and `qrels/test.tsv` next to the corpus.

A question may carry `metadata.date` (the day it was asked, ISO) and `metadata.answers` (strings
one of which a passage must hold to answer it). `queries-unanswerable.jsonl`, where there is one,
holds questions that nothing in the corpus answers. A question that is listed again under the same
id counts once: repeats would make every interval too narrow and every difference too sure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from semsearch.errors import ReadError

__all__ = ["Collection", "Topic", "read_collection"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A question with what is known of its answer: grades of relevant articles by id (> 0)."""

    id: str
    text: str
    relevant: dict[str, int]
    answers: tuple[str, ...] = ()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Topics with at least one relevant article, and questions without any answer."""

    name: str
    topics: tuple[Topic, ...]
    unanswerable: tuple[Topic, ...] = ()


def read_collection(folder: Path, split: str = "test") -> Collection:
    """Read `folder`; raises ReadError, with path and line, for what is missing or malformed."""
    grades = _grades(folder / "qrels" / f"{split}.tsv")
    topics = _topics(folder / "queries.jsonl", grades)
    extra = folder / "queries-unanswerable.jsonl"
    return Collection(
        folder.name,
        tuple(topic for topic in topics if topic.relevant),
        tuple(_topics(extra, {})) if extra.is_file() else (),
    )


def _topics(path: Path, grades: dict[str, dict[str, int]]) -> list[Topic]:
    topics: dict[str, Topic] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            row = json.loads(line)
            topics.setdefault(str(row["_id"]), _topic(row, grades.get(str(row["_id"]), {})))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReadError(path, f"no question: {error!r}", number) from error
    return list(topics.values())


def _topic(row: dict[str, Any], relevant: dict[str, int]) -> Topic:
    metadata = row.get("metadata") or {}
    day = metadata.get("date")
    return Topic(
        str(row["_id"]),
        str(row["text"]),
        relevant,
        tuple(str(answer) for answer in metadata.get("answers") or ()),
        date.fromisoformat(day[:10]) if day else None,
    )


def _grades(path: Path) -> dict[str, dict[str, int]]:
    """Question id -> article id -> grade; BEIR's tab-separated lines, with or without a head."""
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        fields = line.split("\t")
        if number == 1 and not fields[-1].lstrip("-").isdigit():
            continue
        if len(fields) != 3 or not fields[2].lstrip("-").isdigit():
            raise ReadError(path, "expected question, article and grade between tabs", number)
        if int(fields[2]) > 0:
            grades.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return grades


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(path, f"cannot be read: {error}") from error
