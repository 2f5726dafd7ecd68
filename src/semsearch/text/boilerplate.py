"""Promotional text inside news: which spans of an article belong to no passage.

Precision comes first. A span is a whole line (a paragraph of its own) that one of a few plain
patterns recognises, or the end of a line after a label in capitals. Lines that report speech are
never taken, nor are long ones: what is lost here can't be found any more, while a plea that
stays only makes a passage a little longer.
"""

# ruff: noqa: RUF001 -- the quotation marks and dashes are meant
from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["boilerplate", "rule_of"]

_MAX_CHARS = 360  # of a promotional line
_MARKS = r"[\s►▶➤→👉•*>|#(\[\-–—]*"  # what link lines and pleas like to begin with
_SITES = (
    r"(?:twitter|facebook|instagram|tiktok|linkedin|telegram|whatsapp|youtube|threads|x|bluesky)"
)
_AGENCIES = (
    r"(?:getty(?:\s?images)?|ap(?:\sphoto|\simages)?|reuters|afp|epa|shutterstock|bloomberg|istock"
    r"|alamy|xinhua|zuma(?:\spress)?|imagn|pa(?:\simages|\swire)?|usa\stoday(?:\ssports)?|cnn)"
)

# At least three words, no full stop after a word in lower case, no address, no mark at the end.
_HEADLINE = r"(?!.*(?:[a-z\d]{3}\.\s|\d\.\s|https?:))\S+(?:\s\S+){2,30}(?<![.;:,])"

# Each matches a whole line, in any case.
_RULES: dict[str, str] = {
    # "READ MORE: Russia, Ukraine swap more prisoners", "Related stories", "Read more"
    "link label": (
        r"(?:read\smore|also\sread|read\salso|see\salso|also\ssee|read\sthis|read\snext|see\smore"
        r"|watch\smore|learn\smore|up\snext|what\sto\sread\snext|you\s(?:may|might)(?:\salso)?\slike"
        r"|in\scase\syou\smissed\sit|don['’]t\smiss|must\sread|recommended|most\sread|editor['’]s\spicks?"
        r"|related(?:\s(?:stor(?:y|ies)|articles?|coverage|content|news|links?|videos?|reading|topics))?"
        r"|more\son\sthis(?:\sstory|\stopic)?|further\sreading|go\sdeeper)(?:\s?:.{0,200}|\W{0,3})"
    ),
    # "More: 7 facts about the dam", "OPINION: What the vote means": a headline, not sentences
    "headline label": (
        r"(?:more(?:\sfrom\s[^:\n]{2,40})?|watch|listen|read|opinion|analysis|photos?|gallery|videos?"
        r"|live(?:\s?blog|\supdates?)?|fact\scheck|podcast|quiz|explainer|exclusive|previously|earlier"
        rf"|column|review)\s?:\s?{_HEADLINE}"
    ),
    # "Voting rights:A state-by-state analysis": pages that lose the space before a link's text
    "label and link": (
        rf"[^\n:.!?\"“”/]{{2,60}}[?!]?:(?![\d\"“/]|['’]\s)(?=\S){_HEADLINE}(?<![\"”])"
    ),
    "plea to follow": (
        rf"(?:please\s)?(?:follow|like|find|join|contact|reach|e-?mail|tweet|connect\swith)\s.{{2,140}}"
        rf"\b(?:on|at)\s(?:www\.)?{_SITES}\b.*|follow\s.{{0,60}}@\w{{2,30}}\W*"
    ),
    "contact of the writer": (
        r"(?:contact|reach|e-?mail)\s(?:[\w.'’ ]{0,60}\b(?:reporter|writer|columnist|editor)\b"
        r"|the\s(?:reporter|author|writer|columnist)|(?:him|her|them|me)\sat\b).{0,200}@.*"
    ),
    "click here": (
        r"(?:click|tap|press)\s(?:here|(?:on\s)?the\slink|to\s(?:read|watch|listen|subscribe))\b.{0,160}"
        r"|(?:read|follow|watch|see|listen\sto|find|check\sout)\s.{3,120}\bhere\W{0,3}"
    ),
    "advertisement": (
        r"advertisements?|ad|sponsored(?:\scontent)?|(?:story|article)\scontinues\sbelow.{0,40}"
        r"|(?:skip|close|scroll\spast)\sad\w*|scroll\s(?:down\s)?to\scontinue.{0,40}"
    ),
    "share line": (
        rf"share\s(?:this(?:\s(?:article|story|post|page))?|on\s{_SITES})\W*"
        r"|(?:leave|post|add)\sa\scomment\W*|(?:view|show|load)\s(?:all\s)?(?:more\s)?comments\W*"
    ),
    "credit": (
        r"(?:photo(?:graph)?|image|picture|illustration|graphic|video)s?\s?(?:credits?\s?:|by\b|:)"
        r"\s?[\w.,'’/ &-]{2,60}\)?"
        r"|(?!.*[a-z]{3}\.\s)[\w.'’-]+(?:\s[\w.'’-]+){0,4}(?:\s?/\s?[\w.'’ -]{2,30}){0,3}"
        rf"\s?/\s?{_AGENCIES}\)?\.?"
        r"|(?:via\s)?(?:getty\simages|ap\sphoto|shutterstock|istock)\)?\.?"
    ),
    "video frame": r"video\sad\sfeedback\b.*",
    "copyright": (
        r"(?:©|copyright\s(?:©|\(c\)|\d{4})).{0,200}"
        r"|this\smaterial\smay\snot\sbe\spublished,\sbroadcast.{0,120}"
    ),
}
# These may begin anywhere in a line, which is slow to try; a line without any of the words in
# _PLEA_WORDS need not be tried.
_PLEAS: dict[str, str] = {
    "plea to subscribe": (
        r".{0,200}?(?:\A|(?<=[.!?:)\]►?] )|(?<=[:►(\[]))"
        r"(?:please\s|you\scan\s(?:also\s)?)?(?:sign\sup|subscribe)\b(?:\s(?:here|now)\b.*"
        r"|(?=.*(?:\b(?:newsletters?|inbox|alerts?|podcasts?|texts?)\b|\bhere\W*\Z)).*)"
    ),
    "plea for the inbox": (
        r".{0,200}\b(?:newsletter|get|want|receive|sign\sup|subscribe|news|tips|updates|advice)\b.{0,120}"
        r"\b(?:to|in)\syour\s(?:e-?mail\s)?inbox\b.*"
    ),
    "disclosure": (
        r".{0,200}\b(?:purchases\syou\smake|we\smay\s(?:earn|receive|get)|may\searn\s(?:us|a))\b"
        r".{0,80}\bcommission\b.*|.{2,60}\sis\sa\s.{2,30}\scontent\spartner\b.*"
    ),
    "plea to support": (
        r".{0,120}\b(?:support(?:ing)?|fund(?:ing)?)\s(?:our|independent|local|quality)\sjournalism\b.*"
    ),
    "rights": r".{0,200}\ball\srights\sreserved\W*",
}
_PLEA_WORDS = ("sign up", "subscribe", "inbox", "commission", "partner", "journalism", "reserved")


