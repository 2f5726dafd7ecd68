"""Counting tokens by itself, without the network: small enough to be sent to other processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

__all__ = ["TokenCounter"]


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """`count_tokens` of an Encoder; picklable."""

    tokenizer: Tokenizer

    def __call__(self, texts: Sequence[str]) -> list[int]:
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]
