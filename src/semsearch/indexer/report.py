"""What an indexer tells the outside: progress while it runs, a summary when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from semsearch.corpus import Failure

__all__ = ["Listener", "Progress", "Stage", "Summary"]

Stage = Literal["reading", "embedding", "writing", "checking"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come. `total` is None while it cannot be known; units follow the stage:
    articles when reading, passages when embedding, files when writing and checking.
    """

    stage: Stage
    done: int
    total: int | None


Listener = Callable[[Progress], None]


@dataclass
class Summary:
    """What a run did. Article counts compare with the generation before; times are in seconds."""

    generation: str | None = None
    previous: str | None = None
    dry_run: bool = False
    files_read: int = 0
    files_unchanged: int = 0
    files_skipped: int = 0
    articles_added: int = 0
    articles_changed: int = 0
    articles_removed: int = 0
    articles_unchanged: int = 0
    articles_failed: int = 0
    articles: int = 0
    passages: int = 0
    passages_embedded: int = 0
    passages_resumed: int = 0
    quotes: int = 0
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether any article was added, changed or removed."""
        return bool(self.articles_added or self.articles_changed or self.articles_removed)

    def to_json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return {**asdict(self), "changed": self.changed}
