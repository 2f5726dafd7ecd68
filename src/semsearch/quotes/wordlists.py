"""How the rules write down their closed lists of words."""

from __future__ import annotations

__all__ = ["word_set"]


def word_set(text: str) -> frozenset[str]:
    """The words of a string, which keeps long lists readable."""
    return frozenset(text.split())
