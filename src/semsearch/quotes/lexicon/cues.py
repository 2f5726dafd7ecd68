"""Reporting words, and the small closed word lists that the rules of English news need."""

from __future__ import annotations

import re
from collections.abc import Iterable

from semsearch.text.calendar_names import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from semsearch.text.words import word_set

__all__ = [
    "ACCORDING",
    "ADVERBS",
    "CUES",
    "CUE_WORD",
    "DAYS",
    "DOCUMENT_WORDS",
    "EVIDENCE",
    "MESSAGES",
    "NOUNISH",
    "OBJECT_CUES",
    "PARTICIPLES",
    "SOURCES",
    "STRONG",
    "VERBS",
    "WEAK",
]


# May report a clause without "that", and may stand before their subject (", said Ms Ito").
STRONG = word_set(
    "said says say saying told tell tells telling added adds adding wrote writes announced "
    "confirmed noted noting explained explaining tweeted insisted insists claimed warned "
    "admitted acknowledged argued argues believes believed thinks"
)

# Report a clause with "that" or a clause that opens with its own subject.
_PLAIN = word_set(
    "acknowledges acknowledging admits admitting agreed agrees alleged alleges announces "
    "announcing arguing asked asks asserted asserts assured believe boasted cautioned cautions "
    "charged claim claiming claims commented comments complained concedes conceded concluded "
    "concludes confirms confirming continued continues contended contends countered cried "
    "declared declares declaring denied denies denying emphasized emphasised emphasizes "
    "estimated estimates explains found finds hinted indicated indicates insisting joked jokes "
    "lamented maintained maintains mused notes observed observes pointed posted posts predicted "
    "predicts predicting promised promises promising proclaimed pledged pledging quipped "
    "recalled recalls reckons reiterated reiterates remarked remembered replied replies report "
    "reported reports reporting responded responds revealed reveals shouted shouting sings sang "
    "chanted shows showed speculated stated states stating stressed stresses stressing "
    "suggested suggests suggesting swore testified tweets tweeting urged urges urging vowed "
    "vows vowing warning warns worried worries write writing whispered yelled adds advised "
    "advises read reads brags projects emailed messaged texted reasoned echoed opined gushed "
    "exclaimed pleaded begged joking recounted highlighted highlights highlighting "
    "suggest argue warn insist admit contend predict caution stress explain allege maintain "
    "indicate reveal hinted hints forecast forecasts pointing points "
    "complaining"
)

# Nouns as often as verbs: they count as cues only behind a name or a pronoun.
NOUNISH = word_set(
    "states reports claims notes posts posted comments tweets shows promises sees boasts "
    "forecast forecasts pledges calls report claim write worries quipped estimates projects "
    "shouting find"
)

# What data do: with an unnamed subject these report words only of studies, polls, courts.
EVIDENCE = word_set(
    "shows showed indicates indicated suggests suggested found finds estimated ruled"
)

# Frame quoted words without reporting a clause ("called it “a dream come true”").
WEAK = word_set(
    "called calls calling described describes describing dubbed dubbing labelled labeled "
    "branded branding defined defines defining praised praising hailed hailing blasted blasting "
    "slammed slamming criticised criticized criticising criticizing accused accusing condemned "
    "condemning denounced denouncing spoke spoken referred referring deemed dismissed dismissing "
    "termed characterized characterised outlined cited citing compared compares demanded "
    "demanding voiced expressed expressing hoped welcomed sees quoted labelling likened touted "
    "expects thanked apologized apologised rejected boasts blamed blaming deplored ruled rated "
    "summed ended laughed laughs chuckled chuckles cackled cackles sighed sighs quips "
    "recommends recommended muttered mutters mumbled roared roars screamed screams yells whispers "
    "shrugged shrugs"
)

CUES = STRONG | _PLAIN | WEAK

DOCUMENT_WORDS = word_set(
    "statement memo letter release email tweet note sign post text declaration affidavit lawsuit "
    "complaint filing document report study resolution law bill order ruling page website policy "
    "guidance indictment article advisory alert notice headline caption label opinion brief "
    "motion petition manifesto book paper announcement plaque banner message transcript"
)
# What is said in them is said by the sentence's subject ("a speech explaining that ...").
MESSAGES = DOCUMENT_WORDS | word_set(
    "speech message video interview op-ed tweets posts letters statements caption thread comment "
    "comments remarks"
)
SOURCES = word_set(
    "force study studies report data poll polls survey research researchers analysis review "
    "figures records documents scientists investigators experts court jury judge authorities "
    "police "
    "inquiry investigation trial trials test tests statistics model results findings evidence "
    "census statement panel committee"
)

# A person or outlet addressed follows the verb.
OBJECT_CUES = word_set("told tell tells telling assured informed reminded warned asked urged")

PARTICIPLES = frozenset(word for word in CUES if word.endswith("ing"))


def _alternatives(words: Iterable[str]) -> str:
    """A pattern of whole words that tries each letter once: a tree of their beginnings."""
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[:1], []).append(word[1:])
    ends = by_letter.pop("", None) is not None
    branches = [letter + _alternatives(rest) for letter, rest in sorted(by_letter.items())]
    if not branches:
        return ""
    pattern = "|".join(branches)
    return f"(?:{pattern})?" if ends else f"(?:{pattern})" if len(branches) > 1 else pattern


# A tree is a third faster than looking every word up in a set, and both are several times as
# fast as a plain list of alternatives.
CUE_WORD = re.compile(rf"\b{_alternatives([*CUES, 'according', 'According', 'per', 'Per'])}\b")
# "According" and "per" need the words around them.
ACCORDING = re.compile(r"[Aa]ccording to|[Pp]er(?= (?:[A-Z]|the |a ))")

# Stand between a subject and its reporting verb.
ADVERBS = word_set(
    "also later then previously has had have again once still never repeatedly often now just "
    "even first recently initially already simply only ever since further both all himself "
    "herself itself themselves did does do would could will may might can"
)

# As they are written: what a full stop belongs to keeps it.
DAYS = frozenset(
    ["today", "yesterday"]
    + [name.capitalize() for name in (*MONTHS, *WEEKDAYS)]
    + [f"{name.capitalize()}." for name in SHORT_MONTHS | SHORT_WEEKDAYS]
)

# Past forms that end a sentence's subject and that no ending tells.
VERBS = word_set(
    "put left went took made gave got came began met led held told kept won lost ran set sent "
    "spent sold bought paid fell rose grew cut hit knew saw thought spoke stood brought wrote "
    "broke drove chose became felt sat sought taught threw shot struck stuck swung tore wore "
    "flew drew built"
)
