"""English names of months and weekdays, in lower case."""

from __future__ import annotations

from semsearch.text.words import word_set

__all__ = ["MONTHS", "SHORT_MONTHS", "SHORT_WEEKDAYS", "WEEKDAYS", "month_number", "weekday_number"]

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_MONTHS = word_set("jan feb mar apr jun jul aug sept sep oct nov dec")
SHORT_WEEKDAYS = word_set("mon tue tues wed thu thur thurs fri sat sun")


def month_number(name: str) -> int:
    """1 to 12 for one of MONTHS or SHORT_MONTHS in any case, with or without a full stop."""
    return 1 + _index(name, MONTHS)


def weekday_number(name: str) -> int:
    """0 to 6, Monday first, for one of WEEKDAYS or SHORT_WEEKDAYS, as `month_number` takes it."""
    return _index(name, WEEKDAYS)


def _index(name: str, full: tuple[str, ...]) -> int:
    plain = name.lower().rstrip(".")
    return next(at for at, whole in enumerate(full) if whole.startswith(plain))
