# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""How a clause begins: with a subject that its verb follows."""

from __future__ import annotations

import re

from semsearch.quotes.grammar.clause_ends import AUXILIARIES

__all__ = ["SUBJECT_PRONOUN", "SUBJECT_THEN_VERB", "VERB_NEXT", "opens_with_subject"]

VERB_NEXT = re.compile(rf",? (?:{AUXILIARIES})\b")
SUBJECT_THEN_VERB = re.compile(
    rf"(?:(?!that\b|which\b|who\b|to\b)[\w’'$£€%&./-]+ ){{1,9}}?(?<!and )(?<!but )(?<!or )"
    rf"(?:{AUXILIARIES})\b"
)
# "more than two thirds of Americans live ..."
_PEOPLE_THEN_VERB = re.compile(
    r"(?:[\w’'%-]+ ){1,6}(?:Americans|people|adults|voters|women|men|workers|Republicans|Democrats|"
    r"residents|children|students|respondents|households|companies) "
    r"(?!in |of |at |on |for |from |with |who |to |and |or )\w{3,}"
)
_PRONOUN_THEN_VERB = re.compile(
    r"(?:he|she|it|they|we|I|there)(?:[’']| (?!to |in |on |at |as |for |with |from |and |or )\w)"
)
SUBJECT_PRONOUN = re.compile(r"(?:he|she|it|they|we|I|there)\b[’'\w]*")


def opens_with_subject(text: str, start: int, stop: int) -> bool:
    """Whether "announced ..." goes on with a clause rather than an object."""
    return (
        _PRONOUN_THEN_VERB.match(text, start, stop) is not None
        or SUBJECT_THEN_VERB.match(text, start, stop) is not None
        or _PEOPLE_THEN_VERB.match(text, start, stop) is not None
    )
