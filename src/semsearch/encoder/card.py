"""What a cache entry says of itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["PROBES", "Card", "DamagedEntryError", "cosines", "read_card", "write_card"]

# Long and short, plain and odd, so that padding, truncation and unknown characters take part. The
# first is as long as most questions are.
PROBES = (
    "What did the prime minister say about the budget for schools and hospitals?",
    "Who won the election?",
    "The central bank raised interest rates by half a percentage point on Wednesday, saying "
    "that inflation would stay above its target until the end of next year.",
    "Résumé: 3,5 % “naïve” 東京 🚀",
    "A long sentence that goes on and on, and then on again, " * 8,
)


class DamagedEntryError(Exception):
    """A cache entry is incomplete or does not give the vectors that it should; rebuild it."""


@dataclass(frozen=True)
class Card:
    """The settings of one encoder, all that is needed to run it without its own library.

    `max_length` is the longest input in tokens, prompt and special tokens included;
    `special_tokens` how many the tokenizer adds to a text. `query_probes` and `passage_probes`
    are the vectors, from torch in float32, that PROBES must get. `sizes` are the bytes of the
    entry's other files. `served_by` is "torch" where OpenVINO cannot give these vectors, and
    `reason` says why.
    """

    name: str
    fingerprint: str
    dim: int
    max_length: int
    special_tokens: int
    pad_id: int
    pad_left: bool
    query_prompt: str
    document_prompt: str
    query_probes: list[list[float]]
    passage_probes: list[list[float]]
    served_by: Literal["openvino", "torch"]
    reason: str
    sizes: dict[str, int]


def read_card(entry: Path) -> Card:
    """The card of an entry whose files are all there. Raises DamagedEntryError otherwise."""
    try:
        card = Card(**json.loads((entry / "card.json").read_text("utf-8")))
        wrong = [name for name, size in card.sizes.items() if (entry / name).stat().st_size != size]
    except (OSError, ValueError, TypeError) as error:
        raise DamagedEntryError(str(error)) from error
    if wrong:
        raise DamagedEntryError(f"{', '.join(wrong)} in {entry} has another size than it was given")
    return card


def write_card(entry: Path, card: Card) -> None:
    """Write the card into an entry that is still being built."""
    (entry / "card.json").write_text(json.dumps(asdict(card)), "utf-8")


def cosines(found: npt.NDArray[np.float32], expected: list[list[float]]) -> npt.NDArray[np.float32]:
    """Cosine of each row with its counterpart; rows of both are unit vectors."""
    products: npt.NDArray[np.float32] = (found * np.array(expected, np.float32)).sum(axis=1)
    return products
