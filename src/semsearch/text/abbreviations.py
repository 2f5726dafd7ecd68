"""English abbreviations that are written with a full stop, in lower case and without it."""

from __future__ import annotations

from semsearch.text.words import word_set

__all__ = ["STATES", "SUFFIXES", "TITLES"]

# Before a name.
TITLES = word_set(
    "mr mrs ms mx dr prof gov lt gen col maj capt sgt cpl pvt cmdr adm sen rep reps sens rev hon "
    "fr msgr messrs mmes mlle mme supt det insp amb pres atty asst dep st ste"
)
# After a name: of a person, a company or an institute.
SUFFIXES = word_set("jr sr inc corp co ltd llc plc bros dept dist univ assn assoc")
STATES = word_set(
    "ala ariz ark calif colo conn del fla ga ill ind kan kans ky la md mass mich minn miss mo mont "
    "neb nev okla ore pa tenn tex va vt wash wis wyo"
)