def _compiled(rules: dict[str, str]) -> re.Pattern[str]:
    groups = (rf"(?P<r{n}>{pattern})" for n, pattern in enumerate(rules.values()))
    return re.compile("|".join(groups), re.IGNORECASE)


_RULE, _RULE_NAMES = _compiled(_RULES), tuple(_RULES)
_PLEA, _PLEA_NAMES = _compiled(_PLEAS), tuple(_PLEAS)
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_LABELS_INSIDE = ("READ MORE", "ALSO READ", "READ ALSO", "SEE ALSO", "RELATED", "MORE:")
_LABEL_INSIDE = re.compile(
    r"(?<=[.!?\"”’)])[ \t]+((?:READ MORE|ALSO READ|READ ALSO|SEE ALSO|RELATED|MORE)\s?:"
    r"\s?[^\n.!?]{5,160})$",
    re.MULTILINE,
)
_OPENING = re.compile(_MARKS)

# `"…," he said`: somebody's words, whatever they are about.
_SPEECH = re.compile(
    r"[\"”’'][,.]?\s(?:[\w.'’-]+\s){0,5}?(?:said|says|told|wrote|writes|added|tweeted|asked)\b"
    r"|\b(?:said|says|told|wrote|writes|added|tweeted|asked)\b(?:.{0,30}[\"“]|\s?:)"
)


def boilerplate(text: str) -> list[tuple[int, int]]:
    """The promotional spans of `text`, ascending and disjoint, offsets in characters."""
    found = list(_lines(text))
    if any(label in text for label in _LABELS_INSIDE):
        whole = {end for _, end in found}
        inside = (match.span(1) for match in _LABEL_INSIDE.finditer(text))
        found = sorted(found + [span for span in inside if span[1] not in whole])
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The lines that are promotional as a whole."""
    before: tuple[int, int] | None = None
    for match in _LINE.finditer(text):
        start, end = span = match.span()
        rule = rule_of(text[start:end]) if end - start <= _MAX_CHARS else None
        # A title may look like a link line; the first line is where it stands.
        is_title = before is None and rule in ("headline label", "label and link")
        if rule and not is_title and not _continues(text, before, start):
            yield span
        before = span


def rule_of(line: str) -> str | None:
    """The name of the rule that takes the whole line as promotional; None when none does."""
    opening = _OPENING.match(line)
    start = opening.end() if opening else 0
    stop = len(line.rstrip())
    match, names = _RULE.fullmatch(line, start, stop), _RULE_NAMES
    if match is None and _may_plead(line.lower()):
        match, names = _PLEA.fullmatch(line[start:stop]), _PLEA_NAMES
    if match is None or match.lastgroup is None or _SPEECH.search(line):
        return None
    return names[int(match.lastgroup[1:])]


def _may_plead(lowered: str) -> bool:
    return any(word in lowered for word in _PLEA_WORDS)


_WRAP_MIN, _WRAP_MAX = 40, 120  # characters of a line that may be a wrapped one


def _continues(text: str, before: tuple[int, int] | None, start: int) -> bool:
    """Whether the line at `start` goes on with a sentence of a wrapped line before it."""
    if before is None or start - before[1] > 2 or text.count("\n", before[1], start) != 1:
        return False
    line = text[before[0] : before[1]].rstrip()
    return _WRAP_MIN <= len(line) <= _WRAP_MAX and line[-1] not in '.!?:"”’)'
