# ruff: noqa: RUF001 -- curly apostrophes are meant
"""Titles: words before a name that are no part of it, in lower case, without full stops."""

from __future__ import annotations

from semsearch.text import abbreviations
from semsearch.text.calendar_names import SHORT_MONTHS, SHORT_WEEKDAYS
from semsearch.text.words import word_set

__all__ = ["ABBREVIATIONS", "HONORIFICS", "OFFICES", "TITLES"]

# Say nothing of what somebody is.
HONORIFICS = word_set("mr mrs ms miss mx dr sir dame")
# Ranks and offices, which are part of no name: "Dean" and "Foreign" may be.
OFFICES = word_set(
    "prof professor lord lady president vice prime minister chancellor secretary senator sen rep "
    "representative congressman congresswoman gov governor mayor judge justice chief rev reverend "
    "general gen colonel col lieutenant lt captain capt sergeant sgt major admiral officer "
    "detective commissioner director chairman chairwoman chair ceo spokesman spokeswoman "
    "spokesperson ambassador speaker leader coach former"
)
TITLES = (
    HONORIFICS
    | OFFICES
    | word_set(
        "king queen prince princess pope archbishop bishop rabbi imam father sister brother maj "
        "adm inspector superintendent constable sheriff deputy chairperson cfo coo cto founder "
        "co-founder cofounder attorney manager actor actress singer author writer "
        "director-general secretary-general premier foreign ex-president ex then-president "
        "first executive producer analyst economist scientist researcher correspondent editor "
        "reporter host anchor counsel prosecutor envoy ayatollah sheikh emir sultan emperor "
        "duke duchess earl baroness baron count treasurer councillor councilman councilwoman "
        "alderman rapper comedian star commander lawmaker republican democrat democratic "
        "councilor head strategist adviser advisor physicist professor-emeritus epidemiologist "
        "chairman-elect president-elect undersecretary chef owner co-owner agent duo trio band "
        "wife husband mother daughter son widow d'affaires d’affaires goalkeeper administrator "
        "lawyer solicitor secretary-treasurer coordinator curator trustee principal dean "
        "provost trainer quarterback striker forward guard defender referee pilot meteorologist "
        "biologist virologist pollster columnist activist organiser organizer resident student "
        "teacher nurse doctor survivor victim witness neighbor neighbour press health defense "
        "defence"
    )
)

# A full stop after one of these belongs to it.
ABBREVIATIONS = (
    abbreviations.TITLES
    | abbreviations.SUFFIXES
    | abbreviations.STATES
    | SHORT_MONTHS
    | SHORT_WEEKDAYS - {"sat", "sun"}  # which are words as well
    | word_set("vs no approx est fig mt vol u.s u.k u.n d.c e.g i.e a.k.a ph.d st.petersburg")
)
