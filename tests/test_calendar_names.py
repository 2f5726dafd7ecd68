"""Months and weekdays by name."""

from __future__ import annotations

import pytest

from semsearch.text.calendar_names import month_number, weekday_number


@pytest.mark.parametrize(
    ("name", "number"), [("january", 1), ("May", 5), ("JUN.", 6), ("Sept.", 9), ("dec", 12)]
)
def test_months_are_numbered_from_one(name: str, number: int) -> None:
    assert month_number(name) == number


@pytest.mark.parametrize(("name", "number"), [("Monday", 0), ("Tues.", 1), ("thur", 3), ("SUN", 6)])
def test_weekdays_are_numbered_from_monday_at_zero(name: str, number: int) -> None:
    assert weekday_number(name) == number
